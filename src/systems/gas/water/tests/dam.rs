//! Dam breaks: Ritter (1892) on dry ground, Stoker (1957) on wet.

use super::super::plane::Sides;
use super::super::shallow::{Physics, Shallow};
use crate::skip::shared;

/// Exact depth at x/t.
fn exact(left: f64, right: f64, g: f64, s: f64) -> f64 {
    let c = (g * left).sqrt();
    if s <= -c {
        return left;
    }
    let fan = |s: f64| (2.0 * c - s) * (2.0 * c - s) / (9.0 * g);
    if right == 0.0 {
        return if s < 2.0 * c { fan(s) } else { 0.0 };
    }
    // Middle depth by bisection: rarefaction on the left, shock on the right.
    let f = |h: f64| 2.0 * (c - (g * h).sqrt()) - (h - right) * (0.5 * g * (h + right) / (h * right)).sqrt();
    let (mut lo, mut hi) = (right, left);
    for _ in 0..200 {
        let middle = 0.5 * (lo + hi);
        if f(middle) > 0.0 { lo = middle } else { hi = middle }
    }
    let (h, u) = (lo, 2.0 * (c - (g * lo).sqrt()));
    let shock = h * u / (h - right);
    match s {
        s if s < u - (g * h).sqrt() => fan(s),
        s if s < shock => h,
        _ => right,
    }
}

/// Depths of a dam break on `n` cells over `length`, the dam in the middle.
pub fn run(
    n: usize,
    length: f64,
    [left, right]: [f32; 2],
    seconds: f32,
    gravity: f32,
    down: bool,
) -> Vec<f32> {
    let (w, h) = if down { (1, n) } else { (n, 1) };
    let physics = Physics { gravity, ..Physics::metres((length / n as f64) as f32) };
    let mut water = Shallow::new(w, h, Sides::WALLS, physics);
    water.fill(|x, y| [if x + y < n / 2 { left } else { right }, 0.0, 0.0]);
    let done = water.advance(seconds, 100_000, None);
    assert_eq!(done.seconds, seconds);
    (0..n).map(|i| if down { water.depth(i)[0] } else { water.depth(0)[i] }).collect()
}

/// Relative L1 error.
fn error(depths: &[f32], length: f64, [left, right]: [f64; 2], t: f64) -> f64 {
    let n = depths.len();
    let (mut off, mut all) = (0.0, 0.0);
    for (i, &h) in depths.iter().enumerate() {
        let x = ((i as f64 + 0.5) / n as f64 - 0.5) * length;
        let wanted = exact(left, right, 9.81, x / t);
        off += (h as f64 - wanted).abs();
        all += wanted;
    }
    off / all
}

#[test]
fn four_hundred_cells_are_within_two_per_cent_and_a_half_as_wide_ones_nearer() {
    for right in [0.0, 0.1, 0.5] {
        let at =
            |n: usize| error(&run(n, 20.0, [1.0, right], 1.0, 9.81, false), 20.0, [1.0, right as f64], 1.0);
        let (coarse, fine) = (at(400), at(800));
        println!("right {right}: {:.3} % at 400, {:.3} % at 800", 100.0 * coarse, 100.0 * fine);
        assert!(coarse < 0.005, "{right}: {coarse}");
        assert!(fine < 0.65 * coarse, "{right}: {coarse} then {fine}");
    }
}

#[test]
fn rows_and_columns_give_the_same() {
    for right in [0.0, 0.2] {
        assert_eq!(run(96, 8.0, [1.0, right], 0.4, 9.81, false), run(96, 8.0, [1.0, right], 0.4, 9.81, true));
    }
}

#[test]
fn the_reference_profiles_are_met() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("reference/water/water_waves.json")).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cases = all["dam_break"].as_array().unwrap();
    assert!(cases.len() >= 3);
    for case in cases {
        let number = |key: &str| case[key].as_f64().unwrap();
        let profile: Vec<[f64; 2]> = case["profile"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| [p[0].as_f64().unwrap(), p[1].as_f64().unwrap()])
            .collect();
        let reach = profile.iter().map(|p| p[0].abs()).fold(0.0, f64::max);
        let (length, n) = (2.2 * reach, 400);
        let found = run(
            n,
            length,
            [number("h_left") as f32, number("h_right") as f32],
            number("t") as f32,
            number("g") as f32,
            false,
        );
        let at = |x: f64| {
            let place = ((x / length + 0.5) * n as f64 - 0.5).clamp(0.0, n as f64 - 1.001);
            let (i, t) = (place as usize, place.fract());
            found[i] as f64 * (1.0 - t) + found[i + 1] as f64 * t
        };
        let off: f64 = profile.iter().map(|p| (at(p[0]) - p[1]).abs()).sum();
        let whole: f64 = profile.iter().map(|p| p[1]).sum();
        println!("{}: {:.3} %", case["kind"], 100.0 * off / whole);
        assert!(off / whole < 0.02, "{}: {}", case["kind"], off / whole);
    }
}

//! Against measurements and exact solutions.

use super::*;
use crate::skip::shared;

const WALLS: [Edge; 4] = [Edge::Closed; 4];

/// A collapsing column twice as high as wide (n² = 2, a = 2.25 inches), Martin and Moyce 1952, Phil. Trans. R. Soc. A
/// 244:312: time in √(a/2g), and the front's place in a (table 2).
const FRONT: [(f64, f64); 15] = [
    (0.41, 1.11),
    (0.84, 1.22),
    (1.19, 1.44),
    (1.43, 1.67),
    (1.63, 1.89),
    (1.83, 2.11),
    (1.98, 2.33),
    (2.20, 2.56),
    (2.32, 2.78),
    (2.51, 3.00),
    (2.65, 3.22),
    (2.83, 3.44),
    (2.98, 3.67),
    (3.11, 3.89),
    (3.33, 4.11),
];
/// The same column: time in √(a/g), and its height at the wall in 2a (table 6).
const HEIGHT: [(f64, f64); 13] = [
    (0.56, 0.94),
    (0.77, 0.89),
    (0.93, 0.83),
    (1.08, 0.78),
    (1.28, 0.72),
    (1.46, 0.67),
    (1.66, 0.61),
    (1.84, 0.56),
    (2.00, 0.50),
    (2.21, 0.44),
    (2.45, 0.39),
    (2.70, 0.33),
    (3.06, 0.28),
];

/// Where the front is on the floor: where the lowest row is half full.
fn front(tank: &Tank) -> f64 {
    let fill = |x: usize| tank.cells.fill[tank.grid.at(x, tank.grid.h - 1)] as f64;
    // Drops ahead of it are no front: it is two cells long at least.
    let full = (2..=tank.grid.w).rev().find(|&x| fill(x - 1) > 0.5 && fill(x - 2) > 0.5).unwrap_or(1);
    let (a, b) = (fill(full - 1), fill(full.min(tank.grid.w - 1)));
    full as f64 - 0.5 + ((a - 0.5) / (a - b).max(1e-9)).clamp(0.0, 1.0)
}

/// Times in √(a/2g), places of the front in a, and heights at the wall in 2a.
fn collapse() -> Vec<[f64; 3]> {
    let (a, gravity) = (32.0f64, 100.0f64);
    let mut tank = tank((192, 72), WALLS, |x, y| x < 32.0 && y > 8.0);
    let unit = (2.0 * gravity / a).sqrt();
    let mut all = vec![[0.0, 1.0, 1.0]];
    for k in 1..110 {
        tick(&mut tank, &WATER, &down(gravity as f32), 4);
        all.push([k as f64 * unit / 60.0, front(&tank) / a, column(&tank, 0) / (2.0 * a)]);
    }
    all
}

/// A curve at a time.
fn at(curve: &[[f64; 3]], which: usize, t: f64) -> f64 {
    let k = curve.partition_point(|p| p[0] < t).clamp(1, curve.len() - 1);
    let [before, after] = [curve[k - 1], curve[k]];
    before[which] + (t - before[0]) / (after[0] - before[0]) * (after[which] - before[which])
}

/// The column sinks as measured, by the same clock. So does the front up to its first place; then the measured one loses
/// 0.27 units (15 ms) before its second, over which it is as slow as from rest to the first, though it accelerates before
/// and after. With that taken off, it is where it was measured.
#[test]
fn a_breaking_dam_runs_as_martin_and_moyce_measured() {
    let (curve, lost) = (collapse(), 0.27);
    for (t, measured) in HEIGHT {
        let found = at(&curve, 2, t * 2f64.sqrt());
        println!("τ {t}: height {found:.3}, measured {measured}");
        assert!((found / measured - 1.0).abs() < 0.05, "{t}: {found} {measured}");
    }
    for (k, (t, measured)) in FRONT.into_iter().enumerate() {
        let (raw, found) = (at(&curve, 1, t), at(&curve, 1, t - if k > 0 { lost } else { 0.0 }));
        println!("T {t}: front {raw:.3}, {found:.3} where it loses {lost}; measured {measured}");
        assert!((found / measured - 1.0).abs() < 0.04, "{t}: {found} {measured}");
        assert!((raw / measured - 1.0).abs() < 0.22, "{t}: {raw} {measured}");
    }
}

/// How a column of height H and width a begins to move: −∂p/∂x on its face is Σ 2g/(H k) cos(k y) tanh(k a) over
/// k = (n − ½)π/H, with y from the floor (Pohle 1950).
#[test]
fn a_dam_begins_to_break_as_potential_theory_says() {
    let (gravity, height, width, dt) = (100.0f64, 48.0f64, 24.0f64, 0.01f32);
    // The difference that gravity makes: what takes back errors of density is the same without.
    let [still, mut tank] = [0.0, gravity].map(|g| {
        let mut tank = tank((72, 56), WALLS, |x, y| x < 24.0 && y > 8.0);
        tank.step(&WATER, &down(g as f32), dt);
        tank
    });
    tank.faces.u.iter_mut().zip(&still.faces.u).for_each(|(u, v)| *u -= v);
    for up in [2.5f64, 4.5, 8.5, 16.5, 30.5] {
        let mode = |n: usize| {
            let k = (n as f64 - 0.5) * core::f64::consts::PI / height;
            2.0 * gravity / (height * k) * libm::cos(k * up) * libm::tanh(k * width)
        };
        let exact: f64 = (1..4000).map(mode).sum();
        let row = 55 - up as usize;
        let found = (tank.faces.u[tank.grid.at(24, row)] / dt) as f64;
        println!("{up} cells up: {found:.2}, theory {exact:.2} cells/s²");
        assert!((found / exact - 1.0).abs() < 0.06, "{found} {exact}");
    }
}

#[test]
fn a_standing_wave_has_airys_period() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("reference/water/water_waves.json")).unwrap();
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    let of = |wave: &serde_json::Value, key: &str| wave[key].as_f64().unwrap();
    let waves = data["standing_waves"].as_array().unwrap();
    // A basin as deep as long, first and second mode; cells of 1/64.
    for wave in waves.iter().filter(|w| of(w, "L") == of(w, "depth") && of(w, "n") < 3.0) {
        let (n, cells) = (of(wave, "n"), 64.0);
        let (k, height) = (core::f64::consts::PI * n / cells, 2.0);
        let surface = |x: f64| 16.0 - height * libm::cos(k * x);
        let mut tank = tank((64, 80), WALLS, |x, y| y as f64 > surface(x as f64));
        // The reference's metre is 64 cells, its g 9.81 m/s².
        let forces = down((9.81 * cells) as f32);
        let dt = 1.0 / 240.0;
        let (mut crossings, mut before, mut t) = (Vec::new(), 1.0, 0.0);
        while crossings.len() < 5 && t < 10.0 {
            tank.step(&WATER, &forces, dt);
            t += dt as f64;
            let mode: f64 = (0..64).map(|x| column(&tank, x) * libm::cos(k * (x as f64 + 0.5))).sum();
            if (mode < 0.0) != (before < 0.0) {
                crossings.push(t - dt as f64 * mode / (mode - before));
            }
            before = mode;
        }
        let period = (crossings[4] - crossings[0]) / 2.0;
        let exact = of(wave, "airy_period");
        println!(
            "mode {n}: period {period:.4} s, Airy {exact:.4} s, {:+.2} %",
            (period / exact - 1.0) * 100.0
        );
        assert!((period / exact - 1.0).abs() < 0.03, "{period} {exact}");
    }
}

#[test]
fn water_at_rest_stays_and_weighs_what_it_should() {
    let (gravity, depth) = (200.0, 40.0);
    let mut tank = tank((48, 60), WALLS, |_, y| y > 20.0);
    (0..120).for_each(|_| tick(&mut tank, &WATER, &down(gravity), 4));
    for y in [25usize, 40, 59] {
        let expected = gravity * (y as f32 + 0.5 - 20.0);
        let found = tank.pressure[tank.grid.at(24, y)] / tank.dt;
        assert!((found - expected).abs() < 0.02 * gravity * depth, "row {y}: {found}, expected {expected}");
    }
    assert!(tank.top_speed() < 0.01 * (gravity * depth).sqrt(), "{}", tank.top_speed());
}

/// The weight of water tells where its surface is, within a part of a cell (Gibou et al. 2002).
#[test]
fn the_surface_lies_within_a_cell() {
    let gravity = 100.0;
    for rise in [0.0f32, 0.25, 0.5, 0.75] {
        // The difference that gravity makes, as for the dam.
        let [still, heavy] = [0.0, gravity].map(|g| {
            let mut tank = tank((24, 60), WALLS, |_, y| y > 20.0);
            let stretch = 1.0 + rise / 40.0;
            tank.sorted.all_mut().iter_mut().for_each(|p| p.at[1] = 60.0 - (60.0 - p.at[1]) * stretch);
            tank.settle();
            tank.begin(&WATER, &down(g), 0.01);
            tank.pressure[tank.grid.at(12, 59)] / tank.dt
        });
        let (found, exact) = ((heavy - still) / gravity, 39.5 + rise);
        println!("{exact:.2} cells deep: {found:.3}");
        assert!((found - exact).abs() < 0.15, "{found} {exact}");
    }
}

/// A channel between plates, driven along: the flow of Poiseuille.
#[test]
fn viscous_liquid_between_plates_flows_as_poiseuille_says() {
    let sides = [Edge::Periodic, Edge::Periodic, Edge::Closed, Edge::Closed];
    let (h, viscosity, push) = (24.0f32, 60.0, 20.0);
    let mut tank = tank((16, 24), sides, |_, _| true);
    let forces = Acceleration { gravity: [push, 0.0], field: Vec::new() };
    let rules = Rules { viscosity, ..WATER };
    (0..360).for_each(|_| {
        tank.step(&rules, &forces, 1.0 / 60.0);
    });
    let exact = |y: f32| push / (2.0 * viscosity) * y * (h - y);
    let top = exact(0.5 * h);
    for y in 0..24 {
        let found = tank.faces.u[tank.grid.at(8, y)];
        let exact = exact(y as f32 + 0.5);
        assert!((found - exact).abs() < 0.03 * top, "row {y}: {found}, expected {exact}");
    }
}

/// A drop pulled long swings with ω² = n(n² − 1)σ/(ρR³), n = 2, in the plane (Rayleigh 1879).
#[test]
fn a_drop_swings_with_rayleighs_period() {
    let (r, tension, stretch) = (12.0f32, 3000.0f32, 1.12f32);
    let mut tank = tank((48, 48), WALLS, |x, y| {
        let (dx, dy) = ((x - 24.0) / stretch, (y - 24.0) * stretch);
        dx * dx + dy * dy < r * r
    });
    let rules = Rules { tension, ..WATER };
    let dt = 1.0 / 240.0;
    let (mut crossings, mut before, mut t) = (Vec::new(), 1.0, 0.0);
    while crossings.len() < 3 && t < 20.0 {
        tank.step(&rules, &down(0.0), dt);
        t += dt as f64;
        let all = tank.sorted.all();
        let mean = |f: &dyn Fn(&Particle) -> f64| all.iter().map(f).sum::<f64>() / all.len() as f64;
        let (cx, cy) = (mean(&|p| p.at[0] as f64), mean(&|p| p.at[1] as f64));
        let square = |v: f64| v * v;
        let long = mean(&|p| square(p.at[0] as f64 - cx) - square(p.at[1] as f64 - cy));
        if (long < 0.0) != (before < 0.0) {
            crossings.push(t - dt as f64 * long / (long - before));
        }
        before = long;
    }
    let period = crossings[2] - crossings[0];
    let exact = core::f64::consts::TAU / (6.0 * tension as f64 / (r * r * r) as f64).sqrt();
    println!("drop: period {period:.3} s, Rayleigh {exact:.3} s");
    assert!((period / exact - 1.0).abs() < 0.1, "{period} {exact}");
}

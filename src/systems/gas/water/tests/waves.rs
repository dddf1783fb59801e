//! Waves of a basin, friction on a slope, and equal bits.

use super::super::plane::Sides;
use super::super::shallow::{Physics, Shallow};
use crate::skip::shared;
use world::rng::Rng;
use world::vectors::Vectors;

/// Period of the n-th standing wave, by the turns of the depth at the left wall.
fn period(length: f64, depth: f32, n: u32) -> f64 {
    let cells = 200;
    let mut water = Shallow::new(cells, 1, Sides::WALLS, Physics::metres((length / cells as f64) as f32));
    let wave = |x: usize| libm::cos(std::f64::consts::PI * n as f64 * (x as f64 + 0.5) / cells as f64) as f32;
    water.fill(|x, _| [depth * (1.0 + 1e-3 * wave(x)), 0.0, 0.0]);
    let expected = 2.0 * length / (n as f64 * libm::sqrt(9.81 * depth as f64));
    let step = expected / 80.0;
    let (mut t, mut last, mut turns) = (0.0, 1e-3f64 * depth as f64, Vec::new());
    while turns.len() < 5 {
        water.advance(step as f32, 1000, None);
        let now: f64 = (0..cells).map(|x| (water.depth(0)[x] - depth) as f64 * wave(x) as f64).sum();
        if last > 0.0 && now <= 0.0 || last < 0.0 && now >= 0.0 {
            turns.push(t + step * last / (last - now));
        }
        t += step;
        last = now;
    }
    (turns[4] - turns[0]) / 2.0
}

#[test]
fn standing_waves_have_the_period_of_shallow_water() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("reference/water/water_waves.json")).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cases = all["standing_waves"].as_array().unwrap();
    assert!(cases.len() >= 6);
    for case in cases {
        let number = |key: &str| case[key].as_f64().unwrap();
        let found = period(number("L"), number("depth") as f32, number("n") as u32);
        let wanted = number("shallow_period");
        assert!((found / wanted - 1.0).abs() < 0.005, "{case}: {found} not {wanted}");
    }
}

/// Uniform flow down a plane: gravity and friction balance at u = h^(2/3)·√slope/n (Manning).
#[test]
fn a_stream_on_a_slope_has_mannings_speed() {
    for (slope, depth, n) in [(0.01f32, 0.5f32, 0.03f32), (0.002, 1.0, 0.02)] {
        let mut water = Shallow::new(32, 1, Sides::WALLS, Physics { manning: n, ..Physics::metres(1.0) });
        let open = super::super::plane::Side::Periodic;
        water.set_sides(Sides { across: [open; 2], ..Sides::WALLS });
        water.fill(|_, _| [depth, 0.0, 0.0]);
        // A slope round a torus is a force: g·slope.
        let force = [vec![9.81 * slope; 32], vec![0.0; 32]];
        water.advance(600.0, 1_000_000, Some([&force[0], &force[1]]));
        let wanted = libm::powf(depth, 2.0 / 3.0) * slope.sqrt() / n;
        assert!(
            water.velocity(0, 0).iter().all(|u| (u / wanted - 1.0).abs() < 2e-3),
            "{} not {wanted}",
            water.velocity(0, 0)[3]
        );
    }
}

fn bits(threads: usize, vectors: Vectors) -> Vec<u32> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let work = || {
        let (w, h) = (203, 131);
        let r = Rng::new(9);
        let mut water =
            Shallow::new(w, h, Sides::WALLS, Physics { gravity: 981.0, cell: 1.0, dry: 1e-3, manning: 0.01 });
        water.set_ground(|y, row| {
            row.iter_mut().enumerate().for_each(|(x, z)| *z = 9.0 * r.unit((y * w + x) as u64))
        });
        water.fill(|x, y| [6.0 * r.fork(1).unit((y * w + x) as u64), 50.0 * r.fork(2).unit(x as u64), 0.0]);
        water.advance(0.2, 1000, None);
        (0..h)
            .flat_map(|y| [water.depth(y), water.velocity(0, y), water.velocity(1, y)].concat())
            .map(f32::to_bits)
            .collect()
    };
    vectors.run(|| pool.install(work)).unwrap()
}

#[test]
fn threads_and_vectors_give_the_same_bits() {
    let first = bits(1, Vectors::Plain);
    for vectors in Vectors::available() {
        for threads in [1, 2, 5] {
            assert!(bits(threads, vectors) == first, "{threads} threads, {vectors}");
        }
    }
}

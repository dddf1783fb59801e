//! A lake at rest stays at rest, whatever the ground below it.

use super::super::plane::{Side, Sides};
use super::super::shallow::{Physics, Shallow};
use proptest::prelude::*;
use world::rng::Rng;

const TORUS: Sides = Sides { across: [Side::Periodic; 2], down: [Side::Periodic; 2] };

/// A lake up to `level` on random ground.
fn lake(w: usize, h: usize, level: f32, rough: f32, sides: Sides, seed: u64) -> Shallow {
    let r = Rng::new(seed);
    let mut water = Shallow::new(w, h, sides, Physics { gravity: 981.0, cell: 1.0, dry: 1e-3, manning: 0.0 });
    let ground = |x: usize, y: usize| rough * r.unit((y * w + x) as u64);
    water.set_ground(|y, row| row.iter_mut().enumerate().for_each(|(x, z)| *z = ground(x, y)));
    water.fill(|x, y| [(level - ground(x, y)).max(0.0), 0.0, 0.0]);
    water
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    /// Islands, cliffs and puddles; the flow that rounding makes is a ten-thousandth of that of a wave as high as the lake is deep.
    #[test]
    fn a_lake_rests_on_any_ground(w in 1usize..40, h in 1usize..40, level in 0.0f32..30.0, wrap: bool, seed: u64) {
        let sides = if wrap { TORUS } else { Sides::WALLS };
        let mut moving = lake(w, h, level, 20.0, sides, seed);
        let before = moving.volume();
        moving.advance(2.0, 100_000, None);
        let water = &moving;
        let flow = |axis| (0..h).flat_map(move |y| water.depth(y).iter().zip(water.velocity(axis, y)));
        let top = |axis| flow(axis).fold(0f32, |a, (h, u)| a.max((h * u).abs()));
        let wave = (981.0 * level.max(0.01)).sqrt();
        prop_assert!(top(0).max(top(1)) < 1e-4 * wave * level.max(0.01), "{} {} of {wave}", top(0), top(1));
        for y in 0..h {
            for (d, z) in water.depth(y).iter().zip(water.ground(y)) {
                prop_assert!((d - (level - z).max(0.0)).abs() < 1e-5 * level.max(1.0));
            }
        }
        prop_assert!((water.volume() - before).abs() <= 1e-6 * before.max(1.0));
    }
}

/// Where no digit is lost (heights on a grid of sixteenths) nothing moves at all.
#[test]
fn on_whole_sixteenths_it_rests_to_the_bit() {
    let (w, h, level) = (33, 21, 9.25);
    let r = Rng::new(4);
    let mut water =
        Shallow::new(w, h, TORUS, Physics { gravity: 981.0, cell: 1.0, dry: 1e-3, manning: 0.01 });
    let ground = |x: usize, y: usize| r.below((y * w + x) as u64, 200) as f32 / 16.0;
    water.set_ground(|y, row| row.iter_mut().enumerate().for_each(|(x, z)| *z = ground(x, y)));
    water.fill(|x, y| [(level - ground(x, y)).max(0.0), 0.0, 0.0]);
    let before: Vec<f32> = (0..h).flat_map(|y| water.depth(y).to_vec()).collect();
    water.advance(1.0, 10_000, None);
    let after: Vec<f32> = (0..h).flat_map(|y| water.depth(y).to_vec()).collect();
    assert!(before == after, "a depth changed");
    assert!((0..h).all(|y| water.velocity(0, y).iter().chain(water.velocity(1, y)).all(|&u| u == 0.0)));
    assert!(before.contains(&0.0) && before.iter().any(|&h| h > 5.0), "islands and lakes");
}

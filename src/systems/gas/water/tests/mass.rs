//! No drop is lost or made, and no depth is negative.

use super::super::plane::{Shape, Side, Sides};
use super::super::reconstruct::Pace;
use super::super::shallow::{Physics, Shallow};
use super::super::sweep::{Sweep, Water};
use proptest::prelude::*;
use world::rng::Rng;

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_sloshes_over_cliffs_keeps_its_mass(
        w in 1usize..150, h in 1usize..40, wrap: bool, rough in 0.0f32..200.0, seed: u64,
    ) {
        let sides = if wrap { Sides { across: [Side::Periodic; 2], down: [Side::Periodic; 2] } } else { Sides::WALLS };
        let r = Rng::new(seed);
        let mut water = Shallow::new(w, h, sides, Physics { gravity: 981.0, cell: 1.0, dry: 1e-3, manning: 0.0 });
        water.set_ground(|y, row| row.iter_mut().enumerate().for_each(|(x, z)| *z = rough * r.unit((y * w + x) as u64)));
        let wet = |i: u64| if r.fork(1).unit(i) < 0.4 { 30.0 * r.fork(2).unit(i) } else { 0.0 };
        water.fill(|x, y| {
            let i = (y * w + x) as u64;
            [wet(i), r.fork(3).range(i, -300.0, 300.0), r.fork(4).range(i, -300.0, 300.0)]
        });
        let before = water.volume();
        for _ in 0..6 {
            water.advance(0.05, 40, None);
            for y in 0..h {
                prop_assert!(water.depth(y).iter().all(|&d| d >= 0.0 && d.is_finite()));
                prop_assert!(water.velocity(0, y).iter().chain(water.velocity(1, y)).all(|u| u.is_finite()));
            }
        }
        prop_assert!((water.volume() - before).abs() <= 2e-6 * before.max(1e-3), "{before} {}", water.volume());
    }
}

#[test]
fn open_sides_let_water_out_and_none_in() {
    let open = Sides { across: [Side::Open; 2], down: [Side::Open; 2] };
    let mut water =
        Shallow::new(48, 32, open, Physics { gravity: 981.0, cell: 1.0, dry: 1e-3, manning: 0.0 });
    water.fill(|x, y| [if (16..32).contains(&x) && (8..24).contains(&y) { 8.0 } else { 0.0 }, 0.0, 0.0]);
    let mut last = water.volume();
    for _ in 0..100 {
        water.advance(0.05, 100, None);
        assert!(water.volume() <= last * (1.0 + 1e-6));
        last = water.volume();
    }
    assert!(last < 0.1 * 8.0 * 256.0, "{last}");
}

/// A step three times too long: cells give what they have and no more.
#[test]
fn a_cell_gives_no_more_than_it_has() {
    let (w, h) = (140, 70);
    let (shape, rng) = (Shape { width: w, height: h }, Rng::new(8));
    let plane = |k: u64, scale: f32| -> Vec<f32> {
        let mut plane = vec![0.0; shape.floats()];
        for y in 0..h {
            let row = &mut plane[shape.cells(y)];
            row.iter_mut()
                .enumerate()
                .for_each(|(x, v)| *v = scale * (rng.fork(k).unit((y * w + x) as u64) - 0.5));
        }
        plane
    };
    let mut water = [plane(0, 8.0), plane(1, 400.0), plane(2, 400.0)];
    water[0].iter_mut().for_each(|d| *d = d.max(0.0));
    let mut ground = plane(3, 6.0);
    let sides = Sides::WALLS;
    shape.close(&mut ground, sides, None);
    (0..3).for_each(|k: usize| shape.close(&mut water[k], sides, k.checked_sub(1)));
    let pace = Pace { ratio: 0.006, gravity: 981.0, dry: 1e-3 };
    let sweep = Sweep { shape, sides, ground: &ground, pace };
    let volume =
        |water: &Water| (0..h).flat_map(|y| &water[0][shape.cells(y)]).map(|&d| d as f64).sum::<f64>();
    let mut next = water.clone();
    for turn in 0..2 {
        match turn {
            0 => sweep.along_rows(&water, &mut next),
            _ => sweep.along_columns(&water, &mut next),
        }
        assert!((0..h).flat_map(|y| &next[0][shape.cells(y)]).all(|d| *d >= 0.0));
        assert!((volume(&next) / volume(&water) - 1.0).abs() < 1e-6, "{turn}");
    }
}

//! The gas against one particle at a time, and its exact laws.

use proptest::prelude::*;

use super::super::chirality::{Chirality, mix};
use super::super::circuit;
use super::super::gas::Gas;
use super::super::model::Model;
use super::super::walls::Reflection;
use crate::automata::life::grid::Grid;
use world::params::Choice;
use world::rng::Rng;
use world::vectors::Vectors;

/// A gas of random cells at a density.
pub fn random(model: Model, (w, h): (usize, usize), density: f32, seed: u64) -> Gas {
    let rng = Rng::new(seed);
    let mut gas = Gas::new(model, w, h, Chirality::Addressed(rng.named("chirality")));
    for (x, y) in (0..w * h).map(|c| (c % w, c / w)) {
        let place = rng.fork((y * w + x) as u64);
        let state = (0..model.planes()).fold(0, |s, p| s | ((place.unit(p as u64) < density) as u8) << p);
        gas.set_cell(x, y, state);
    }
    gas
}

fn cells(gas: &Gas) -> Vec<u8> {
    let (w, h) = gas.size();
    (0..w * h).map(|c| gas.cell(c % w, c / w)).collect()
}

/// The cell that a particle moves to: straight from the definition. On a torus of odd height the seam joins two even
/// rows; a link belongs to its lower row.
fn target(model: Model, (w, h): (usize, usize), (x, y): (usize, usize), plane: usize) -> (usize, usize) {
    let (right, up) = match (model, plane) {
        (Model::Hpp, p) => ([1, 0, -1, 0][p], [0, 1, 0, -1][p]),
        (_, 0) => (1, 0),
        (_, 3) => (-1, 0),
        (_, 6) => (0, 0),
        (_, p) => {
            let up = if p < 3 { 1 } else { -1 };
            let lower = if up > 0 { y } else { (y + 1) % h };
            let shifted = (lower % 2) as isize;
            // Up from an odd row: NE moves a column, NW none; from an even row the other way round; down is the reverse.
            let right = match p {
                1 => shifted,
                2 => shifted - 1,
                4 => -shifted,
                _ => 1 - shifted,
            };
            (right, up)
        }
    };
    let wrap = |i: usize, by: isize, n: usize| (i as isize + by).rem_euclid(n as isize) as usize;
    (wrap(x, right, w), wrap(y, -up, h))
}

/// One step, cell by cell: collide (or bounce where `solid`), then move.
fn step(gas: &Gas, solid: &[bool], chirality: Chirality) -> Vec<u8> {
    let (model, (w, h)) = (gas.model(), gas.size());
    let layout = gas.layout();
    let mut next = vec![0u8; w * h];
    let mut sides = vec![0; layout.stride * 8];
    for y in 0..h {
        let keys = chirality.row(gas.clock(), y, false, &layout, &mut sides);
        keys.into_iter().for_each(|keys| mix(keys, bytemuck::cast_slice_mut(&mut sides)));
        for x in 0..w {
            let (i, bit) = layout.place(x);
            let state = gas.cell(x, y);
            let after = match solid[y * w + x] {
                true => (0..model.planes()).fold(0, |s, p| s | (state >> p & 1) << model.opposite(p)),
                false => circuit::collide(model, state, sides[i] >> bit & 1 == 1),
            };
            for p in (0..model.planes()).filter(|p| after >> p & 1 == 1) {
                let (x, y) = target(model, (w, h), (x, y), p);
                next[y * w + x] |= 1 << p;
            }
        }
    }
    next
}

fn size() -> impl Strategy<Value = (usize, usize)> {
    let width = prop_oneof![1usize..5, 62usize..67, 510usize..515, 1022usize..1027, 1usize..300];
    (width, prop_oneof![1usize..6, 1usize..40, 60usize..70])
}

fn model() -> impl Strategy<Value = Model> {
    (0..Model::NAMES.len()).prop_map(Model::at)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn bit_planes_equal_one_cell_at_a_time(
        model in model(), size in size(), density in 0.05f32..0.95, walls in 0.0f32..0.4, steps in 0usize..40, seed: u64,
    ) {
        let (w, h) = size;
        let rng = Rng::new(seed).named("walls");
        let mut gas = random(model, size, density, seed);
        let solid: Vec<bool> = (0..w * h).map(|c| walls > 0.2 && rng.unit(c as u64) < walls - 0.2).collect();
        gas.set_walls(&Grid::from_fn(gas.layout(), |x, y| solid[y * w + x]), Reflection::Bounce);
        let mut plain = gas.clone();
        for _ in 0..steps {
            let next = step(&plain, &solid, Chirality::Addressed(Rng::new(seed).named("chirality")));
            // The clock is part of the address.
            plain.run(1);
            (0..w * h).for_each(|c| plain.set_cell(c % w, c / w, next[c]));
        }
        gas.run(steps);
        prop_assert_eq!(cells(&gas), cells(&plain));
    }

    #[test]
    fn nothing_is_lost_and_all_of_it_can_be_taken_back(
        model in model(), size in size(), density in 0.05f32..0.95, walls: bool, specular: bool, steps in 1usize..120, seed: u64,
    ) {
        let mut gas = random(model, size, density, seed);
        if walls {
            let solid = Grid::from_fn(gas.layout(), |x, y| (x / 5 + y / 3) % 7 == 0);
            gas.set_walls(&solid, if specular { Reflection::Specular } else { Reflection::Bounce });
        }
        let (start, particles, momentum) = (cells(&gas), gas.particles(), gas.whole_momentum());
        gas.run(steps);
        prop_assert_eq!(gas.particles(), particles);
        if !walls {
            prop_assert_eq!(gas.whole_momentum(), momentum);
        }
        gas.turn_round();
        gas.run(steps / 3);
        gas.run(steps - steps / 3);
        prop_assert_eq!(gas.particles(), particles);
        gas.turn_round();
        prop_assert_eq!(gas.clock(), 0);
        prop_assert_eq!(cells(&gas), start);
    }
}

/// Wide rows, whose stages do not fit into one group.
#[test]
fn many_steps_in_one_pass_equal_as_many_passes() {
    for model in (0..Model::NAMES.len()).map(Model::at) {
        for back in [false, true] {
            let mut deep = random(model, (4096, 70), 0.3, 8);
            if back {
                deep.turn_round();
            }
            let mut shallow = deep.clone();
            deep.run(37);
            (0..37).for_each(|_| shallow.run(1));
            assert!(cells(&deep) == cells(&shallow), "{model:?}, back: {back}");
        }
    }
}

#[test]
fn any_thread_count_and_vector_width_gives_the_same_bits() {
    for model in (0..Model::NAMES.len()).map(Model::at) {
        let made = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut gas = random(model, (700, 150), 0.3, 4);
                gas.set_walls(
                    &Grid::from_fn(gas.layout(), |x, y| x % 90 == 7 && y > 60),
                    Reflection::Specular,
                );
                gas.run(21);
                cells(&gas)
            })
        };
        let one = made(1);
        assert!([2, 3, 8].iter().all(|n| made(*n) == one));
        assert!(Vectors::available().all(|v| v.run(|| made(2)).unwrap() == one), "{model:?}");
    }
}

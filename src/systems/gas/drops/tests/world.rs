//! The system: knobs, inputs, touch, bits, hostile values.

use super::super::params::Start;
use super::super::{Drops, DropsKnobs, Output, Readout};
use crate::testing::{all_shown, assert_same_everywhere};
use proptest::prelude::*;
use world::field::Field;
use world::params::Params as _;
use world::ports::{Outputs as _, Readouts as _};
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, Sounding, System as _, Texts, Touch};
use world::view::View;

pub fn birth(size: (usize, usize), knobs: &DropsKnobs) -> Drops {
    let texts = Texts::default();
    Drops::new(knobs, &InitContext { width: size.0, height: size.1, rng: Rng::new(3), texts: &texts })
        .unwrap()
}

pub fn step(
    world: &mut Drops,
    knobs: &DropsKnobs,
    tick: u64,
    inputs: [Option<&Field>; 3],
    touches: &[Touch],
) {
    world.step(
        knobs,
        &Env { tick, dt: 1.0 / 60.0, rng: Rng::new(1), inputs: &inputs, touches, switches: &[] },
    );
}

pub fn touch(x: f32, strength: f32) -> Touch {
    Touch { id: 0, x, y: 0.4, dx: 0.05, dy: 0.0, radius: 0.2, strength, phase: Phase::Move }
}

fn shown(world: &Drops, port: Output, size: (usize, usize)) -> Field {
    crate::testing::shown(world, port, &View::WHOLE, size)
}

/// A run with all inputs: all outputs.
fn run() -> Vec<f32> {
    let size = (130, 60);
    let knobs = DropsKnobs { steps: 5, rain: 0.05, ..DropsKnobs::default() };
    let mut world = birth(size, &knobs);
    let heat = Field::from_fn(size.0, size.1, |x, y| ((x * 7 + y * 3) % 11) as f32 / 50.0);
    let obstacle = Field::from_fn(size.0, size.1, |x, y| ((x / 20 + y / 20) % 5 == 0) as u8 as f32);
    let mut force = Field::new(size.0, size.1, 2);
    force.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = (i % 13) as f32 / 6.0 - 1.0);
    let mut heard: Vec<Sounding> = Vec::new();
    for k in 0..8 {
        let inputs = [Some(&heat), (k > 2).then_some(&obstacle), Some(&force)];
        step(&mut world, &knobs, k, inputs, &[touch(0.3, 1.0), touch(0.7, -0.5)]);
        world.soundings(&mut heard);
    }
    let heard = heard.iter().flat_map(|s| [s.x, s.y, s.strength, s.size]);
    all_shown(&world, size).into_iter().chain(heard).collect()
}

#[test]
fn same_bits_at_any_thread_count_and_vector_width() {
    assert_same_everywhere(run);
}

#[test]
fn touches_add_and_remove_liquid_and_push() {
    let knobs = DropsKnobs { start: Start::Pool, liquid: 0.3, pegs: 0, rain: 0.0, ..DropsKnobs::default() };
    let mut world = birth((96, 64), &knobs);
    let then = world.read(Readout::Mass);
    (0..12).for_each(|k| step(&mut world, &knobs, k, [None; 3], &[touch(0.5, 1.0)]));
    assert!(world.read(Readout::Mass) > 1.02 * then);
    assert!(world.lattice().density(25)[47] > 0.6, "{}", world.lattice().density(25)[47]);
    assert!(world.lattice().velocity(0, 25)[47] > 0.01, "along its movement");
    let full = world.read(Readout::Mass);
    (12..24).for_each(|k| step(&mut world, &knobs, k, [None; 3], &[touch(0.5, -1.0)]));
    assert!(
        world.read(Readout::Mass) < full - 0.15 * (full - then),
        "{then} {full} {}",
        world.read(Readout::Mass)
    );
}

#[test]
fn inputs_obstruct_push_and_warm() {
    let size = (64, 48);
    let knobs = DropsKnobs { start: Start::Pool, pegs: 0, rain: 0.0, gravity: 0.0, ..DropsKnobs::default() };
    let spot = Field::from_fn(size.0, size.1, |x, y| (x / 8 == 3 && y / 8 == 2) as u8 as f32);
    let mut world = birth(size, &knobs);
    step(&mut world, &knobs, 0, [None, Some(&spot), None], &[]);
    assert_eq!(shown(&world, Output::Density, size).at(0, 28, 20), 0.0, "solid");
    step(&mut world, &knobs, 1, [None; 3], &[]);
    let uncovered = shown(&world, Output::Density, size).at(0, 28, 20);
    assert!((uncovered - 0.1).abs() < 0.05, "vapour where it was: {uncovered}");
    let mut push = Field::new(size.0, size.1, 2);
    push.plane_mut(0).fill(1.0);
    (0..10).for_each(|k| step(&mut world, &knobs, k, [None, None, Some(&push)], &[]));
    assert!(world.lattice().velocity(0, 20)[20] > 0.002);
    let warm = Field::from_fn(size.0, size.1, |_, _| 2.0);
    (0..200).for_each(|k| step(&mut world, &knobs, k, [Some(&warm), None, None], &[]));
    let (low, high) = shown(&world, Output::Density, size).extent(0);
    assert!(high - low < 0.3, "no liquid at temperature 1.2: {low} to {high}");
}

#[test]
fn it_rains_splashes_and_is_heard() {
    let knobs = DropsKnobs { rain: 0.05, ..DropsKnobs::default() };
    let mut world = birth((192, 108), &knobs);
    let (mass, mut heard) = (world.read(Readout::Mass), Vec::new());
    for k in 0..500 {
        step(&mut world, &knobs, k, [None; 3], &[]);
        world.soundings(&mut heard);
    }
    assert!((world.read(Readout::Mass) / mass - 1.0).abs() < 1e-5);
    assert!(world.message().is_none() && world.read(Readout::Fastest) > 0.02);
    assert!(heard.iter().all(|s| s.kind < 3 && s.strength <= 1.0 && s.size > 1.0));
    let kinds = [0, 1, 2].map(|k| heard.iter().filter(|s| s.kind == k).count());
    assert!(kinds.iter().all(|&n| n > 0), "merged, parted, hit: {kinds:?}");
    assert!(world.read(Readout::Count) >= 2.0);
}

#[test]
fn above_the_critical_temperature_it_says_that_there_is_no_liquid() {
    let knobs = DropsKnobs { temperature: 1.05, ..DropsKnobs::default() };
    assert!(birth((20, 20), &knobs).message().unwrap().contains("no liquid"));
    assert!(birth((20, 20), &DropsKnobs::default()).message().is_none());
}

#[test]
fn too_many_cells_are_refused_with_the_number() {
    let texts = Texts::default();
    let huge = InitContext { width: 1 << 13, height: 1 << 13, rng: Rng::new(0), texts: &texts };
    let fault = Drops::new(&DropsKnobs::default(), &huge).err().unwrap();
    assert!(fault.at == "size" && fault.message.contains("33554432"), "{fault:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_value_breaks_it(w in 1usize..70, h in 1usize..50, seed: u64) {
        let r = Rng::new(seed);
        let any = |r: Rng| {
            let mut knobs = DropsKnobs::default();
            for (i, spec) in DropsKnobs::SPECS.iter().enumerate() {
                let at = [0.0, 1.0, r.unit64(100 + i as u64)][r.below(i as u64, 3) as usize];
                knobs.set(i, spec.value_at(at));
            }
            DropsKnobs { steps: knobs.steps.min(12), ..knobs }
        };
        let mut knobs = any(r);
        let mut world = birth((w, h), &knobs);
        for tick in 0..6u64 {
            let r = r.fork(tick);
            let mut fields = [Field::new(w, h, 1), Field::new(w, h, 1), Field::new(w, h, 2)];
            for (k, field) in fields.iter_mut().enumerate() {
                let (low, high) = [(-1e6, 1e6), (0.0, 0.9), (-3.0, 3.0)][r.below(k as u64, 3) as usize];
                field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = r.fork(9).range(i as u64, low, high));
            }
            let inputs = [0, 1, 2].map(|k| (r.below(20 + k as u64, 2) == 0).then_some(&fields[k]));
            if tick % 2 == 1 {
                knobs = any(r);
            }
            step(&mut world, &knobs, tick, inputs, &[touch(r.range(30, -0.2, 1.2), r.range(31, -1.0, 1.0))]);
            for i in 0..Output::PORTS.len() {
                prop_assert!(shown(&world, Output::at(i).unwrap(), (w, h)).is_sane(), "output {i} at tick {tick}");
            }
            (0..Readout::ROWS.len()).for_each(|i| assert!(world.read(Readout::at(i).unwrap()).is_finite(), "{i}"));
            let mut heard = Vec::new();
            world.soundings(&mut heard);
            prop_assert!(heard.len() <= Sounding::MOST);
            prop_assert!(heard.iter().all(|s| s.x.is_finite() && s.y.is_finite() && s.strength.is_finite()));
        }
        // All of it solid.
        let full = Field::from_fn(w, h, |_, _| 2.0);
        (6..8).for_each(|k| step(&mut world, &knobs, k, [None, Some(&full), None], &[touch(0.5, 1.0)]));
        prop_assert!(world.read(Readout::KineticEnergy) == 0.0 && world.read(Readout::Count) == 0.0);
    }
}

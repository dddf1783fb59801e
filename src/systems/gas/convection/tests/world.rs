//! The system: knobs, inputs, touch, bits, hostile values.

use super::super::params::{Obstacles, Sides, Start};
use super::super::{Convection, ConvectionKnobs, Output, Readout};
use crate::testing::{all_shown, assert_same_everywhere};
use proptest::prelude::*;
use world::field::Field;
use world::params::Params as _;
use world::ports::{Outputs as _, Readouts as _};
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, System as _, Texts, Touch};
use world::view::View;

fn birth(size: (usize, usize), knobs: &ConvectionKnobs) -> Convection {
    let texts = Texts::default();
    Convection::new(knobs, &InitContext { width: size.0, height: size.1, rng: Rng::new(3), texts: &texts })
        .unwrap()
}

fn step(world: &mut Convection, knobs: &ConvectionKnobs, inputs: [Option<&Field>; 3], touches: &[Touch]) {
    let env = Env { tick: 0, dt: 1.0 / 60.0, rng: Rng::new(1), inputs: &inputs, touches, switches: &[] };
    world.step(knobs, &env);
}

fn touch(x: f32, strength: f32) -> Touch {
    Touch { id: 0, x, y: 0.5, dx: 0.05, dy: 0.0, radius: 0.2, strength, phase: Phase::Move }
}

fn shown(world: &Convection, port: Output, size: (usize, usize)) -> Field {
    crate::testing::shown(world, port, &View::WHOLE, size)
}

/// A run with all inputs: all outputs.
fn run() -> Vec<f32> {
    let size = (130, 50);
    let knobs = ConvectionKnobs { steps: 5, rayleigh: 3e6, ..ConvectionKnobs::default() };
    let mut world = birth(size, &knobs);
    let heat = Field::from_fn(size.0, size.1, |x, y| ((x * 7 + y * 3) % 11) as f32 / 5.0 - 1.0);
    let obstacle = Field::from_fn(size.0, size.1, |x, y| ((x / 20 + y / 20) % 5 == 0) as u8 as f32);
    let mut force = Field::new(size.0, size.1, 2);
    force.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = (i % 13) as f32 / 6.0 - 1.0);
    for k in 0..7 {
        let inputs = [Some(&heat), (k > 2).then_some(&obstacle), Some(&force)];
        step(&mut world, &knobs, inputs, &[touch(0.3, 1.0), touch(0.7, -0.5)]);
    }
    all_shown(&world, size)
}

#[test]
fn same_bits_at_any_thread_count_and_vector_width() {
    assert_same_everywhere(run);
}

#[test]
fn touches_heat_cool_and_push() {
    let knobs = ConvectionKnobs { start: Start::Even, ..ConvectionKnobs::default() };
    for (strength, sign) in [(1.0, 1.0), (-1.0, -1.0)] {
        let mut world = birth((64, 48), &knobs);
        step(&mut world, &knobs, [None; 3], &[touch(0.5, strength)]);
        let there = world.lattice().state(31, 24);
        assert!(sign * there.heat > 0.15, "{there:?}");
        assert!(there.ux > 0.02, "along its movement: {there:?}");
        assert!(world.lattice().state(2, 24).heat.abs() < 0.02);
    }
}

#[test]
fn inputs_heat_obstruct_and_push() {
    let size = (48, 40);
    let knobs =
        ConvectionKnobs { start: Start::Even, obstacles: Obstacles::Fixed, ..ConvectionKnobs::default() };
    let spot =
        |v: f32| Field::from_fn(size.0, size.1, move |x, y| if x / 8 == 2 && y / 8 == 2 { v } else { 0.0 });
    let mut world = birth(size, &knobs);
    (0..10).for_each(|_| step(&mut world, &knobs, [Some(&spot(-1.0)), None, None], &[]));
    assert!(world.lattice().state(20, 20).heat < -0.05);
    let (mut world, mut push) = (birth(size, &knobs), Field::new(size.0, size.1, 2));
    push.plane_mut(0).fill(1.0);
    (0..10).for_each(|_| step(&mut world, &knobs, [None, None, Some(&push)], &[]));
    assert!(world.lattice().state(20, 20).ux > 0.005);
    (0..20).for_each(|_| step(&mut world, &knobs, [None, Some(&spot(1.0)), None], &[]));
    assert_eq!(world.lattice().state(20, 20), Default::default(), "solid");
    assert!(world.lattice().state(20, 24).heat > 0.1, "warmed by the obstacle below");
    assert_eq!(shown(&world, Output::Temperature, size).at(0, 20, 20), 1.0);
    step(&mut world, &knobs, [None; 3], &[]);
    assert!(!world.lattice().has_solid(20), "gone with its input");
}

#[test]
fn what_the_lattice_cannot_do_is_said() {
    let knobs = ConvectionKnobs { rayleigh: 1e9, ..ConvectionKnobs::default() };
    let world = birth((20, 10), &knobs);
    assert!(world.message().unwrap().starts_with("Rayleigh number"), "{:?}", world.message());
    assert!(world.read(Readout::RayleighReached) < 1e6);
    let knobs = ConvectionKnobs { rayleigh: 100.0, ..ConvectionKnobs::default() };
    let world = birth((20, 400), &knobs);
    assert!(world.message().unwrap().starts_with("free-fall velocity"), "{:?}", world.message());
    assert!((world.read(Readout::RayleighReached) / 100.0 - 1.0).abs() < 1e-3);
    assert!(birth((640, 360), &ConvectionKnobs::default()).message().is_none());
    let texts = Texts::default();
    let huge = InitContext { width: 1 << 13, height: 1 << 13, rng: Rng::new(0), texts: &texts };
    let fault = Convection::new(&ConvectionKnobs::default(), &huge).err().unwrap();
    assert!(fault.at == "size" && fault.message.contains("33554432"), "{fault:?}");
}

#[test]
fn it_begins_in_motion_and_keeps_moving() {
    let knobs = ConvectionKnobs { sides: Sides::Closed, ..ConvectionKnobs::default() };
    let mut world = birth((96, 54), &knobs);
    assert!(world.read(Readout::KineticEnergy) > 0.005, "{}", world.read(Readout::KineticEnergy));
    assert!((world.read(Readout::MeanTemperature) - 0.5).abs() < 0.003);
    (0..400).for_each(|_| step(&mut world, &knobs, [None; 3], &[]));
    let energy = world.read(Readout::KineticEnergy);
    assert!((0.01..0.3).contains(&energy), "{energy}");
    assert!((4.0..20.0).contains(&world.read(Readout::NusseltWall)), "{}", world.read(Readout::NusseltWall));
    assert_eq!(world.read(Readout::Limited), 0.0);
    let (low, high) = shown(&world, Output::Temperature, (96, 54)).extent(0);
    assert!(low > -0.02 && high < 1.02, "between the plates: {low} to {high}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_value_breaks_it(w in 1usize..70, h in 1usize..50, seed: u64) {
        let r = Rng::new(seed);
        let any = |r: Rng| {
            let mut knobs = ConvectionKnobs::default();
            for (i, spec) in ConvectionKnobs::SPECS.iter().enumerate() {
                let at = [0.0, 1.0, r.unit64(100 + i as u64)][r.below(i as u64, 3) as usize];
                knobs.set(i, spec.value_at(at));
            }
            knobs
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
            step(&mut world, &knobs, inputs, &[touch(r.range(30, -0.2, 1.2), r.range(31, -1.0, 1.0))]);
            for i in 0..Output::PORTS.len() {
                prop_assert!(shown(&world, Output::at(i).unwrap(), (w, h)).is_sane(), "output {i} at tick {tick}");
            }
            (0..Readout::ROWS.len()).for_each(|i| assert!(world.read(Readout::at(i).unwrap()).is_finite(), "{i}"));
        }
        // All of it solid.
        let full = Field::from_fn(w, h, |_, _| 2.0);
        (0..2).for_each(|_| step(&mut world, &knobs, [None, Some(&full), None], &[touch(0.5, 1.0)]));
        prop_assert!(world.read(Readout::KineticEnergy) == 0.0);
    }
}

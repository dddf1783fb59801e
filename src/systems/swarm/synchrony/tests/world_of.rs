//! The system as the show sees it.

use crate::swarm::synchrony::Synchrony;
use crate::swarm::synchrony::knobs::{Input, Motion, Output, Readout, SynchronyKnobs};
use crate::testing::{all_shown, assert_same_everywhere, shown};
use world::audible::Sounding;
use world::field::Field;
use world::ports::Inputs;
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, System, Texts, Touch};
use world::view::View;

/// A world and the ticks that it had.
pub struct World<S>(pub S, u64);

impl<S: System> World<S> {
    /// Born.
    pub fn new(knobs: &S::Params, (width, height): (usize, usize), seed: u64) -> Self {
        let texts = Texts::default();
        Self(S::new(knobs, &InitContext { width, height, rng: Rng::new(seed), texts: &texts }).unwrap(), 0)
    }

    /// Ticks without anything from outside.
    pub fn run(&mut self, knobs: &S::Params, ticks: u32) {
        (0..ticks).for_each(|_| self.tick(knobs, &[], &[]));
    }

    /// A tick at 60 a second.
    pub fn tick(&mut self, knobs: &S::Params, inputs: &[Option<&Field>], touches: &[Touch]) {
        let none = vec![None; S::Input::PORTS.len()];
        let inputs = if inputs.is_empty() { &none } else { inputs };
        let rng = Rng::new(2).fork(self.1);
        self.0.step(knobs, &Env { tick: self.1, dt: 1.0 / 60.0, rng, inputs, touches, switches: &[] });
        self.1 += 1;
    }
}

const SIZE: (usize, usize) = (96, 64);

fn touch(strength: f32) -> Touch {
    Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.3, strength, phase: Phase::Down }
}

#[test]
fn same_bits_everywhere() {
    for (motion, number, reach) in
        [(Motion::Still, 9000, 0.0), (Motion::Still, 700, 0.1), (Motion::Swarmalators, 150, 0.0)]
    {
        let knobs =
            SynchronyKnobs { motion, number, reach, beat_gain: 1.0, steps: 2, ..SynchronyKnobs::default() };
        assert_same_everywhere(|| {
            let mut world = World::<Synchrony>::new(&knobs, SIZE, 4);
            for tick in 0..20 {
                let knobs = SynchronyKnobs { beat: tick as f32 / 20.0, ..knobs.clone() };
                world.tick(&knobs, &[], &[touch(if tick % 2 == 0 { 1.0 } else { -1.0 })]);
            }
            all_shown(&world.0, SIZE)
        });
    }
}

/// How far those near the middle are in step.
fn order_under_the_finger(strength: f32) -> f32 {
    let knobs = SynchronyKnobs { coupling: 0.0, ..SynchronyKnobs::default() };
    let mut world = World::<Synchrony>::new(&knobs, SIZE, 4);
    if strength < 0.0 {
        (0..20).for_each(|_| world.tick(&knobs, &[], &[touch(1.0)]));
    }
    (0..20).for_each(|_| world.tick(&knobs, &[], &[touch(strength)]));
    shown(&world.0, Output::Order, &View::WHOLE, SIZE).at(0, 48, 32)
}

#[test]
fn a_finger_gathers_phases_and_the_other_button_scrambles_them() {
    let (gathered, scrambled, neither) =
        (order_under_the_finger(1.0), order_under_the_finger(-1.0), order_under_the_finger(0.0));
    assert!(gathered > 0.95, "{gathered}");
    assert!(scrambled < 0.8 * gathered && neither < 0.8, "{scrambled} {neither}");
}

#[test]
fn light_quickens_and_wind_carries_what_moves() {
    let knobs = SynchronyKnobs { coupling: 0.0, spread: 0.0, frequency: 0.5, ..SynchronyKnobs::default() };
    let mut world = World::<Synchrony>::new(&knobs, SIZE, 4);
    let light = Field::from_fn(SIZE.0, SIZE.1, |_, _| 0.75);
    world.tick(&knobs, &[Some(&light), None], &[]);
    assert!((world.0.read(Readout::Rate) - 1.25).abs() < 1e-3);

    let knobs = SynchronyKnobs { motion: Motion::Swarmalators, number: 100, home: 0.0, ..knobs };
    let mut wind = Field::new(SIZE.0, SIZE.1, Input::PORTS[1].planes);
    wind.plane_mut(0).fill(0.5);
    let mut world = World::<Synchrony>::new(&knobs, SIZE, 4);
    let middle = |world: &World<Synchrony>| world.0.crowd().places[0].iter().sum::<f32>() / 100.0;
    let before = middle(&world);
    (0..30).for_each(|_| world.tick(&knobs, &[None, Some(&wind)], &[]));
    // Half a height a second for half a second, of a world one and a half heights wide.
    assert!((middle(&world) - before - 0.25 / 1.5).abs() < 0.01, "{} {}", before, middle(&world));
}

/// Each blinks once a period, at its moment, to be heard at its place.
#[test]
fn blinks_are_told_once() {
    let knobs = SynchronyKnobs {
        number: 120,
        coupling: 0.0,
        spread: 0.0,
        frequency: 1.0,
        ..SynchronyKnobs::default()
    };
    let mut world = World::<Synchrony>::new(&knobs, SIZE, 4);
    let first = world.0.crowd().state.theta.clone();
    let mut seen = vec![0; 120];
    for tick in 0..60 {
        world.run(&knobs, 1);
        for flash in &world.0.crowd().flashes {
            let due = 60.0 * (1.0 - first[flash.who as usize] / core::f32::consts::TAU);
            assert!((tick as f32 + flash.at - due).abs() < 0.02, "{tick} {flash:?} {due}");
            seen[flash.who as usize] += 1;
        }
        let mut heard = Vec::new();
        world.0.soundings(&mut heard);
        assert_eq!(heard.len(), world.0.crowd().flashes.len());
        assert_eq!(heard.len() as f32, world.0.read(Readout::Flashes));
    }
    // One that is due at the very end may be late by rounding.
    assert!(seen.iter().filter(|n| **n == 1).count() >= 118, "{seen:?}");

    let many = SynchronyKnobs { number: 5000, ..knobs };
    let mut world = World::<Synchrony>::new(&many, SIZE, 4);
    (0..40).for_each(|_| world.tick(&many, &[], &[Touch { radius: 4.0, ..touch(1.0) }]));
    let most = (0..70).map(|_| {
        world.run(&many, 1);
        let mut heard = Vec::new();
        world.0.soundings(&mut heard);
        heard.len()
    });
    assert_eq!(most.max(), Some(Sounding::MOST));
}

#[test]
fn a_million_are_born_and_step() {
    let knobs = SynchronyKnobs { number: 1_000_000, reach: 0.0, ..SynchronyKnobs::default() };
    let mut world = World::<Synchrony>::new(&knobs, SIZE, 4);
    world.run(&knobs, 2);
    assert_eq!(world.0.crowd().count(), 1_000_000);
    assert!((world.0.read(Readout::Rate) - knobs.frequency).abs() < 0.01 && world.0.message().is_none());
}

#[test]
fn what_does_not_fit_a_tick_is_told() {
    let knobs = SynchronyKnobs { motion: Motion::Swarmalators, number: 9000, ..SynchronyKnobs::default() };
    let world = World::<Synchrony>::new(&knobs, SIZE, 4);
    assert!(world.0.message().is_some_and(|m| m.starts_with("2500 swarmalators")));
    let knobs = SynchronyKnobs { number: 200_000, reach: 1.0, ..SynchronyKnobs::default() };
    let mut world = World::<Synchrony>::new(&knobs, SIZE, 4);
    world.run(&knobs, 1);
    assert!(world.0.message().is_some_and(|m| m.starts_with("a reach of")));
}

/// Any view and size is finite and in range.
#[test]
fn pictures_are_colours() {
    for motion in [Motion::Still, Motion::Swarmalators] {
        let knobs = SynchronyKnobs { motion, number: 300, ..SynchronyKnobs::default() };
        let mut world = World::<Synchrony>::new(&knobs, SIZE, 4);
        world.run(&knobs, 5);
        for view in
            [View::WHOLE, View { zoom: 9.0, angle: 0.2, ..View::WHOLE }, View { zoom: 0.2, ..View::WHOLE }]
        {
            for size in [(1, 1), (300, 1), (1, 70), (129, 65)] {
                let picture = shown(&world.0, Output::Picture, &view, size);
                assert!(picture.data().iter().all(|v| (0.0..=1.0).contains(v)), "{view:?} {size:?}");
            }
        }
        let picture = shown(&world.0, Output::Picture, &View::WHOLE, SIZE);
        assert!(picture.extent(0).1 > 0.05, "something shines");
    }
}

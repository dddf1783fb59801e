//! The five states of swarmalators (O'Keeffe, Hong and Strogatz 2017, figure 1), told apart by what is read.

use crate::swarm::synchrony::Synchrony;
use crate::swarm::synchrony::knobs::{Motion, Readout, SynchronyKnobs};
use crate::swarm::synchrony::tests::world_of::World;
use world::system::System;

/// r, the greater of S±, mean speed over 100 units of time, and the share of those that cycle, once settled.
fn state(affinity: f32, coupling: f32, time: u32) -> [f32; 4] {
    let knobs = SynchronyKnobs {
        motion: Motion::Swarmalators,
        number: 200,
        affinity,
        coupling,
        frequency: 0.0,
        spread: 0.0,
        // A tick is a tenth of a unit.
        pace: 6.0,
        ..SynchronyKnobs::default()
    };
    let mut world = World::<Synchrony>::new(&knobs, (64, 36), 5);
    world.run(&knobs, 10 * time);
    let mut speed = 0.0;
    for _ in 0..1000 {
        world.run(&knobs, 1);
        speed += world.0.read(Readout::Speed) / 1000.0;
    }
    let read = |readout| world.0.read(readout);
    [read(Readout::R), read(Readout::SPlus).max(read(Readout::SMinus)), speed, read(Readout::Cycling)]
}

#[test]
fn static_synchrony() {
    let [r, s, speed, cycling] = state(0.1, 1.0, 200);
    assert!(r > 0.99 && s < 0.2 && speed < 2e-3 && cycling == 0.0, "{r} {s} {speed} {cycling}");
}

#[test]
fn static_asynchrony() {
    let [r, s, speed, cycling] = state(0.1, -1.0, 300);
    assert!(r < 0.1 && s < 0.2 && speed < 2e-3 && cycling == 0.0, "{r} {s} {speed} {cycling}");
}

#[test]
fn static_phase_wave() {
    let [r, s, speed, cycling] = state(1.0, 0.0, 300);
    assert!(r < 0.2 && s > 0.95 && speed < 2e-3 && cycling == 0.0, "{r} {s} {speed} {cycling}");
}

#[test]
fn splintered_phase_wave() {
    let [r, s, speed, cycling] = state(1.0, -0.1, 300);
    assert!(r < 0.2 && s > 0.8 && speed > 5e-3 && cycling < 0.3, "{r} {s} {speed} {cycling}");
}

#[test]
fn active_phase_wave() {
    let [r, s, speed, cycling] = state(1.0, -0.75, 300);
    assert!(r < 0.2 && s > 0.4 && s < 0.95 && speed > 0.05 && cycling > 0.7, "{r} {s} {speed} {cycling}");
}

//! Plates, obstacles, sources: heat where it must be.

use super::super::lattice::Lattice;
use super::super::params::{Obstacles, Sides};
use super::super::slots::State;
use super::super::sweep::Drive;
use super::super::{ConvectionKnobs, collide::Relaxation, observe::statistics};

fn still(viscosity: f32) -> Relaxation {
    Relaxation::new(viscosity, 0.1, [0.0; 2])
}

#[test]
fn conduction_is_linear_from_plate_to_plate() {
    let knobs = ConvectionKnobs { rayleigh: 100.0, ..ConvectionKnobs::default() };
    let mut fluid = super::rolls((8, 12), &knobs, 0.0);
    let physics = knobs.physics(12);
    fluid.run(2000, knobs.relaxation(&physics), Drive::default());
    for y in 0..12 {
        let linear = (y as f32 + 0.5) / 12.0 - 0.5;
        fluid.moment(3, y).iter().for_each(|&t| assert!((t - linear).abs() < 2e-5, "{t} {linear}"));
    }
    let figures = statistics(&fluid, &physics);
    assert!((figures.nusselt - 1.0).abs() < 5e-4 && (figures.nusselt_wall - 1.0).abs() < 5e-4);
}

/// A slab across the world.
fn slab(obstacles: Obstacles) -> Lattice {
    let knobs = ConvectionKnobs {
        obstacles,
        obstacle_temperature: 0.9,
        sides: Sides::Closed,
        ..ConvectionKnobs::default()
    };
    let mut fluid = Lattice::new(6, 23, knobs.surroundings());
    let solid: Vec<u8> = (0..6 * 23).map(|c| ((10..13).contains(&(c / 6))) as u8).collect();
    fluid.set_solid(&solid);
    fluid.fill(|_, _| State { heat: 0.1, ..State::default() });
    fluid.run(8000, still(0.1), Drive::default());
    fluid
}

#[test]
fn an_insulating_slab_parts_hot_from_cold_and_a_warm_one_is_a_plate() {
    let fluid = slab(Obstacles::Insulating);
    (0..10).for_each(|y| assert!((fluid.moment(3, y)[3] + 0.5).abs() < 1e-3, "{y}"));
    (13..23).for_each(|y| assert!((fluid.moment(3, y)[3] - 0.5).abs() < 1e-3, "{y}"));
    let fluid = slab(Obstacles::Fixed);
    for y in 0..10 {
        let linear = -0.5 + 0.9 * (y as f32 + 0.5) / 10.0;
        assert!((fluid.moment(3, y)[2] - linear).abs() < 1e-4, "{y}: {} {linear}", fluid.moment(3, y)[2]);
    }
}

#[test]
fn a_source_heats_by_what_it_gives() {
    let knobs = ConvectionKnobs { sides: Sides::Closed, ..ConvectionKnobs::default() };
    let mut fluid = Lattice::new(32, 64, knobs.surroundings());
    let source: Vec<f32> = (0..32 * 64).map(|c| if c / 32 == 32 { 1e-3 } else { 0.0 }).collect();
    fluid.run(21, still(0.1), Drive { force: None, source: Some(&source) });
    // Far from the plates nothing is lost yet: 20 steps are in what the last collision saw.
    let sum: f64 = (12..52).flat_map(|y| fluid.moment(3, y)).map(|&t| t as f64).sum();
    assert!((sum / (32.0 * 1e-3 * 20.0) - 1.0).abs() < 1e-3, "{sum}");
}

#[test]
fn mass_stays_to_rounding_in_full_motion() {
    let knobs = ConvectionKnobs {
        rayleigh: 1e6,
        start: super::super::params::Start::Even,
        ..ConvectionKnobs::default()
    };
    let mut fluid = super::rolls((96, 48), &knobs, 0.3);
    let solid: Vec<u8> =
        (0..96 * 48i32).map(|c| ((c % 96 - 40).pow(2) + (c / 96 - 20).pow(2) < 30) as u8).collect();
    fluid.set_solid(&solid);
    let physics = knobs.physics(48);
    fluid.run(2, knobs.relaxation(&physics), Drive::default());
    let then = fluid.excess();
    fluid.run(4000, knobs.relaxation(&physics), Drive::default());
    let change = (fluid.excess() - then) / (96.0 * 48.0);
    assert!(super::stir(&fluid) > 1e-5, "it moves");
    assert!(change.abs() < 2e-7, "mass changed by {change:e} a cell");
}

#[test]
fn the_gradient_at_a_plate_is_exact_for_a_parabola() {
    let knobs = ConvectionKnobs::default();
    let mut fluid = Lattice::new(7, 40, knobs.surroundings());
    // Twice and three times the gradient of conduction at the top and the bottom.
    fluid.fill(|_, y| {
        let (top, bottom) = ((y as f32 + 0.5) / 40.0, 1.0 - (y as f32 + 0.5) / 40.0);
        let heat = if y < 20 {
            2.0 * top - 4.0 * top * top - 0.5
        } else {
            0.5 - 3.0 * bottom + 5.0 * bottom * bottom
        };
        State { heat, ..State::default() }
    });
    let wall = statistics(&fluid, &knobs.physics(40)).nusselt_wall;
    assert!((wall - 2.5).abs() < 1e-4, "{wall}");
}

#[test]
fn a_state_set_after_an_odd_step_is_the_same_state() {
    let knobs = ConvectionKnobs { sides: Sides::Closed, ..ConvectionKnobs::default() };
    // After an odd number of steps populations are about to move, after an even one about to collide, which equilibrium
    // does not feel.
    let rates = Relaxation::new(0.02, 0.02, [0.0; 2]);
    let after = |before: usize| {
        let mut fluid = Lattice::new(30, 20, knobs.surroundings());
        fluid.run(before, rates, Drive::default());
        fluid.fill(|x, y| State {
            ux: 0.02 * (x % 3) as f32,
            heat: 0.1 * (y % 4) as f32,
            ..State::default()
        });
        fluid.change(9, 9, |s| State { uy: 0.1, heat: 0.7, ..s });
        fluid.run(6 - before, rates, Drive::default());
        (0..20).flat_map(|y| [1, 2, 3].map(|k| fluid.moment(k, y).to_vec())).flatten().collect::<Vec<f32>>()
    };
    let (even, odd) = (after(0), after(1));
    even.iter().zip(&odd).for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{a} {b}"));
}

#[test]
fn what_is_beyond_the_limits_is_brought_within_and_counted() {
    let mut fluid = Lattice::new(10, 8, ConvectionKnobs::default().surroundings());
    let wild = |x: usize| match x {
        3 => State { heat: 9.0, ..State::default() },
        5 => State { ux: 0.6, dr: 0.8, ..State::default() },
        7 => State { heat: f32::NAN, ux: f32::INFINITY, ..State::default() },
        _ => State::default(),
    };
    fluid.fill(|x, _| wild(x));
    assert_eq!(fluid.run(1, still(0.1), Drive::default()), 24);
    let [density, speed, heat] = [0, 1, 3].map(|k| fluid.moment(k, 4));
    assert!(heat[3] == 1.5 && heat[7] == 0.0, "{heat:?}");
    assert!(density[5] <= 0.4 && (speed[5] - 0.3).abs() < 1e-6 && speed[7] == 0.0, "{density:?} {speed:?}");
}

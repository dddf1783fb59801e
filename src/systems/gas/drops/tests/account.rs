//! No mass is won or lost, whatever is done to the world.

use super::super::params::Start;
use super::super::{Drops, DropsKnobs, Readout};
use super::world::{birth, step, touch};
use super::{Lattice, sum};
use world::field::Field;
use world::system::System as _;

fn fluid(lattice: &Lattice) -> f64 {
    sum(lattice, |x, y, rho| if lattice.walls().row(y)[x] == 0 { rho } else { 0.0 })
}

/// Mass of the fluid and what it is owed.
fn all(world: &Drops) -> f64 {
    fluid(world.lattice()) + world.store().owed()
}

#[test]
fn mass_stays_to_rounding_through_rain_heat_wind_touches_and_obstacles_that_move() {
    let size = (96, 60);
    let knobs = DropsKnobs { rain: 0.05, pegs: 4, gravity: 1e-4, steps: 6, ..DropsKnobs::default() };
    let mut world = birth(size, &knobs);
    let heat = Field::from_fn(96, 60, |x, y| ((x as f32 / 9.0).sin() * (y as f32 / 7.0).cos()) * 0.4);
    let mut wind = Field::new(96, 60, 2);
    wind.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = libm::sinf(i as f32 / 300.0));
    let (then, mut covered) = (all(&world), 0.0f64);
    for tick in 0..700u64 {
        let at = 20.0 + 0.1 * tick as f32;
        let ball = Field::from_fn(96, 60, |x, y| {
            let (dx, dy) = (x as f32 - at % 96.0, y as f32 - 45.0);
            (dx * dx + dy * dy < 90.0) as u8 as f32
        });
        let hand = [touch((tick % 90) as f32 / 90.0, if tick % 40 < 20 { 1.0 } else { -1.0 })];
        let touches = if tick % 7 == 0 { &hand[..] } else { &[] };
        step(&mut world, &knobs, tick, [Some(&heat), Some(&ball), Some(&wind)], touches);
        covered = covered.max(world.store().owed().abs());
    }
    assert!(covered > 50.0, "obstacles and touches had {covered}");
    let change = all(&world) / then - 1.0;
    println!("mass changed by {change:e} in 4200 steps, at most {covered} owed");
    assert!(change.abs() < 1e-7, "mass changed by {change:e}");
}

#[test]
fn what_was_covered_or_poured_comes_back() {
    let still = DropsKnobs { start: Start::Pool, liquid: 0.4, pegs: 0, rain: 0.0, ..DropsKnobs::default() };
    let knobs = DropsKnobs { recover: 2.0, ..still.clone() };
    let mut world = birth((64, 48), &knobs);
    let then = fluid(world.lattice());
    let half = Field::from_fn(64, 48, |x, y| (x > 20 && y > 30) as u8 as f32);
    step(&mut world, &knobs, 0, [None, Some(&half), None], &[]);
    assert!(world.store().owed() > 0.2 * then, "covered {}", world.store().owed());
    (1..400).for_each(|k| step(&mut world, &knobs, k, [None, Some(&half), None], &[]));
    assert!((fluid(world.lattice()) / then - 1.0).abs() < 0.01, "back in the air");
    // With an obstacle less, and much more poured, in turn.
    (400..420).for_each(|k| step(&mut world, &knobs, k, [None; 3], &[touch(0.5, 1.0)]));
    assert!(world.store().owed() < -0.02 * then, "poured {}", world.store().owed());
    (420..900).for_each(|k| step(&mut world, &knobs, k, [None; 3], &[]));
    assert!((fluid(world.lattice()) / then - 1.0).abs() < 0.01, "{} of {then}", fluid(world.lattice()));
    let never = DropsKnobs { recover: 0.0, ..still };
    let mut world = birth((64, 48), &never);
    (0..10).for_each(|k| step(&mut world, &never, k, [None; 3], &[touch(0.5, 1.0)]));
    let poured = world.store().owed();
    (10..60).for_each(|k| step(&mut world, &never, k, [None; 3], &[]));
    assert!(poured < 0.0 && world.store().owed() == poured);
}

/// Runs a world at an extreme, driven as hard as inputs can; returns the change of mass, the most cells limited, and a message.
fn driven(knobs: &DropsKnobs) -> (f64, f32, Option<String>) {
    let mut world = birth((64, 48), knobs);
    let heat = Field::from_fn(64, 48, |x, y| if (x / 9 + y / 7) % 2 == 0 { 1e6 } else { -1e6 });
    let wind = {
        let mut wind = Field::new(64, 48, 2);
        wind.data_mut()
            .iter_mut()
            .enumerate()
            .for_each(|(i, v)| *v = if (i / 11) % 2 == 0 { 1e6 } else { -1e6 });
        wind
    };
    let (then, mut most, mut message) = (all(&world), 0.0f32, None);
    for tick in 0..60 {
        let calm = tick % 20 < 10;
        let inputs = [(!calm).then_some(&heat), None, (!calm).then_some(&wind)];
        step(&mut world, knobs, tick, inputs, &[touch(0.5, 1.0)]);
        most = most.max(world.read(Readout::Limited));
        message = world.message().filter(|m| m.contains("limited")).or(message);
    }
    (all(&world) / then - 1.0, most, message)
}

#[test]
fn extremes_are_limited_with_a_number_and_lose_no_mass() {
    let mut limited = 0;
    for k in 0..32u32 {
        let pick = |bit: u32, low: f32, high: f32| if k >> bit & 1 == 0 { low } else { high };
        let knobs = DropsKnobs {
            tension: pick(0, 0.003, 0.02),
            viscosity: pick(1, 0.02, 0.5),
            temperature: pick(2, 0.75, 1.1),
            gravity: pick(3, 0.0, 1e-4),
            contact_angle: pick(4, 25.0, 155.0),
            heat_gain: 1.0,
            force_gain: 0.001,
            push: 1.0,
            touch_liquid: 1.0,
            rain: 0.05,
            spouts: 64,
            ..DropsKnobs::default()
        };
        let (change, most, message) = driven(&knobs);
        println!("{k}: {change:e} {most} {message:?}");
        // Where most of the cells are limited, densities are far off and round more.
        assert!(change.abs() < 1e-3, "mass changed by {change:e}: {knobs:?}");
        limited += (most > 0.0) as u32;
        assert_eq!(most > 0.0, message.is_some());
        assert!(message.is_none_or(|m| m.contains("0.25") && m.contains("viscosity")));
    }
    assert!(limited > 0);
}

#[test]
fn extreme_knobs_alone_hardly_need_the_limit() {
    for k in 0..16u32 {
        let pick = |bit: u32, low: f32, high: f32| if k >> bit & 1 == 0 { low } else { high };
        let knobs = DropsKnobs {
            tension: pick(0, 0.003, 0.02),
            viscosity: pick(1, 0.02, 0.5),
            temperature: pick(2, 0.75, 0.9),
            contact_angle: pick(3, 25.0, 155.0),
            gravity: 0.0,
            rain: 0.0,
            ..DropsKnobs::default()
        };
        let mut world = birth((64, 48), &knobs);
        let mut limited = 0.0;
        for tick in 0..100 {
            step(&mut world, &knobs, tick, [None; 3], &[]);
            limited += world.read(Readout::Limited);
        }
        let share = limited / (64 * 48 * 8 * 100) as f32;
        println!("{k}: {share:e} of the updates limited, fastest {}", world.read(Readout::Fastest));
        assert!(share < 1e-3 && world.read(Readout::Fastest) < 0.2, "{share}: {knobs:?}");
    }
}

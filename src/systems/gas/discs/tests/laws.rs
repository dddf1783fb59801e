//! What is conserved, and that nothing jams.

use super::super::arena::Arena;
use super::super::dynamics::Limits;
use super::*;

#[test]
fn energy_and_momentum_are_conserved_over_a_million_collisions() {
    for gravity in [0.0, 0.02] {
        let arena = Arena::new([60.0, 60.0], [true, gravity == 0.0]);
        let (mut dynamics, _) = gas(arena, [(100, 1.5, 1.0), (60, 1.0, 2.5)], 1);
        dynamics.set_law([0.0, gravity], 1.0);
        // Height counts downwards.
        let total = |d: &Dynamics| {
            let fall = d.discs().iter().zip(d.masses()).map(|(o, m)| m * o.place[1]).sum::<f64>();
            d.energy() - gravity * fall
        };
        let (energy, momentum) = (total(&dynamics), dynamics.momentum());
        while dynamics.tally().collisions() < 1_000_000 {
            dynamics.advance(50.0, Limits::NONE);
            dynamics.settle();
        }
        let drift = total(&dynamics) / energy - 1.0;
        assert!(drift.abs() < 1e-10, "{gravity}: {drift}");
        let lost = dynamics.momentum()[0] - momentum[0];
        assert!(lost.abs() < 1e-10 * energy, "{gravity}: {lost}");
        assert!(overlap(&dynamics) < 1e-9, "{gravity}: {}", overlap(&dynamics));
    }
}

/// Backwards they find the way they came, until rounding has grown.
#[test]
fn reversed_velocities_lead_back() {
    let (mut dynamics, _) = gas(Arena::new([40.0, 40.0], [false; 2]), [(40, 1.5, 1.0), (0, 1.0, 1.0)], 2);
    let start: Vec<[f64; 2]> = dynamics.discs().iter().map(|d| d.place).collect();
    dynamics.advance(12.0, Limits::NONE);
    dynamics.settle();
    let hits = dynamics.tally().collisions();
    assert!(hits > 60, "{hits}");
    for i in 0..dynamics.discs().len() {
        let velocity = dynamics.discs()[i].velocity.map(|v| -v);
        dynamics.set_velocity(i, velocity);
    }
    let all: Vec<u32> = (0..dynamics.discs().len() as u32).collect();
    dynamics.predict_each(&all);
    dynamics.advance(12.0, Limits::NONE);
    dynamics.settle();
    for (disc, from) in dynamics.discs().iter().zip(start) {
        let off = (disc.place[0] - from[0]).hypot(disc.place[1] - from[1]);
        assert!(off < 1e-6, "{off}");
    }
}

/// A wall does the work that the gas gains, and the momentum that walls get is what the gas loses.
#[test]
fn walls_account_for_momentum_and_work() {
    let (mut dynamics, _) = gas(Arena::new([40.0, 30.0], [false; 2]), [(50, 1.0, 1.0), (20, 1.5, 2.0)], 4);
    dynamics.set_walls([0.2, 0.0, 0.0, 0.0], 30.0);
    let (energy, momentum, before) = (dynamics.energy(), dynamics.momentum(), *dynamics.tally());
    dynamics.advance(30.0, Limits::NONE);
    let walls = dynamics.tally().since(&before).walls;
    let gained = dynamics.momentum()[0] - momentum[0];
    assert!((gained - (walls[0] - walls[1])).abs() < 1e-9, "{gained} {walls:?}");
    let work = dynamics.energy() - energy;
    assert!((work - 0.2 * walls[0]).abs() < 1e-9 * energy && work > 1.0, "{work} {walls:?}");
}

/// A slow piston compresses without exchange of heat: in two dimensions an ideal gas keeps T·A, and discs nearly so.
#[test]
fn slow_compression_is_adiabatic() {
    let (mut dynamics, _) = gas(Arena::new([120.0, 60.0], [false; 2]), [(300, 0.3, 1.0), (0, 1.0, 1.0)], 6);
    let before = dynamics.energy();
    for _ in 0..300 {
        dynamics.set_walls([0.02, 0.0, 0.0, 0.0], 10.0);
        dynamics.advance(10.0, Limits::NONE);
        dynamics.settle();
    }
    dynamics.set_walls([0.0; 4], 10.0);
    let hotter = dynamics.energy() / before;
    // Packing goes from 0.012 to 0.024, so Z changes by about 4 %.
    assert!((1.95..2.2).contains(&hotter), "{hotter}");
}

/// Inelastic discs under gravity come to lie in a heap; a piston presses discs together. Work is bounded, and time goes on.
#[test]
fn nothing_jams_for_ever() {
    let limits = Limits { collisions: 20_000, work: 2_000_000 };
    let (mut dynamics, _) = gas(Arena::new([60.0, 60.0], [false; 2]), [(120, 1.5, 1.0), (60, 1.0, 0.5)], 7);
    dynamics.set_law([0.0, 0.05], 0.6);
    let mut reached = 0.0;
    for _ in 0..150 {
        dynamics.advance(4.0, limits);
        reached += dynamics.now();
        dynamics.settle();
    }
    assert!(reached > 300.0, "{reached}");
    let height = dynamics.discs().iter().map(|d| 60.0 - d.place[1]).sum::<f64>() / 180.0;
    assert!(height < 16.0, "they lie below: {height}");
    assert!(overlap(&dynamics) < 1e-9, "{}", overlap(&dynamics));

    dynamics.set_law([0.0; 2], 1.0);
    for _ in 0..100 {
        let before = dynamics.tally().collisions();
        dynamics.set_walls([0.0, 0.0, 1.0, 0.0], 4.0);
        dynamics.advance(4.0, limits);
        assert!(dynamics.tally().collisions() - before <= limits.collisions);
        dynamics.settle();
        assert!(dynamics.energy().is_finite());
    }
}

#[test]
fn discs_grow_into_free_space_only() {
    let (mut dynamics, kinds) =
        gas(Arena::new([80.0, 50.0], [true, false]), [(150, 1.0, 1.0), (80, 1.3, 2.0)], 8);
    let mut covers = 0.0;
    for tick in 0..120 {
        let radii = if tick < 90 { [1.7, 1.4] } else { [0.5, 0.8] };
        dynamics.set_radii(radii, &kinds);
        assert!(overlap(&dynamics) < 1e-9, "{tick}: {}", overlap(&dynamics));
        dynamics.advance(1.0, Limits { collisions: 20_000, ..Limits::NONE });
        dynamics.settle();
        if tick == 89 {
            covers = dynamics.discs().iter().map(|d| std::f64::consts::PI * d.radius * d.radius).sum::<f64>();
        }
    }
    assert!(covers / 4000.0 > 0.4, "{covers}");
    assert!(dynamics.discs().iter().all(|d| d.radius <= 0.8));
}

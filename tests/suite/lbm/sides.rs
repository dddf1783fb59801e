//! Inflow and outflow.

use untrained::systems::gas::lbm::GasKnobs;
use untrained::systems::gas::lbm::collide::Relaxation;
use untrained::systems::gas::lbm::edge::{BoundaryCondition, BoundaryConditions};
use untrained::systems::gas::lbm::lattice::Lattice;

/// From the left to the right, between `sides`.
fn stream(inflow: f32, sides: BoundaryCondition) -> BoundaryConditions {
    BoundaryConditions {
        left: BoundaryCondition::Inflow,
        right: BoundaryCondition::Outflow,
        top: sides,
        bottom: sides,
        wall_speed: 0.0,
        inflow,
    }
}

/// The rates of the gas at this viscosity, with all other knobs at their defaults.
fn rates(viscosity: f32) -> Relaxation {
    GasKnobs { viscosity, ..GasKnobs::default() }.relaxation()
}

/// A stream past a disc of diameter `d`, started with a slight shear so that its wake swings soon.
fn past_a_disc((w, h): (usize, usize), d: f32, inflow: f32) -> Lattice {
    let mut gas = Lattice::new(w, h, stream(inflow, BoundaryCondition::Periodic));
    let inside = |x: usize, y: usize| {
        let (x, y) = (x as f32 - 0.25 * w as f32, y as f32 - 0.5 * h as f32 + 0.5);
        x * x + y * y < 0.25 * d * d
    };
    gas.set_solid(&(0..w * h).map(|c| inside(c % w, c / w) as u8).collect::<Vec<_>>());
    gas.fill(|_, y| [0.0, inflow, if y < h / 2 { 0.1 * inflow } else { 0.0 }]);
    gas
}

/// Largest deviation from the uniform stream in some columns, as a part of its speed.
fn deviation(gas: &Lattice, columns: std::ops::Range<usize>, inflow: f32) -> f32 {
    let cell = |x: usize, y: usize| {
        (gas.moment(1, y)[x] - inflow).abs().max(gas.moment(2, y)[x].abs()).max(gas.moment(0, y)[x].abs())
    };
    let all = (0..gas.size().1).flat_map(|y| columns.clone().map(move |x| (x, y)));
    all.map(|(x, y)| cell(x, y)).fold(0.0, f32::max) / inflow
}

#[test]
fn a_uniform_stream_stays_uniform_and_noise_in_it_decays() {
    let (w, h) = (160, 48);
    let rng = untrained::world::rng::Rng::new(3);
    for (viscosity, inflow, noise) in
        [(0.1, 0.1, 0.0), (0.006, 0.1, 0.0), (0.006, 0.15, 1e-3), (0.002, 0.1, 1e-3)]
    {
        let mut gas = Lattice::new(w, h, stream(inflow, BoundaryCondition::Periodic));
        let odd =
            |k: u64, x: usize, y: usize| noise * inflow * rng.fork(k).range((y * w + x) as u64, -1.0, 1.0);
        gas.fill(|x, y| [0.0, inflow + odd(0, x, y), odd(1, x, y)]);
        assert_eq!(gas.run(4000, rates(viscosity), None), 0);
        let left = deviation(&gas, 0..w, inflow);
        println!("viscosity {viscosity}, inflow {inflow}, noise {noise}: {left:.1e} left");
        assert!(
            left < if noise > 0.0 { 0.5 * noise } else { 1e-4 },
            "viscosity {viscosity}, inflow {inflow}: {left}"
        );
    }
}

#[test]
fn a_thin_stream_past_a_disc_is_stable_at_the_inlet() {
    let inflow = 0.1;
    let mut gas = past_a_disc((160, 80), 12.0, inflow);
    let mut seen = Vec::new();
    for _ in 0..20 {
        assert_eq!(gas.run(1000, rates(0.006), None), 0, "no cell is limited");
        seen.push(deviation(&gas, 0..15, inflow));
        let mean = gas.excess() / (160.0 * 80.0);
        assert!(mean.abs() < 0.01, "mean density deviation {mean}");
    }
    println!("deviation at the inlet every 1,000 steps: {seen:.3?}");
    let most = |part: &[f32]| part.iter().copied().fold(0.0, f32::max);
    // What is left is the disc's own pressure upstream.
    assert!(most(&seen) < 0.25 && most(&seen[10..]) < 1.2 * most(&seen[2..10]), "{seen:?}");
    assert!(deviation(&gas, 60..100, inflow) > 0.3, "the wake itself lives");
}

#[test]
fn sound_leaves_through_the_open_side() {
    let (w, start, height) = (1200, 900.0, 0.01);
    let speed = (1f32 / 3.0).sqrt();
    for viscosity in [0.006, 0.02] {
        for length in [4.0, 8.0, 16.0, 32.0] {
            let edges = BoundaryConditions {
                left: BoundaryCondition::Wall,
                right: BoundaryCondition::Outflow,
                ..BoundaryConditions::TORUS
            };
            let mut gas = Lattice::new(w, 4, edges);
            gas.fill(|x, _| {
                let t = (x as f32 - start) / length;
                let dr = height * (-0.5 * t * t).exp();
                [dr, speed * dr, 0.0]
            });
            // Until its middle is out and five lengths back.
            let steps = (w as f32 - start + 5.0 * length) / speed;
            gas.run(steps as usize, rates(viscosity), None);
            let echo = gas.moment(0, 1)[w - 10 * length as usize..].iter().fold(0f32, |m, v| m.max(v.abs()));
            println!("viscosity {viscosity}, length {length}: echo {:.3} of the pulse", echo / height);
            assert!(echo < 0.1 * height, "viscosity {viscosity}, length {length}: {}", echo / height);
        }
    }
}

#[test]
fn a_channel_settles_to_the_flux_that_enters_and_its_mass_is_bounded() {
    let (w, h, inflow) = (160, 41, 0.05);
    for viscosity in [0.02, 0.05] {
        let mut gas = Lattice::new(w, h, stream(inflow, BoundaryCondition::Wall));
        let mut masses = Vec::new();
        for _ in 0..30 {
            assert_eq!(gas.run(1000, rates(viscosity), None), 0);
            masses.push(gas.excess() / (w * h) as f64);
        }
        let flux = |x: usize| -> f64 {
            (0..h).map(|y| (1.0 + gas.moment(0, y)[x] as f64) * gas.moment(1, y)[x] as f64).sum()
        };
        let parts = [20, 80, 150].map(|x| flux(x) / (inflow as f64 * h as f64));
        println!("viscosity {viscosity}: flux {parts:.4?}, mean density deviation {masses:.4?}");
        assert!(parts.iter().all(|p| (p - 1.0).abs() < 0.01), "viscosity {viscosity}: {parts:?}");
        // Gas that starts at rest is compressed as by a piston: at most by its speed over that of sound.
        assert!(masses.iter().all(|m| m.abs() < 1.75 * inflow as f64), "{masses:?}");
        let settled = &masses[24..];
        assert!(settled.iter().all(|m| (m - masses[29]).abs() < 5e-4), "{settled:?}");
    }
}

#[test]
fn a_cylinder_sheds_vortices_at_a_strouhal_number_near_a_sixth() {
    // Re = 100: 0.164 to 0.166 in free stream (Williamson 1989); more when the neighbours are eight diameters away.
    let (w, h, d, inflow) = (256, 128, 16.0, 0.1);
    let mut gas = past_a_disc((w, h), d, inflow);
    let relaxation = rates(inflow * d / 100.0);
    gas.run(8000, relaxation, None);
    let (mut crossings, mut before) = (Vec::new(), 0.0f64);
    for k in 0..1000 {
        gas.run(10, relaxation, None);
        let now = gas.moment(2, h / 2)[w / 4 + 48] as f64;
        if before < 0.0 && now >= 0.0 {
            crossings.push(10.0 * (k as f64 - now / (now - before)));
        }
        before = now;
    }
    let periods = (crossings.len() - 1) as f64;
    let strouhal = d as f64 / inflow as f64 * periods / (crossings[crossings.len() - 1] - crossings[0]);
    println!("Strouhal number {strouhal:.4} over {periods} periods");
    assert!(periods >= 6.0 && (0.16..0.2).contains(&strouhal), "{strouhal} over {periods}");
}

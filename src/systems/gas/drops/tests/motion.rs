//! Drops in motion, against the theory of an ideal fluid.

use super::super::kernel::{Energy, Rates};
use super::super::params::{DropsKnobs, HALF_WIDTH};
use super::{Lattice, Laws, disc, fastest, filled, knobs, laws, sum};

#[test]
fn a_falling_drop_accelerates_by_its_weight_and_the_vapour_it_pushes_aside() {
    let knobs = DropsKnobs { viscosity: 0.02, ..knobs() };
    let mut fluid = filled((120, 120), true, |x, y| disc(x, y, [60.0; 2], 12.0));
    let gravity = 2e-5;
    let laws = Laws { rates: Rates::new(knobs.viscosity, [0.0, gravity], 0.1), ..laws(&knobs) };
    fluid.run(400, &laws);
    let height = |fluid: &super::Lattice| {
        let liquid = |rho: f64| (rho - 0.12).max(0.0);
        let momentum = sum(fluid, |x, y, rho| liquid(rho) * fluid.velocity(1, y)[x] as f64);
        momentum / sum(fluid, |_, _, rho| liquid(rho))
    };
    // A cylinder carries its own mass of vapour along: a = g(ρ_l − ρ_v)/(ρ_l + ρ_v).
    let wanted = gravity as f64 * 0.9 / 1.1 * 400.0;
    let found = height(&fluid);
    assert!((found / wanted - 1.0).abs() < 0.1, "speed {found}, not {wanted}");
}

#[test]
fn a_flattened_drop_oscillates_as_rayleigh_said() {
    // In thin vapour: in dense vapour liquid also evaporates at one side and condenses at the other, and is faster.
    let (radius, thin, tension) = (16.0f32, 0.03f32, 0.01f32);
    let (middle, half) = (0.5 + 0.5 * thin, 0.5 - 0.5 * thin);
    let kappa = 0.75 * tension * HALF_WIDTH / (half * half);
    let beta = kappa / (2.0 * HALF_WIDTH * HALF_WIDTH * half * half);
    let energy = Energy { middle, depth: half * half, beta, kappa };
    let laws = Laws { energy, rates: Rates::new(0.02, [0.0; 2], 0.0), ..laws(&knobs()) };
    let mut fluid = Lattice::new(80, 80, true);
    fluid.fill(|x, y| {
        let (dx, dy) = ((x as f32 - 39.5) / 1.08, (y as f32 - 39.5) * 1.08);
        (middle + half * libm::tanhf((radius - (dx * dx + dy * dy).sqrt()) / HALF_WIDTH), [0.0; 2])
    });
    let shape = |fluid: &Lattice| {
        sum(fluid, |x, y, rho| {
            let (dx, dy) = (x as f64 - 39.5, y as f64 - 39.5);
            (rho - 0.04).max(0.0) * (dx * dx - dy * dy)
        })
    };
    let (mut turns, mut last) = (Vec::new(), shape(&fluid));
    for k in 1..200 {
        fluid.run(20, &laws);
        let now = shape(&fluid);
        if last * now < 0.0 {
            turns.push(20.0 * (k as f64 - now / (now - last)));
        }
        last = now;
        if turns.len() == 3 {
            break;
        }
    }
    // ω² = n(n² − 1)σ/((ρ_l + ρ_v)R³) with n = 2, for a cylinder.
    let wanted = core::f64::consts::TAU / libm::sqrt(6.0 * tension as f64 / (1.03 * (radius as f64).powi(3)));
    let found = turns[2] - turns[0];
    assert!((found / wanted - 1.0).abs() < 0.08, "a period of {found} steps, not {wanted}");
}

#[test]
fn what_is_too_fast_is_slowed_without_loss_of_mass_and_nonsense_goes() {
    let mut fluid = Lattice::new(40, 12, true);
    let state = |x: usize, y: usize| match (x, y) {
        (5, 6) => (0.8, [0.5, 0.5]),
        (30, 6) => (f32::NAN, [0.0; 2]),
        _ => (0.5, [0.0; 2]),
    };
    fluid.fill(state);
    let laws = Laws { cosine: 0.0, ..laws(&knobs()) };
    assert!(fluid.run(1, &laws) > 0);
    assert!(fastest(&fluid) <= 0.250_001, "{}", fastest(&fluid));
    fluid.run(30, &laws);
    assert!(sum(&fluid, |_, _, rho| rho).is_finite() && fastest(&fluid).is_finite());
    fluid.fill(|x, y| if (x, y) == (30, 6) { (0.5, [0.0; 2]) } else { state(x, y) });
    let then = sum(&fluid, |_, _, rho| rho);
    let limited = fluid.run(1, &laws);
    fluid.run(1, &laws);
    assert!(limited > 0 && (sum(&fluid, |_, _, rho| rho) - then).abs() < 1e-4, "{limited}");
}

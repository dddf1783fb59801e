//! Liquid and vapour: their densities, condensation, evaporation, mass.

use super::super::params::{self, DropsKnobs};
use super::super::rain::rain;
use super::{disc, filled, knobs, laws, sum};
use world::rng::Rng;

#[test]
fn a_flat_film_has_the_densities_of_the_free_energy() {
    for temperature in [0.8, 0.9] {
        let knobs = DropsKnobs { temperature, contact_angle: 90.0, ..knobs() };
        let mut fluid = filled((8, 80), true, |_, y| 20.0 - (y - 40.0).abs());
        fluid.run(20_000, &laws(&knobs));
        // Mean field: half the difference is 0.45 √((1 − T)/0.2).
        let half = 0.45 * ((1.0 - temperature) / 0.2).sqrt();
        let (dense, thin) = (fluid.density(40)[3], fluid.density(2)[3]);
        assert!((dense - 0.55 - half).abs() < 2e-3, "liquid {dense} at {temperature}");
        assert!((0.55 - half - thin).abs() < 2e-3, "vapour {thin} at {temperature}");
    }
}

fn mist(liquid: f32, temperature: f32, steps: usize) -> (f32, f32) {
    let knobs = DropsKnobs { liquid, temperature, start: params::Start::Mist, ..knobs() };
    let mut fluid = super::Lattice::new(64, 48, true);
    super::super::start::begin(&mut fluid, &knobs, Rng::new(5));
    fluid.run(steps, &laws(&knobs));
    let cells = (0..48).flat_map(|y| fluid.density(y).to_vec());
    cells.fold((9.0, 0.0), |(low, high): (f32, f32), v| (low.min(v), high.max(v)))
}

#[test]
fn mist_condenses_within_the_spinodal_only() {
    // The spinodal is at 0.211 and 0.789 of the way from vapour to liquid.
    let (low, high) = mist(0.4, 0.8, 2500);
    assert!(low < 0.2 && high > 0.9, "within: {low} to {high}");
    let (low, high) = mist(0.12, 0.8, 2500);
    assert!(high - low < 0.06, "outside: {low} to {high}");
    let (low, high) = mist(0.4, 1.05, 2500);
    assert!(high - low < 0.02, "above the critical temperature: {low} to {high}");
}

#[test]
fn cooling_condenses_and_warming_evaporates() {
    let cold = knobs();
    let hot = DropsKnobs { temperature: 1.1, ..knobs() };
    let mut fluid = filled((48, 48), true, |x, y| disc(x, y, [24.0; 2], 14.0));
    fluid.run(6000, &laws(&hot));
    let densest = sum(&fluid, |_, _, rho| if rho > 0.7 { 1.0 } else { 0.0 });
    assert_eq!(densest, 0.0, "evaporated");
    fluid.run(6000, &laws(&cold));
    let densest = sum(&fluid, |_, _, rho| if rho > 0.9 { 1.0 } else { 0.0 });
    assert!(densest > 150.0, "{densest} cells condensed");
}

#[test]
fn where_it_is_warm_a_drop_evaporates_and_where_it_is_cool_it_grows() {
    let knobs = knobs();
    let mut fluid =
        filled((60, 24), false, |x, y| disc(x, y, [15.0, 12.0], 8.0).max(disc(x, y, [45.0, 12.0], 8.0)));
    let warmth = |c: usize| params::depth(0.82 - 0.03 * libm::tanhf(((c % 60) as f32 - 29.5) / 4.0));
    let depth: Vec<f32> = (0..60 * 24).map(warmth).collect();
    let inner = |c: usize| (1..59).contains(&(c % 60));
    let slope: Vec<f32> =
        (0..60 * 24).map(|c| if inner(c) { 0.5 * (depth[c + 1] - depth[c - 1]) } else { 0.0 }).collect();
    let none = vec![0.0; 60 * 24];
    let amount = |fluid: &super::Lattice, left: bool| {
        sum(fluid, |x, _, rho| if (x < 30) == left && rho > 0.6 { rho } else { 0.0 })
    };
    let (warm, cool) = (amount(&fluid, true), amount(&fluid, false));
    fluid.run(12_000, &super::Laws { depth: Some([&depth, &slope, &none]), ..laws(&knobs) });
    let (warm, cool) = (amount(&fluid, true) / warm, amount(&fluid, false) / cool);
    assert!(warm < 0.5 && cool > 1.3, "{warm} and {cool} of what there was");
}

#[test]
fn mass_stays_to_rounding_through_rain_and_splashes() {
    let knobs = DropsKnobs { rain: 0.03, pegs: 4, ..DropsKnobs::default() };
    let mut fluid = super::Lattice::new(80, 60, true);
    super::super::start::begin(&mut fluid, &knobs, Rng::new(2));
    let solid: Vec<u8> = (0..80 * 60)
        .map(|c| (disc((c % 80) as f32, (c / 80) as f32, [40.0, 25.0], 5.0) > 0.0) as u8)
        .collect();
    fluid.set_solid(&solid, 0.1);
    let laws = super::Laws { rates: knobs.rates(), ..laws(&knobs) };
    let mass =
        |fluid: &super::Lattice| sum(fluid, |x, y, rho| if fluid.walls().row(y)[x] == 0 { rho } else { 0.0 });
    fluid.run(1, &laws);
    let then = mass(&fluid);
    let mut lifted = 0.0f64;
    for tick in 0..500 {
        let before = sum(&fluid, |_, y, rho| if y < 5 { rho } else { 0.0 });
        rain(&mut fluid, &knobs, Rng::new(1), tick, 1.0 / 60.0);
        lifted += sum(&fluid, |_, y, rho| if y < 5 { rho } else { 0.0 }) - before;
        fluid.run(8, &laws);
    }
    assert!(lifted > 50.0, "it rained {lifted}");
    let change = mass(&fluid) / then - 1.0;
    assert!(change.abs() < 1e-6, "mass changed by {change:e} in 4000 steps");
}

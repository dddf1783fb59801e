//! Tests: surface tension, wetting, condensation, a slow twin, the promises of a system.

mod account;
mod census;
mod motion;
mod phases;
mod surface;
mod twin;
mod view;
mod world;

use super::kernel::Rates;
use super::lattice::{Lattice, Laws};
use super::params::{DropsKnobs, HALF_WIDTH};

/// Laws without gravity.
fn laws(knobs: &DropsKnobs) -> Laws<'static> {
    let rates = Rates::new(knobs.viscosity, [0.0; 2], 0.0);
    Laws { energy: knobs.energy(), rates, cosine: knobs.cosine(), depth: None, push: None }
}

/// Knobs of the tests of surfaces.
fn knobs() -> DropsKnobs {
    DropsKnobs { tension: 0.01, viscosity: 0.1, pegs: 0, rain: 0.0, ..DropsKnobs::default() }
}

/// Liquid where `inside` (cells from the surface) is above 0, at temperature 0.8.
fn filled(size: (usize, usize), periodic: bool, inside: impl Fn(f32, f32) -> f32 + Sync) -> Lattice {
    let mut lattice = Lattice::new(size.0, size.1, periodic);
    lattice.fill(|x, y| {
        let depth = inside(x as f32 + 0.5, y as f32 + 0.5);
        (0.55 + 0.45 * libm::tanhf(depth / HALF_WIDTH), [0.0; 2])
    });
    lattice
}

/// Distance inside a disc.
fn disc(x: f32, y: f32, at: [f32; 2], radius: f32) -> f32 {
    radius - ((x - at[0]) * (x - at[0]) + (y - at[1]) * (y - at[1])).sqrt()
}

/// Largest speed.
fn fastest(lattice: &Lattice) -> f32 {
    let rows = (0..lattice.size().1).flat_map(|y| lattice.velocity(0, y).iter().zip(lattice.velocity(1, y)));
    rows.fold(0f32, |most, (u, v)| most.max((u * u + v * v).sqrt()))
}

/// Sum of what `f` makes of each cell's place and density.
fn sum(lattice: &Lattice, f: impl Fn(usize, usize, f64) -> f64) -> f64 {
    let (w, h) = lattice.size();
    (0..h).flat_map(|y| (0..w).map(move |x| (x, y))).map(|(x, y)| f(x, y, lattice.density(y)[x] as f64)).sum()
}

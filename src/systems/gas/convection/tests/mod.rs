//! Tests: the theory of convection, a slow twin, the promises of a system.

mod rolls;
mod twin;
mod walls;
mod world;

use super::ConvectionKnobs;
use super::lattice::Lattice;
use super::slots::State;
use super::sweep::Drive;

/// A fluid on its way from conduction, with a pair of rolls as wide as the world begun; after a time in units of h²/κ.
fn rolls(size: (usize, usize), knobs: &ConvectionKnobs, amplitude: f64) -> Lattice {
    let (w, h) = size;
    let mut lattice = Lattice::new(w, h, knobs.surroundings());
    lattice.fill(|x, y| {
        let (across, down) = ((x as f64 + 0.5) / w as f64, (y as f64 + 0.5) / h as f64);
        let wave = libm::cos(core::f64::consts::TAU * across) * libm::sin(core::f64::consts::PI * down);
        State { heat: (down - 0.5 + amplitude * wave) as f32, ..State::default() }
    });
    lattice
}

/// Runs it for a time in units of h²/κ.
fn run(lattice: &mut Lattice, knobs: &ConvectionKnobs, diffusions: f64) {
    let h = lattice.size().1;
    let physics = knobs.physics(h);
    let steps = (diffusions * (h * h) as f64 / physics.diffusivity as f64) as usize;
    assert_eq!(lattice.run(steps & !1, knobs.relaxation(&physics), Drive::default()), 0);
}

/// Mean square of the velocity down.
fn stir(lattice: &Lattice) -> f64 {
    let (w, h) = lattice.size();
    let rows = (0..h).flat_map(|y| lattice.moment(2, y));
    rows.map(|&v| (v as f64) * (v as f64)).sum::<f64>() / (w * h) as f64
}

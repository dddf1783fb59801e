//! The gas against a plain version of itself, against laws and against theory.

mod laws;
mod obstacles;
mod theory;
mod twin;
mod world;

use ::world::rng::Rng;

use super::arena::Arena;
use super::disc::Disc;
use super::dynamics::Dynamics;
use super::lattice::Region;
use super::place::{Crowd, place};
use super::start::thermal;

/// Discs of two kinds (count, radius, mass) at a temperature of 1.
fn gas(arena: Arena, kinds: [(usize, f64, f64); 2], seed: u64) -> (Dynamics, Vec<u8>) {
    let region = Region { low: [0.0; 2], high: arena.size, wraps: arena.wraps };
    let crowds = kinds.map(|(count, radius, _)| Crowd { count, radius, region });
    let (mut discs, species): (Vec<Disc>, Vec<u8>) =
        place(&arena, crowds, Rng::new(seed)).into_iter().unzip();
    let masses: Vec<f64> = species.iter().map(|kind| kinds[*kind as usize].2).collect();
    for (i, disc) in discs.iter_mut().enumerate() {
        disc.velocity = thermal(1.0, masses[i], Rng::new(seed).named("v").fork(i as u64));
    }
    (Dynamics::new(arena, discs, masses), species)
}

/// The largest overlap of two discs or of a disc and a resting wall, as a fraction of the radii; for discs that are settled.
fn overlap(dynamics: &Dynamics) -> f64 {
    let (arena, discs) = (dynamics.arena(), dynamics.discs());
    let mut worst = f64::MIN;
    for (i, a) in discs.iter().enumerate() {
        for b in &discs[..i] {
            let r = arena.nearest([a.place[0] - b.place[0], a.place[1] - b.place[1]]);
            let reach = a.radius + b.radius;
            worst = worst.max(1.0 - r[0].hypot(r[1]) / reach);
        }
        for k in (0..2).filter(|&k| !arena.wraps[k]) {
            let radius = a.radius;
            worst = worst.max(1.0 - a.place[k] / radius).max(1.0 - (arena.size[k] - a.place[k]) / radius);
        }
    }
    worst
}

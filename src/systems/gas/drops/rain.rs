//! Rain: liquid drips from spouts at the ceiling, and is taken from the pool, so that no mass is won or lost.

use super::lattice::Lattice;
use super::params::{DropsKnobs, phases};
use super::store::take;
use world::rng::Rng;

/// Radius of a spout, cells.
const SPOUT: f32 = 5.0;
/// Seconds after which each spout changes its pace.
const SPELL: f64 = 3.0;
/// The pool is the liquid in this lowest share of the world.
const POOL: f32 = 0.3;
/// Most that a tick takes of the pool.
const MOST: f64 = 0.01;

/// Takes from the pool what drips in a tick of `dt` seconds, and gives it to the spouts; returns by how much more it gave, a
/// rounding error. Nothing happens without a pool.
pub fn rain(lattice: &mut Lattice, knobs: &DropsKnobs, rng: Rng, tick: u64, dt: f32) -> f64 {
    let (w, h) = lattice.size();
    let [thin, dense] = phases(&knobs.energy());
    if knobs.rain == 0.0 || dense - thin < 0.05 || h < 16 {
        return 0.0;
    }
    let dt = dt.clamp(0.0, 1.0) as f64;
    let spell = libm::floor(tick as f64 * dt / SPELL) as u64;
    let share = knobs.rain as f64 * dt * (w * h) as f64 / knobs.spouts as f64 * (dense - thin) as f64;
    let first = ((1.0 - POOL) * h as f32) as usize;
    let liquid = |rho: f32| take(rho, 0.5 * (thin + dense), thin);
    let pool = lattice.sum(first, liquid);
    let mut given = 0.0;
    for k in 0..knobs.spouts {
        let pace = 0.3 + 1.4 * rng.fork(k as u64).unit64(spell);
        let spread = rng.fork(k as u64).unit64(u64::MAX) - 0.5;
        let x = (k as f64 + 0.5 + 0.7 * spread) / knobs.spouts as f64 * w as f64;
        let ask = share * pace;
        if given + ask > MOST * pool {
            break;
        }
        given += spout(lattice, x as f32, ask, 1.06 * dense);
    }
    let part = (given / pool.max(1e-9)) as f32;
    given + lattice.adjust(first, |rho| -part * liquid(rho))
}

/// Adds up to `ask` of mass below a spout, nowhere beyond a density of `most`; returns how much it was.
fn spout(lattice: &mut Lattice, x: f32, ask: f64, most: f32) -> f64 {
    let w = lattice.size().0;
    let mut cells = Vec::new();
    for y in 0..SPOUT as usize {
        for cx in (x - SPOUT) as isize..=(x + SPOUT) as isize {
            let (dx, dy) = (cx as f32 + 0.5 - x, y as f32 + 0.5);
            let weight = 1.0 - (dx * dx + dy * dy) / (SPOUT * SPOUT);
            let column = cx.rem_euclid(w as isize) as usize;
            if weight > 0.0 && lattice.walls().row(y)[column] == 0 {
                cells.push((column, y, weight));
            }
        }
    }
    let weights: f32 = cells.iter().map(|c| c.2).sum();
    let mut given = 0.0;
    for (x, y, weight) in cells {
        let room = (most - lattice.density(y)[x]).max(0.0);
        let gain = ((ask * (weight / weights) as f64) as f32).min(room);
        let momentum = [0, 1].map(|axis| gain * lattice.velocity(axis, y)[x]);
        lattice.add(x, y, gain, momentum);
        given += gain as f64;
    }
    given
}

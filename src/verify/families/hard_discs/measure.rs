//! Runs of many discs.

use std::f64::consts::PI;

use systems::gas::discs::arena::Arena;
use systems::gas::discs::disc::Disc;
use systems::gas::discs::dynamics::{Dynamics, Limits};
use systems::gas::discs::lattice::Region;
use systems::gas::discs::place::{Crowd, place};
use systems::gas::discs::start::thermal;
use world::rng::Rng;

use crate::fault::Fault;

/// Discs of unit diameter and mass on a torus, at a temperature of 1 and without momentum.
pub struct Bath {
    all: Dynamics,
    discs: usize,
}

/// What a run shows.
pub struct Measured {
    /// Pressure, as Z = pV/NkT with kT the energy of each disc.
    pub pressure: f64,
    /// Collisions of each disc in the time in which one of mean energy crosses a diameter.
    pub rate: f64,
}

impl Bath {
    /// So many discs that cover `eta` of the area.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn new(discs: usize, eta: f64) -> Result<Self, Fault> {
        let side = (discs as f64 * PI * 0.25 / eta).sqrt();
        let arena = Arena::new([side; 2], [true; 2]);
        let region = Region { low: [0.0; 2], high: arena.size, wraps: arena.wraps };
        let crowd = |count| Crowd { count, radius: 0.5, region };
        let placed = place(&arena, [crowd(discs), crowd(0)], Rng::new(3));
        if placed.len() < discs {
            return Err(Fault::Failed(format!("there is room for {} of {discs} discs", placed.len())));
        }
        let mut placed: Vec<Disc> = placed.into_iter().map(|d| d.0).collect();
        placed
            .iter_mut()
            .enumerate()
            .for_each(|(i, d)| d.velocity = thermal(1.0, 1.0, Rng::new(4).fork(i as u64)));
        still(&mut placed);
        Ok(Self { all: Dynamics::new(arena, placed, vec![1.0; discs]), discs })
    }

    /// Goes on for so many collisions.
    ///
    /// # Errors
    /// They do not happen.
    pub fn run(&mut self, collisions: u64) -> Result<(), Fault> {
        let limits = Limits { collisions, work: collisions.saturating_mul(10_000) };
        let before = self.all.tally().collisions();
        self.all.advance(1e12, limits);
        self.all.settle();
        match self.all.tally().collisions() - before >= collisions {
            true => Ok(()),
            false => Err(Fault::Failed("the discs no longer collide".into())),
        }
    }

    /// Velocities, each part in units of √(kT/m).
    pub fn velocities(&self) -> impl Iterator<Item = [f64; 2]> {
        self.all.discs().iter().map(|d| d.velocity)
    }

    /// Pressure and rate over so many collisions.
    ///
    /// # Errors
    /// They do not happen.
    pub fn measure(&mut self, collisions: u64) -> Result<Measured, Fault> {
        let before = *self.all.tally();
        self.run(collisions)?;
        let (tally, n) = (self.all.tally().since(&before), self.discs as f64);
        let temperature = self.all.energy() / n;
        let pressure = 1.0 + tally.virial / (2.0 * n * temperature * tally.time);
        let rate = 2.0 * tally.pairs as f64 / n / tally.time / temperature.sqrt();
        Ok(Measured { pressure, rate })
    }
}

/// Takes the common velocity off, and sets the energy to 1 a disc.
fn still(discs: &mut [Disc]) {
    let n = discs.len() as f64;
    let drift = [0, 1].map(|k| discs.iter().map(|d| d.velocity[k]).sum::<f64>() / n);
    discs.iter_mut().for_each(|d| d.velocity = [d.velocity[0] - drift[0], d.velocity[1] - drift[1]]);
    let energy = discs.iter().map(|d| 0.5 * d.square_speed()).sum::<f64>() / n;
    let scale = if energy > 0.0 { 1.0 / energy.sqrt() } else { 1.0 };
    discs.iter_mut().for_each(|d| d.velocity = d.velocity.map(|v| v * scale));
}

//! An account of the mass that obstacles cover and touches add or take, and its slow return: covered liquid evaporates into the
//! air, what was poured is taken from the liquid. So the world neither fills up nor runs dry, whatever is done to it.

use super::kernel::Energy;
use super::lattice::Lattice;
use super::params::phases;

/// Most that a tick adds to vapour or takes of liquid, as a share of the difference to liquid or vapour.
const MOST: f64 = 0.003;

/// Mass that the fluid is owed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Store {
    owed: f64,
}

impl Store {
    /// What the fluid is owed, in cells of density 1; below 0 it owes.
    pub fn owed(&self) -> f64 {
        self.owed
    }
    /// Notes that the fluid lost so much.
    pub fn keep(&mut self, mass: f64) {
        self.owed += mass;
    }

    /// Gives back up to this share of what is owed: to vapour, or from liquid.
    pub fn give_back(&mut self, lattice: &mut Lattice, energy: &Energy, share: f64) {
        let (ask, [thin, dense]) = (self.owed * share.clamp(0.0, 1.0), phases(energy));
        if ask.abs() < 1e-9 || !ask.is_finite() {
            return;
        }
        let middle = energy.middle;
        let room = move |rho: f32| if ask > 0.0 { (dense - rho).max(0.0) } else { take(rho, middle, thin) };
        let most = lattice.sum(0, room);
        let per = (ask.abs() / most.max(1e-9)).min(MOST).copysign(ask) as f32;
        self.owed -= lattice.adjust(0, |rho| per * room(rho));
    }
}

/// What a cell of liquid has beyond vapour; the gas has nothing to take.
pub fn take(rho: f32, middle: f32, thin: f32) -> f32 {
    if rho > middle { rho - thin } else { 0.0 }
}

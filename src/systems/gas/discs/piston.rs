//! Pistons: walls that move in and out. Within a tick each moves at a constant speed, so that collisions with it are exact;
//! from tick to tick it follows (1 − cos)/2.

use core::f64::consts::PI;

use super::arena::{Arena, Side};
use super::disc::Disc;
use super::params::{DiscKnobs, Piston};

/// No wall is faster, cells/step.
const FASTEST: f64 = 20.0;
/// Discs are pressed together no closer than this packing fraction.
const PACKING: f64 = 0.75;
/// Below this share of a tick's time the discs are jammed: pistons wait.
const JAMMED: f64 = 0.02;

/// Where the pistons are in their period.
#[derive(Clone, Copy, Debug)]
pub struct Pistons {
    /// Turns since the start.
    turns: f64,
    /// Share of the last tick's time that was reached.
    progress: f64,
}

impl Default for Pistons {
    fn default() -> Self {
        Self { turns: 0.0, progress: 1.0 }
    }
}

impl Pistons {
    /// Speeds of the walls for the next so many steps.
    pub fn speeds(&self, knobs: &DiscKnobs, arena: &Arena, discs: &[Disc], steps: f64) -> [f64; 4] {
        if steps <= 0.0 || self.progress < JAMMED {
            return [0.0; 4];
        }
        let covered: f64 = discs.iter().map(|d| PI * d.radius * d.radius).sum();
        let free = (1.0 - covered / (PACKING * arena.area())).max(0.0);
        let turns = self.turns + steps / knobs.period as f64;
        let phase = 0.5 - 0.5 * libm::cos(2.0 * PI * turns);
        Side::ALL.map(|side| {
            let k = side.axis();
            let rest = if side.is_low() { 0.0 } else { arena.size[k] };
            let deepest = (knobs.amplitude as f64).min(0.8) * share(knobs.piston, side);
            let depth = deepest.min(free * share(knobs.piston, side)) * phase * arena.size[k];
            let way = rest + side.inwards() * depth - arena.walls[side as usize].place;
            let moves = !arena.wraps[k] && way.abs() > 1e-9 * arena.size[k];
            if moves { (way / steps).clamp(-FASTEST, FASTEST) } else { 0.0 }
        })
    }

    /// The walls have moved for so many of the steps.
    pub fn moved(&mut self, knobs: &DiscKnobs, steps: f64, of: f64) {
        self.turns = (self.turns + steps / knobs.period as f64).fract();
        // One that waited may try again.
        let waited = self.progress < JAMMED;
        self.progress = if of > 0.0 && !waited { steps / of } else { 1.0 };
    }
}

/// How far in, as a fraction of the world, pistons are at most.
pub fn depth(arena: &Arena) -> f64 {
    let depth = |side: Side| {
        let k = side.axis();
        let rest = if side.is_low() { 0.0 } else { arena.size[k] };
        side.inwards() * (arena.walls[side as usize].place - rest) / arena.size[k]
    };
    Side::ALL.into_iter().filter(|side| !arena.wraps[side.axis()]).map(depth).fold(0.0, f64::max)
}

/// The part of the amplitude that a wall takes.
fn share(piston: Piston, side: Side) -> f64 {
    let two = |axis: usize| if side.axis() == axis { 0.5 } else { 0.0 };
    let one = |of: Side| if side == of { 1.0 } else { 0.0 };
    match piston {
        Piston::Left => one(Side::Left),
        Piston::Right => one(Side::Right),
        Piston::Top => one(Side::Top),
        Piston::Bottom => one(Side::Bottom),
        Piston::Sides => two(0),
        // Both axes at once leave the square of what one leaves.
        Piston::All => 0.5 * (two(0) + two(1)),
    }
}

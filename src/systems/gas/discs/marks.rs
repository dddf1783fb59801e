//! What collisions leave behind: discs glow, and the places where bodies met are lit. Both fade.

use super::record::{Collision, Struck};

/// Below this a mark is gone.
const GONE: f32 = 1e-4;
/// Cells of the grid of impacts, at most.
const MOST_CELLS: usize = 1 << 20;
/// Impulse of a full mark, in thermal momenta: nearly twice the mean; marks go with its square.
const FULL: f64 = 3.0;

/// How strong a mark a collision leaves, 0..1; `thermal` is the momentum of a disc of mass 1 at the temperature of the
/// gas.
pub fn strength(hit: &Collision, thermal: f64) -> f32 {
    let share = (hit.impulse / (FULL * thermal).max(1e-9)).min(1.0);
    (share * share) as f32
}

/// Marks.
#[derive(Clone, Debug)]
pub struct Marks {
    /// Of each disc, 0..1.
    pub glow: Vec<f32>,
    /// On a grid over the world.
    pub impacts: Vec<f32>,
    /// Cells of the grid across and down.
    pub size: [usize; 2],
    /// Cells of the world for one of the grid.
    step: usize,
    /// Whether anything is left on the grid.
    lit: bool,
}

impl Marks {
    /// None yet, of so many discs in a world of so many cells.
    pub fn new(discs: usize, world: [usize; 2]) -> Self {
        let mut step = 1;
        while world[0].div_ceil(step) * world[1].div_ceil(step) > MOST_CELLS {
            step += 1;
        }
        let size = world.map(|n| n.div_ceil(step));
        Self { glow: vec![0.0; discs], impacts: vec![0.0; size[0] * size[1]], size, step, lit: false }
    }

    /// Lets all fade to this share.
    pub fn fade(&mut self, keep: f32) {
        let faded = |v: &mut f32| *v = if *v * keep > GONE { *v * keep } else { 0.0 };
        self.glow.iter_mut().for_each(faded);
        if self.lit {
            self.impacts.iter_mut().for_each(faded);
            self.lit = self.impacts.iter().any(|v| *v > 0.0);
        }
    }

    /// Adds collisions; `thermal` is the momentum of a disc of mass 1 at the temperature of the gas.
    pub fn add(&mut self, collisions: &[Collision], thermal: f64) {
        for hit in collisions {
            let strength = strength(hit, thermal);
            let mut glow = |disc: u32| {
                let glow = &mut self.glow[disc as usize];
                *glow = glow.max(strength);
            };
            glow(hit.disc);
            if let Struck::Disc(other) = hit.struck {
                glow(other);
            }
            let index = |k: usize| ((hit.place[k].max(0.0) as usize) / self.step).min(self.size[k] - 1);
            let cell = &mut self.impacts[index(1) * self.size[0] + index(0)];
            *cell = (*cell + strength).min(1.0);
        }
        self.lit |= !collisions.is_empty();
    }
}

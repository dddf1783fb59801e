//! What acts on the fluid from without: solid cells, sources of heat and forces from inputs; touches.

use rayon::prelude::*;

use super::collide::{HEAT_LIMIT, SPEED_LIMIT};
use super::lattice::Lattice;
use super::params::{ConvectionKnobs, Physics};
use super::slots::State;
use super::sweep::Drive;
use world::brush::Brush;
use world::field::{Field, rows_per_task};
use world::system::Touch;

/// Greatest body force from the input, cells/step².
const FORCE_LIMIT: f32 = 0.02;
/// Temperature beyond which the `heat` input heats no further.
const HOTTEST: f32 = 0.8 * HEAT_LIMIT;
/// Greatest speed that a touch gives, cells/step.
const PUSH_LIMIT: f32 = 0.8 * SPEED_LIMIT;
/// Temperature towards which touches heat (or, negative, cool).
const TOUCH_HEAT: f32 = 0.7;

/// Planes made from inputs.
#[derive(Default)]
pub struct Inflow {
    force: Vec<f32>,
    source: Vec<f32>,
    solid: Vec<u8>,
}

impl Inflow {
    /// Updates the solid cells of a lattice from the `obstacle` input; none are solid without it.
    pub fn obstruct(&mut self, lattice: &mut Lattice, threshold: f32, input: Option<&Field>) {
        let (w, h) = lattice.size();
        let any = (0..h).any(|y| lattice.has_solid(y));
        if input.is_none() && !any {
            return;
        }
        self.solid.resize(w * h, 0);
        let rows = self.solid.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, row)| match input {
            None => row.fill(0),
            Some(f) => row.iter_mut().zip(f.row(0, y)).for_each(|(s, &v)| *s = (v > threshold) as u8),
        });
        lattice.set_solid(&self.solid);
    }

    /// Heat sources and forces of a tick.
    pub fn drive(
        &mut self,
        lattice: &Lattice,
        knobs: &ConvectionKnobs,
        physics: &Physics,
        heat: Option<&Field>,
        force: Option<&Field>,
    ) -> Drive<'_> {
        let (w, h) = lattice.size();
        if let Some(heat) = heat {
            self.source.resize(w * h, 0.0);
            let per_step = knobs.heat_gain / physics.fall_time;
            self.source.par_chunks_mut(w).enumerate().for_each(|(y, row)| {
                let cells = heat.row(0, y).iter().zip(lattice.moment(3, y));
                row.iter_mut().zip(cells).for_each(|(s, (&v, &t))| *s = source(v, t, per_step));
            });
        }
        if let Some(force) = force {
            self.force.resize(2 * w * h, 0.0);
            let gain = knobs.force_gain * 0.5 * physics.buoyancy;
            self.force.par_chunks_mut(w).enumerate().for_each(|(i, row)| {
                let cells = row.iter_mut().zip(force.row(i / h, i % h));
                cells.for_each(|(v, &f)| *v = (gain * f).clamp(-FORCE_LIMIT, FORCE_LIMIT));
            });
        }
        Drive {
            force: force.is_some().then(|| self.force.split_at(w * h).into()),
            source: heat.is_some().then_some(self.source.as_slice()),
        }
    }
}

/// Temperature that a cell gains a step: less the nearer it is to the hottest (or coldest), none beyond.
fn source(input: f32, heat: f32, per_step: f32) -> f32 {
    let left = if input > 0.0 { HOTTEST - heat } else { HOTTEST + heat };
    (input.clamp(-10.0, 10.0) * per_step).clamp(-0.1, 0.1) * (left / HOTTEST).clamp(0.0, 1.0)
}

/// A touch that gives heats, one that takes cools; both push along their movement.
pub fn touch(lattice: &mut Lattice, touch: &Touch, knobs: &ConvectionKnobs) {
    let brush = Brush::wrapping(touch, lattice.size(), [lattice.surroundings().periodic, false]);
    let goal = if brush.gives() { TOUCH_HEAT } else { -TOUCH_HEAT };
    let per_step = 1.0 / knobs.steps.max(1) as f32;
    let along = within([0.0; 2], brush.moved().map(|cells| cells * per_step));
    brush.for_each(|x, y, weight| {
        let share = weight * brush.amount();
        lattice.change(x, y, |s| {
            let [ax, ay] = within([s.ux, s.uy], along.map(|a| a * share * knobs.push));
            // What is hotter already is not cooled by heating it.
            let gain = share * knobs.touch_heat * (goal - s.heat);
            let gain = if gain * goal > 0.0 { gain } else { 0.0 };
            State { ux: s.ux + ax, uy: s.uy + ay, heat: s.heat + gain, ..s }
        });
    });
}

/// The largest part of `add` that keeps the speed within the limit of touches.
fn within(u: [f32; 2], add: [f32; 2]) -> [f32; 2] {
    let goal = [u[0] + add[0], u[1] + add[1]];
    let speed = (goal[0] * goal[0] + goal[1] * goal[1]).sqrt();
    if speed <= PUSH_LIMIT {
        return add;
    }
    let scale = PUSH_LIMIT / speed;
    [goal[0] * scale - u[0], goal[1] * scale - u[1]]
}

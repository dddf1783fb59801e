//! What accelerates the gas: heat lifts it, soot weighs it down, wind drives it, swirls are kept up.

use rayon::prelude::*;

use super::air::Air;
use super::confine;
use super::gas::{Gas, HEAT, LIMIT, SMOKE};
use super::params::SmokeKnobs;
use world::field::{Field, rows_per_task};
use world::stencil::flushed;

/// Greatest acceleration that the `force` input gives, cells/step².
const FORCE_LIMIT: f32 = 4.0;

/// Accelerations of one step, cells/step².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pull {
    /// Upwards, per kelvin above the air outside.
    pub lift: f32,
    /// Downwards, per smoke.
    pub weight: f32,
    /// To the right and downwards, everywhere.
    pub wind: [f32; 2],
    /// Where the input is 1.
    pub input: f32,
    /// Strength of confinement times step.
    pub confinement: f32,
    /// What is left of speed after a step.
    pub keep: f32,
}

impl Pull {
    /// Of a step of `dt` seconds in a world of `h` cells a height.
    pub fn new(knobs: &SmokeKnobs, dt: f32, h: usize) -> Self {
        let unit = h as f32 * dt * dt;
        Self {
            lift: knobs.buoyancy * unit * 1e-3,
            weight: knobs.weight * unit,
            wind: [knobs.wind_x * unit, knobs.wind_y * unit],
            input: knobs.force_gain * unit,
            confinement: knobs.confinement * dt,
            keep: libm::expf(-knobs.drag * dt),
        }
    }
}

/// Accelerates the flow; returns how many faces had to be limited to [`LIMIT`].
pub fn push(air: &mut Air, pull: &Pull, input: Option<&Field>) -> u32 {
    let ((w, h), cells) = (air.size, air.cells());
    // Round and round nothing holds the gas up: there only what is warmer or thicker than the rest rises or sinks.
    let [smoke, heat] = if cells.wraps[1] { air.means } else { [0.0; 2] };
    let pull =
        &Pull { wind: [pull.wind[0], pull.wind[1] - (pull.weight * smoke - pull.lift * heat)], ..*pull };
    air.centre();
    confine::vorticity(cells, &air.centres, &mut air.vorticity);
    let (gas, vorticity) = (&air.gas.now, &air.vorticity);
    let rows = air.force.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
    rows.for_each(|(y, row)| {
        pull_row(row, &gas[y * w..(y + 1) * w], pull);
        if let Some(input) = input {
            for (f, (&x, &y)) in row.iter_mut().zip(input.row(0, y).iter().zip(input.row(1, y))) {
                let part = |v: f32| (pull.input * v).clamp(-FORCE_LIMIT, FORCE_LIMIT);
                *f = [f[0] + part(x), f[1] + part(y)];
            }
        }
        if pull.confinement > 0.0 {
            cells.confine_row(vorticity, pull.confinement, y, row);
        }
    });
    let (force, wraps) = (&air.force, cells.wraps);
    let across = air.flow.u.par_chunks_mut(w + 1).with_min_len(rows_per_task(w)).enumerate();
    let across: u32 =
        across.map(|(y, u)| push_across(u, &force[y * w..(y + 1) * w], wraps[0], pull.keep)).sum();
    let down = air.flow.v.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
    let down: u32 = down
        .map(|(y, v)| {
            let [above, below] = match wraps[1] {
                true => [(y + h - 1) % h, y % h],
                false => [y.saturating_sub(1), y.min(h - 1)],
            };
            push_down(v, &force[above * w..(above + 1) * w], &force[below * w..(below + 1) * w], pull.keep)
        })
        .sum();
    air.centred = false;
    across + down
}

#[inline(always)]
fn limited(v: f32, count: &mut u32) -> f32 {
    *count += (v.abs() > LIMIT) as u32;
    flushed(v.clamp(-LIMIT, LIMIT))
}

world::widest! {
    fn pull_row(row: &mut [[f32; 2]], gas: &[Gas], pull: &Pull) {
        let n = row.len();
        let gas = &gas[..n];
        let [x, y] = pull.wind;
        for i in 0..n {
            row[i] = [x, y + (pull.weight * gas[i][SMOKE] - pull.lift * gas[i][HEAT])];
        }
    }
}

world::widest! {
    fn push_across(u: &mut [f32], force: &[[f32; 2]], wraps: bool, keep: f32) -> u32 {
        let w = force.len();
        let mut count = 0;
        let u = &mut u[..w + 1];
        for x in 1..w {
            u[x] = limited(u[x] * keep + 0.5 * (force[x - 1][0] + force[x][0]), &mut count);
        }
        let (first, last) = (force[0][0], force[w - 1][0]);
        let ends = if wraps { [0.5 * (first + last); 2] } else { [first, last] };
        u[0] = limited(u[0] * keep + ends[0], &mut count);
        u[w] = limited(u[w] * keep + ends[1], &mut count);
        count
    }
}

world::widest! {
    fn push_down(v: &mut [f32], above: &[[f32; 2]], below: &[[f32; 2]], keep: f32) -> u32 {
        let n = v.len();
        let (above, below) = (&above[..n], &below[..n]);
        let mut count = 0;
        for x in 0..n {
            v[x] = limited(v[x] * keep + 0.5 * (above[x][1] + below[x][1]), &mut count);
        }
        count
    }
}

//! Viscosity: the divergence of 2νD, explicit, in stages that reach far (RKL1: Meyer, Balsara and Aslam 2012).
//!
//! The stress acts within the liquid only, so a free surface bears none and a body that turns as a whole is left alone;
//! along solids the liquid sticks.

use rayon::prelude::*;

use super::cells::{AIR, Cells, LEAST_OPEN, LIQUID, SOLID};
use super::faces::Faces;
use super::grid::{Grid, fill_ghosts, rows};
use super::solids::Solids;

/// Stages at most.
const MOST_STAGES: usize = 16;
/// Rate of the fastest mode between walls, times cells² over viscosity, halved: what one plain step takes.
const PLAIN: f32 = 14.0;

/// Most viscosity for steps of `dt` seconds, cells²/s.
pub fn limit(dt: f32) -> f32 {
    reach(MOST_STAGES) / (PLAIN * dt)
}

/// Plain steps that `s` stages are worth.
fn reach(s: usize) -> f32 {
    (s * s + s) as f32 * 0.5
}

/// Stress, and velocities between stages.
#[derive(Default)]
pub struct Viscosity {
    normal: Vec<[f32; 2]>,
    shear: Vec<f32>,
    before: [Vec<f32>; 2],
    next: [Vec<f32>; 2],
}

impl Viscosity {
    /// Lets the faces drag on one another over `dt` seconds. Viscosity beyond [`limit`] is taken as that.
    pub fn apply(
        &mut self,
        grid: &Grid,
        cells: &Cells,
        solids: &Solids,
        faces: &mut Faces,
        viscosity: f32,
        dt: f32,
    ) {
        let amount = viscosity.min(limit(dt)) * dt;
        if amount < 1e-6 {
            return;
        }
        let s = (1..MOST_STAGES).find(|&s| reach(s) >= PLAIN * amount).unwrap_or(MOST_STAGES);
        self.normal.resize(grid.len(), [0.0; 2]);
        self.shear.resize(grid.len(), 0.0);
        for plane in self.before.iter_mut().chain(&mut self.next) {
            plane.resize(grid.len(), 0.0);
        }
        self.before[0].copy_from_slice(&faces.u);
        self.before[1].copy_from_slice(&faces.v);
        let unit = amount / reach(s);
        for j in 1..=s {
            // The stages of a Legendre polynomial; the first is a plain step.
            let order = j as f32;
            let (last, older) =
                if j == 1 { (1.0, 0.0) } else { ((2.0 * order - 1.0) / order, (1.0 - order) / order) };
            self.find_stress(grid, cells, solids, faces);
            self.advance(grid, solids, faces, [last, older, last * unit]);
        }
    }

    fn find_stress(&mut self, grid: &Grid, cells: &Cells, solids: &Solids, faces: &mut Faces) {
        fill_side_ghosts(grid, faces);
        let s = grid.stride();
        let (u, v, kind) = (&faces.u, &faces.v, &cells.kind);
        rows(&mut self.normal, s).skip(1).take(grid.h).for_each(|(r, row)| {
            for (x, stress) in row.iter_mut().enumerate().skip(1).take(s - 2) {
                let i = r * s + x;
                *stress = match kind[i] == LIQUID {
                    true => [2.0 * (u[i + 1] - u[i]), 2.0 * (v[i + s] - v[i])],
                    false => [0.0; 2],
                };
            }
        });
        fill_ghosts(grid, &mut self.normal);
        // Two faces on either side of a corner; one within a solid stands for the solid itself, half a cell away.
        let across = |plane: &[f32], a: usize, b: usize, step: usize, axis: usize| {
            let within = |i: usize| kind[i] == SOLID && kind[i - step] == SOLID;
            let wall = |i: usize| solids.face_velocity(grid, i - step, i, axis);
            match (within(a), within(b)) {
                (true, false) => 2.0 * (plane[b] - wall(a)),
                (false, true) => 2.0 * (wall(b) - plane[a]),
                (true, true) => 0.0,
                (false, false) => plane[b] - plane[a],
            }
        };
        rows(&mut self.shear, s).skip(1).for_each(|(r, row)| {
            for (x, stress) in row.iter_mut().enumerate().skip(1) {
                let i = r * s + x;
                let round = [kind[i], kind[i - 1], kind[i - s], kind[i - s - 1]];
                let bears = round.iter().all(|k| *k != AIR) && round.contains(&LIQUID);
                *stress = match bears {
                    true => across(u, i - s, i, 1, 0) + across(v, i - 1, i, s, 1),
                    false => 0.0,
                };
            }
        });
    }

    /// One stage: `weights` of the last and the older velocity, and of the stress.
    fn advance(&mut self, grid: &Grid, solids: &Solids, faces: &mut Faces, weights: [f32; 3]) {
        let s = grid.stride();
        let (normal, shear) = (&self.normal, &self.shear);
        let planes = [
            (&mut faces.u, &faces.share_u, &solids.closed_u, 1, s),
            (&mut faces.v, &faces.share_v, &solids.closed_v, s, 1),
        ];
        for (axis, (plane, shares, closed, along, aside)) in planes.into_iter().enumerate() {
            let (now, before) = (&*plane, &self.before[axis]);
            let rows = rows(&mut self.next[axis], s).skip(1).take(grid.h + 1);
            rows.for_each(|(r, row)| {
                for (x, next) in row.iter_mut().enumerate().skip(1) {
                    let i = r * s + x;
                    *next = now[i];
                    let end = x == s - 1 && axis == 1 || r == grid.h + 1 && axis == 0;
                    if end || shares[i][1] <= 0.0 || closed[i] > 1.0 - LEAST_OPEN {
                        continue;
                    }
                    let beyond = shear.get(i + aside).copied().unwrap_or(0.0);
                    let push = normal[i][axis] - normal[i - along][axis] + beyond - shear[i];
                    *next = weights[0] * now[i] + weights[1] * before[i] + weights[2] * push;
                }
            });
            std::mem::swap(plane, &mut self.next[axis]);
            std::mem::swap(&mut self.before[axis], &mut self.next[axis]);
        }
    }
}

/// Ghosts of the faces along the sides: repeated where the world does.
fn fill_side_ghosts(grid: &Grid, faces: &mut Faces) {
    let (s, w, h) = (grid.stride(), grid.w, grid.h);
    let [across, down] = grid.wraps();
    if across {
        for r in 0..h + 2 {
            (faces.v[r * s], faces.v[r * s + w + 1]) = (faces.v[r * s + w], faces.v[r * s + 1]);
            (faces.u[r * s], faces.u[r * s + w + 1]) = (faces.u[r * s + w], faces.u[r * s + 1]);
        }
    }
    if down {
        for x in 0..s {
            (faces.u[x], faces.u[(h + 1) * s + x]) = (faces.u[h * s + x], faces.u[s + x]);
            (faces.v[x], faces.v[(h + 1) * s + x]) = (faces.v[h * s + x], faces.v[s + x]);
        }
    }
}

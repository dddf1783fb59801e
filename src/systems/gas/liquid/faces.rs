//! Velocity on faces: from what particles gave, by forces and by pressure, and beyond the surface.

use rayon::prelude::*;

use super::cells::{AIR, Cells, LEAST_OPEN, LIQUID, surface_at};
use super::grid::{Edge, Grid, Touched, fill_ghosts, fold_columns, fold_rows, rows};
use super::solids::Solids;
use super::sort::Sorted;
use super::splat::{self, Share};

/// Velocity on the faces, cells/s, in padded planes.
pub struct Faces {
    /// Across.
    pub u: Vec<f32>,
    /// Down.
    pub v: Vec<f32>,
    /// Momentum and mass across.
    pub share_u: Vec<Share>,
    /// Momentum and mass down.
    pub share_v: Vec<Share>,
    spare_u: Vec<f32>,
    spare_v: Vec<f32>,
}

/// Acceleration, cells/s²: everywhere, and by cell (padded; empty if there is none).
pub struct Acceleration {
    /// Everywhere.
    pub gravity: [f32; 2],
    /// By cell.
    pub field: Vec<[f32; 2]>,
}

impl Faces {
    /// At rest.
    pub fn new(grid: &Grid) -> Self {
        let none = || vec![0.0; grid.len()];
        let share = || vec![[0.0; 2]; grid.len()];
        Self { u: none(), v: none(), share_u: share(), share_v: share(), spare_u: none(), spare_v: none() }
    }

    /// Takes the velocity of the particles, and accelerates it over `dt`.
    pub fn collect(
        &mut self,
        grid: &Grid,
        sorted: &Sorted,
        forces: &Acceleration,
        dt: f32,
        touched: &Touched,
    ) {
        let s = grid.stride();
        for shares in [&mut self.share_u, &mut self.share_v] {
            let all = rows(shares, s).filter(|(r, _)| touched.has(*r));
            all.for_each(|(_, row)| row.fill([0.0; 2]));
        }
        splat::momentum(grid, sorted, &mut self.share_u, &mut self.share_v);
        self.fold(grid);
        for (axis, plane, shares) in [(0, &mut self.u, &self.share_u), (1, &mut self.v, &self.share_v)] {
            let step = if axis == 0 { 1 } else { s };
            rows(plane, s).skip(1).filter(|(r, _)| touched.has(*r)).for_each(|(r, row)| {
                let (push, shares) = (dt * forces.gravity[axis], &shares[r * s..(r + 1) * s]);
                for (v, share) in row.iter_mut().zip(shares) {
                    *v = if share[1] > 1e-6 { share[0] / share[1] + push } else { 0.0 };
                }
                if forces.field.is_empty() {
                    return;
                }
                let moved = row.iter_mut().zip(shares).enumerate().filter(|f| f.1.1[1] > 1e-6);
                for (x, (v, _)) in moved {
                    let i = r * s + x;
                    *v += 0.5 * dt * (forces.field[i][axis] + forces.field[i - step][axis]);
                }
            });
        }
    }

    /// What was given beyond the sides belongs to the faces that stand there.
    fn fold(&mut self, grid: &Grid) {
        let (s, w, h) = (grid.stride(), grid.w, grid.h);
        let add = |a: &mut Share, b: Share| *a = [a[0] + b[0], a[1] + b[1]];
        let [across, down] = grid.wraps();
        fold_columns(grid, &mut self.share_v, add);
        fold_rows(grid, &mut self.share_u, add);
        // Faces on the two sides of a world that repeats are one.
        if across {
            for row in self.share_u.chunks_exact_mut(s) {
                let both = [row[1][0] + row[w + 1][0], row[1][1] + row[w + 1][1]];
                (row[1], row[w + 1]) = (both, both);
            }
        }
        if down {
            for x in 0..s {
                let (a, b) = (self.share_v[s + x], self.share_v[(h + 1) * s + x]);
                let both = [a[0] + b[0], a[1] + b[1]];
                (self.share_v[s + x], self.share_v[(h + 1) * s + x]) = (both, both);
            }
        }
    }

    /// Subtracts the gradient of `pressure` (times dt, cells²/s), with `skin` for what the surface adds to it.
    pub fn project(
        &mut self,
        grid: &Grid,
        cells: &Cells,
        solids: &Solids,
        (pressure, skin): (&[f32], &[f32]),
        touched: &Touched,
    ) {
        let s = grid.stride();
        for (axis, plane, closed) in [(0, &mut self.u, &solids.closed_u), (1, &mut self.v, &solids.closed_v)]
        {
            let step = if axis == 0 { 1 } else { s };
            rows(plane, s).skip(1).filter(|(r, _)| touched.has(*r)).for_each(|(r, row)| {
                for (x, v) in row.iter_mut().enumerate().skip(1) {
                    let i = r * s + x;
                    let before = i - step;
                    let (a, b) = (cells.kind[before], cells.kind[i]);
                    if a != LIQUID && b != LIQUID {
                        continue;
                    }
                    if closed[i] > 1.0 - LEAST_OPEN {
                        *v = solids.face_velocity(grid, before, i, axis);
                    } else {
                        *v -= gradient(cells, pressure, skin, before, i);
                    }
                }
            });
        }
    }

    /// Gives faces beyond the surface, and within solids, the mean of those next to them that belong to the liquid.
    pub fn extend(&mut self, grid: &Grid, cells: &Cells, touched: &Touched) {
        let s = grid.stride();
        let kind = &cells.kind;
        for (step, plane, spare, shares) in [
            (1, &mut self.u, &mut self.spare_u, &self.share_u),
            (s, &mut self.v, &mut self.spare_v, &self.share_v),
        ] {
            let known = |i: usize| kind[i] == LIQUID || kind[i - step] == LIQUID;
            let from = &*plane;
            let last = [grid.w + (step == 1) as usize, grid.h + (step == s) as usize];
            rows(spare, s).skip(1).filter(|(r, _)| touched.has(*r)).for_each(|(r, row)| {
                for (x, v) in row.iter_mut().enumerate().skip(1) {
                    let i = r * s + x;
                    *v = from[i];
                    if known(i) || shares[i][1] <= 0.0 {
                        continue;
                    }
                    let near = [(i - 1, x > 1), (i + 1, x < last[0]), (i - s, r > 1), (i + s, r < last[1])];
                    let (mut sum, mut count) = (0.0, 0.0);
                    for (n, inside) in near {
                        if inside && known(n) {
                            (sum, count) = (sum + from[n], count + 1.0);
                        }
                    }
                    if count > 0.0 {
                        *v = sum / count;
                    }
                }
            });
            std::mem::swap(plane, spare);
        }
        self.fill_ghosts(grid);
    }

    fn fill_ghosts(&mut self, grid: &Grid) {
        let (s, w, h) = (grid.stride(), grid.w, grid.h);
        let [left, right, top, bottom] = grid.edges();
        let [across, down] = grid.wraps();
        // Columns of `v` and rows of `u` beyond the sides; the last column of `u` and row of `v` are faces.
        for r in 1..h + 2 {
            let row = &mut self.v[r * s..(r + 1) * s];
            (row[0], row[w + 1]) = if across { (row[w], row[1]) } else { (row[1], row[w]) };
            let row = &mut self.u[r * s..(r + 1) * s];
            if across {
                row[w + 1] = row[1];
            }
            close(row, [left, right].map(|e| e == Edge::Closed), [1, w + 1]);
        }
        for x in 0..s {
            let at = |y: usize| y * s + x;
            (self.u[at(0)], self.u[at(h + 1)]) = match down {
                true => (self.u[at(h)], self.u[at(1)]),
                false => (self.u[at(1)], self.u[at(h)]),
            };
            if down {
                self.v[at(h + 1)] = self.v[at(1)];
            }
            for (edge, y) in [(top, 1), (bottom, h + 1)] {
                let hole = y == h + 1 && grid.hole().contains(&x);
                if edge == Edge::Closed && !hole {
                    self.v[at(y)] = 0.0;
                }
            }
        }
    }
}

fn close(row: &mut [f32], closed: [bool; 2], at: [usize; 2]) {
    for (closed, at) in closed.into_iter().zip(at) {
        if closed {
            row[at] = 0.0;
        }
    }
}

/// Difference of the pressure across a face, per cell.
#[inline(always)]
fn gradient(cells: &Cells, pressure: &[f32], skin: &[f32], before: usize, after: usize) -> f32 {
    let extra = |i: usize| if skin.is_empty() { 0.0 } else { skin[i] };
    match (cells.kind[before], cells.kind[after]) {
        (LIQUID, LIQUID) => pressure[after] - pressure[before],
        (LIQUID, AIR) => {
            let at = surface_at(cells.fill[before], cells.fill[after]);
            (extra(before) - pressure[before]) / at
        }
        (AIR, LIQUID) => {
            let at = surface_at(cells.fill[after], cells.fill[before]);
            (pressure[after] - extra(after)) / at
        }
        _ => 0.0,
    }
}

/// Makes the ghost values of a plane of cells right for gradients.
pub fn wrap_pressure(grid: &Grid, plane: &mut [f32]) {
    fill_ghosts(grid, plane);
}

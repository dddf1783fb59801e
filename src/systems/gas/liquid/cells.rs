//! Which cells are full of liquid, and where between two cells its surface is.

use rayon::prelude::*;

use super::grid::{Edge, Grid, PER_CELL, Touched, fill_ghosts, fold_columns, fold_rows, rows};
use super::solids::Solids;
use super::sort::Sorted;
use super::splat;

/// A cell's content.
pub const AIR: u8 = 0;
/// At its centre is liquid.
pub const LIQUID: u8 = 1;
/// No face of it is open.
pub const SOLID: u8 = 2;

/// Density at the surface, as a fraction of the density within.
pub const SURFACE: f32 = 0.5;
/// Least distance from a cell's centre to the surface that the pressure sees, cells.
const NEAREST: f32 = 0.1;
/// Less room than this is taken as this.
pub const LEAST_ROOM: f32 = 0.25;
/// A face of which less is open is closed.
pub const LEAST_OPEN: f32 = 0.04;

/// What the cells hold, in padded planes.
pub struct Cells {
    /// Liquid, as a fraction of a full cell: 1 within, [`SURFACE`] at the surface.
    pub fill: Vec<f32>,
    /// Air, liquid or solid.
    pub kind: Vec<u8>,
    touched: Touched,
}

impl Cells {
    /// Air.
    pub fn new(grid: &Grid) -> Self {
        Self { fill: vec![0.0; grid.len()], kind: vec![AIR; grid.len()], touched: Touched::default() }
    }

    /// Counts the particles round each cell's centre.
    pub fn count(&mut self, grid: &Grid, sorted: &Sorted, solids: &Solids) {
        self.touched.update(sorted.near());
        let (s, touched) = (grid.stride(), &self.touched);
        rows(&mut self.fill, s).filter(|(r, _)| touched.has(*r)).for_each(|(_, row)| row.fill(0.0));
        splat::density(grid, sorted, &mut self.fill);
        fold_columns(grid, &mut self.fill, |a, b| *a += b);
        fold_rows(grid, &mut self.fill, |a, b| *a += b);
        let full = 1.0 / PER_CELL as f32;
        let all = rows(&mut self.fill, s).filter(|(r, _)| touched.has(*r));
        all.for_each(|(r, row)| match solids.room.is_empty() {
            true => row.iter_mut().for_each(|v| *v *= full),
            false => {
                let room = &solids.room[r * s..(r + 1) * s];
                row.iter_mut().zip(room).for_each(|(v, room)| *v *= full / room.max(LEAST_ROOM));
            }
        });
        fill_ghosts(grid, &mut self.fill);
        self.clear_open(grid);
    }

    /// Beyond open sides is nothing.
    fn clear_open(&mut self, grid: &Grid) {
        let (s, w, h) = (grid.stride(), grid.w, grid.h);
        let [left, right, top, bottom] = grid.edges();
        for (edge, x) in [(left, 0), (right, w + 1)] {
            if edge == Edge::Open {
                (0..h + 2).for_each(|y| self.fill[y * s + x] = 0.0);
            }
        }
        for (edge, y) in [(top, 0), (bottom, h + 1)] {
            if edge == Edge::Open {
                self.fill[y * s..(y + 1) * s].fill(0.0);
            }
        }
        grid.hole().for_each(|x| self.fill[(h + 1) * s + x] = 0.0);
    }

    /// Decides what each cell is.
    pub fn classify(&mut self, grid: &Grid, solids: &Solids, touched: &Touched) {
        let (s, fill) = (grid.stride(), &self.fill);
        let open = |closed: f32| closed < 1.0 - LEAST_OPEN;
        let all = rows(&mut self.kind, s).skip(1).take(grid.h).filter(|(r, _)| touched.has(*r));
        all.for_each(|(r, row)| {
            let row = &mut row[1..s - 1];
            if !solids.any() {
                let fill = &fill[r * s + 1..(r + 1) * s - 1];
                row.iter_mut()
                    .zip(fill)
                    .for_each(|(kind, f)| *kind = if *f > SURFACE { LIQUID } else { AIR });
                return;
            }
            for (x, kind) in row.iter_mut().enumerate() {
                let i = r * s + x + 1;
                let (u, v) = (&solids.closed_u, &solids.closed_v);
                *kind = match fill[i] > SURFACE {
                    _ if !(open(u[i]) || open(u[i + 1]) || open(v[i]) || open(v[i + s])) => SOLID,
                    true => LIQUID,
                    false => AIR,
                };
            }
        });
        fill_ghosts(grid, &mut self.kind);
        let (w, h) = (grid.w, grid.h);
        let [left, right, top, bottom] = grid.edges();
        let beyond = |edge: Edge| if edge == Edge::Closed { SOLID } else { AIR };
        for (edge, x) in [(left, 0), (right, w + 1)] {
            if edge != Edge::Periodic {
                (0..h + 2).for_each(|y| self.kind[y * s + x] = beyond(edge));
            }
        }
        for (edge, y) in [(top, 0), (bottom, h + 1)] {
            if edge != Edge::Periodic {
                self.kind[y * s..(y + 1) * s].fill(beyond(edge));
            }
        }
        grid.hole().for_each(|x| self.kind[(h + 1) * s + x] = AIR);
    }
}

/// Distance from the centre of a cell of liquid towards one of air at which the surface is, cells (Gibou et al. 2002).
#[inline(always)]
pub fn surface_at(liquid: f32, air: f32) -> f32 {
    let part = (liquid - SURFACE) / (liquid - air).max(1e-6);
    part.clamp(NEAREST, 1.0)
}

//! Surface tension: the pressure σκ at the surface, κ from the smoothed density (Brackbill, Kothe and Zemach 1992).

use rayon::prelude::*;

use super::cells::{AIR, Cells, LIQUID};
use super::grid::{Grid, fill_ghosts, rows};

/// Most tension for steps of `dt` seconds, cells³/s²: the shortest capillary waves must not outrun a step.
pub fn limit(dt: f32) -> f32 {
    0.12 / (dt * dt)
}

/// Density smoothed, and its slope.
#[derive(Default)]
pub struct Tension {
    smooth: Vec<f32>,
    spare: Vec<f32>,
    normal: Vec<[f32; 2]>,
}

impl Tension {
    /// Writes dt·σκ for cells of liquid next to the surface, 0 elsewhere. Tension beyond [`limit`] is taken as that.
    pub fn find(&mut self, grid: &Grid, cells: &Cells, tension: f32, dt: f32, skin: &mut Vec<f32>) {
        let strength = tension.min(limit(dt)) * dt;
        skin.clear();
        if strength <= 0.0 {
            return;
        }
        skin.resize(grid.len(), 0.0);
        self.smooth.clear();
        self.smooth.extend(cells.fill.iter().map(|f| f.min(1.0)));
        for _ in 0..3 {
            blur(grid, &self.smooth, &mut self.spare);
            std::mem::swap(&mut self.smooth, &mut self.spare);
        }
        self.find_normals(grid);
        let (s, kind, normal) = (grid.stride(), &cells.kind, &self.normal);
        rows(skin, s).skip(1).take(grid.h).for_each(|(r, row)| {
            for (x, skin) in row.iter_mut().enumerate().skip(1).take(s - 2) {
                let i = r * s + x;
                let edge = [i - 1, i + 1, i - s, i + s].iter().any(|&n| kind[n] == AIR);
                if kind[i] == LIQUID && edge {
                    let across = normal[i + 1][0] - normal[i - 1][0];
                    let down = normal[i + s][1] - normal[i - s][1];
                    // Drops are round to a cell at best.
                    *skin = strength * (0.5 * (across + down)).clamp(-1.0, 1.0);
                }
            }
        });
    }

    /// Normals out of the liquid, of length 1 but where it is even.
    fn find_normals(&mut self, grid: &Grid) {
        let (s, f) = (grid.stride(), &self.smooth);
        self.normal.resize(grid.len(), [0.0; 2]);
        rows(&mut self.normal, s).skip(1).take(grid.h).for_each(|(r, row)| {
            for (x, normal) in row.iter_mut().enumerate().skip(1).take(s - 2) {
                let i = r * s + x;
                let (gx, gy) = (f[i - 1] - f[i + 1], f[i - s] - f[i + s]);
                let length = (gx * gx + gy * gy).sqrt().max(0.02);
                *normal = [gx / length, gy / length];
            }
        });
        fill_ghosts(grid, &mut self.normal);
    }
}

/// The mean over 3×3 cells with weights 1, 2, 1.
pub fn blur(grid: &Grid, from: &[f32], into: &mut Vec<f32>) {
    let s = grid.stride();
    into.resize(grid.len(), 0.0);
    rows(into, s).skip(1).take(grid.h).for_each(|(r, row)| {
        let at = |r: usize| &from[r * s..(r + 1) * s];
        let (above, own, below) = (at(r - 1), at(r), at(r + 1));
        for (x, out) in row.iter_mut().enumerate().take(s - 1).skip(1) {
            let column = |x: usize| 0.25 * (above[x] + below[x]) + 0.5 * own[x];
            *out = 0.25 * (column(x - 1) + column(x + 1)) + 0.5 * column(x);
        }
    });
    fill_ghosts(grid, into);
}

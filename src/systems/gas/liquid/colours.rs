//! Colour and foam of cells, from particles and back: colours mix with those beside them.

use rayon::prelude::*;
use world::field::Field;
use world::widest;

use super::cells::{Cells, LEAST_ROOM};
use super::grid::{Grid, PER_CELL, Touched, fill_ghosts, fold_columns, fold_rows, rows};
use super::particle::Particle;
use super::solids::Solids;
use super::sort::Sorted;
use super::splat;

/// Brightest dye.
const BRIGHTEST: f32 = 4.0;

/// Colour of cells.
pub struct Colours {
    /// Mean linear RGB and foam of the particles round each cell's centre, padded; 0 where there are none.
    pub cells: Vec<[f32; 4]>,
    touched: Touched,
}

impl Colours {
    /// Nothing yet.
    pub fn new(grid: &Grid) -> Self {
        Self { cells: vec![[0.0; 4]; grid.len()], touched: Touched::default() }
    }

    /// Takes the means.
    pub fn collect(&mut self, grid: &Grid, sorted: &Sorted, cells: &Cells, solids: &Solids) {
        self.touched.update(sorted.near());
        let (s, touched) = (grid.stride(), &self.touched);
        rows(&mut self.cells, s).filter(|(r, _)| touched.has(*r)).for_each(|(_, row)| row.fill([0.0; 4]));
        splat::paint(grid, sorted, &mut self.cells);
        let add = |a: &mut [f32; 4], b: [f32; 4]| (0..4).for_each(|c| a[c] += b[c]);
        fold_columns(grid, &mut self.cells, add);
        fold_rows(grid, &mut self.cells, add);
        let all = rows(&mut self.cells, s).filter(|(r, _)| touched.has(*r));
        all.for_each(|(r, row)| {
            for (x, paint) in row.iter_mut().enumerate() {
                let i = r * s + x;
                let room = if solids.room.is_empty() { 1.0 } else { solids.room[i].max(LEAST_ROOM) };
                let weight = cells.fill[i] * room * PER_CELL as f32;
                let scale = if weight > 1e-4 { 1.0 / weight } else { 0.0 };
                *paint = paint.map(|v| v * scale);
            }
        });
        fill_ghosts(grid, &mut self.cells);
    }

    /// Moves the colour of each particle towards that of its surroundings. What a cell takes from a particle is what
    /// the particle takes from the cell, so no colour is lost.
    pub fn mix(&self, grid: &Grid, particles: &mut [Particle], share: f32) {
        if share > 0.0 {
            particles.par_chunks_mut(4096).for_each(|p| mix_all(grid, &self.cells, p, share));
        }
    }
}

widest! {
    fn mix_all(grid: &Grid, cells: &[[f32; 4]], particles: &mut [Particle], share: f32) {
        let s = grid.stride();
        for p in particles {
            let (x, y) = (p.at[0] + 0.5, p.at[1] + 0.5);
            let (i, j) = (x as usize, y as usize);
            let (tx, ty) = (x - i as f32, y - j as f32);
            let (above, below) = (&cells[j * s + i..j * s + i + 2], &cells[(j + 1) * s + i..(j + 1) * s + i + 2]);
            for c in 0..3 {
                let top = above[0][c] + (above[1][c] - above[0][c]) * tx;
                let bottom = below[0][c] + (below[1][c] - below[0][c]) * tx;
                p.paint[c] += share * (top + (bottom - top) * ty - p.paint[c]);
            }
        }
    }
}

/// Colours particles towards a field, where that is brighter than nothing.
pub fn inject(grid: &Grid, particles: &mut [Particle], dye: &Field, share: f32) {
    if share <= 0.0 {
        return;
    }
    particles.par_chunks_mut(4096).for_each(|particles| {
        for p in particles {
            let (x, y) = ((p.at[0] as usize).min(grid.w - 1), (p.at[1] as usize).min(grid.h - 1));
            let goal = [0, 1, 2].map(|c| dye.at(c, x, y).clamp(0.0, BRIGHTEST));
            let strength = share * goal[0].max(goal[1]).max(goal[2]).min(1.0);
            (0..3).for_each(|c| p.paint[c] += strength * (goal[c] - p.paint[c]));
        }
    });
}

//! The gas itself: a lattice with its solids, edges and state, without dye, touch or scene.

use std::sync::atomic::AtomicU64;

use rayon::prelude::*;

use super::collide::Relaxation;
use super::d2q9::{CX, CY, OPPOSITE, Q, equilibrium};
use super::edge::BoundaryConditions;
use super::links::Links;
use super::store::{Aligned, LatticeShape};
use super::sweep::{Steps, Sweep};

/// A D2Q9 lattice Boltzmann gas.
pub struct Lattice {
    shape: LatticeShape,
    data: Aligned,
    /// Row after row: density deviation, velocity across, velocity down.
    moments: Vec<f32>,
    solid: Vec<u8>,
    solid_rows: Vec<bool>,
    edges: BoundaryConditions,
    links: Links,
    stale: bool,
    /// Whether the next step is an odd one.
    odd: bool,
}

impl Lattice {
    /// A gas at rest, of density 1, without solids.
    pub fn new(width: usize, height: usize, edges: BoundaryConditions) -> Self {
        let shape = LatticeShape::new(width, height);
        Self {
            shape,
            data: Aligned::zeros(shape.row() * shape.rows()),
            moments: vec![0.0; 3 * width * height],
            solid: vec![0; width * height],
            solid_rows: vec![false; height],
            edges,
            links: Links::new(shape),
            stale: true,
            odd: false,
        }
    }

    /// (width, height) in cells.
    pub fn size(&self) -> (usize, usize) {
        (self.shape.width, self.shape.height)
    }
    /// The boundary conditions.
    pub fn edges(&self) -> &BoundaryConditions {
        &self.edges
    }
    /// Changes the boundary conditions.
    pub fn set_edges(&mut self, edges: BoundaryConditions) {
        self.stale |= edges != self.edges;
        self.edges = edges;
    }
    /// Which cells are solid (not 0), row after row.
    pub fn solid(&self) -> &[u8] {
        &self.solid
    }
    /// Solid cells of a row.
    pub fn solid_row(&self, y: usize) -> &[u8] {
        &self.solid[y * self.shape.width..(y + 1) * self.shape.width]
    }
    /// Whether a row has solid cells.
    pub fn has_solid(&self, y: usize) -> bool {
        self.solid_rows[y]
    }
    /// Density deviation (0), velocity across (1) or down (2) of a row, at the last step's collision.
    pub fn moment(&self, which: usize, y: usize) -> &[f32] {
        let w = self.shape.width;
        &self.moments[(3 * y + which) * w..(3 * y + which + 1) * w]
    }
    /// All rows of density deviation, velocity across and down.
    pub fn moments(&self) -> &[f32] {
        &self.moments
    }

    /// Sets every cell to equilibrium at (density deviation, velocity across, down).
    pub fn fill(&mut self, f: impl Fn(usize, usize) -> [f32; 3] + Sync) {
        let (shape, w, odd) = (self.shape, self.shape.width, self.odd);
        let rows = self.data.get_mut().par_chunks_mut(shape.row()).skip(1);
        rows.zip(self.moments.par_chunks_mut(3 * w)).enumerate().for_each(|(y, (row, moments))| {
            for x in 0..w {
                let state = f(x, y);
                for (k, v) in state.into_iter().enumerate() {
                    moments[k * w + x] = v;
                }
                for i in 0..Q {
                    row[shape.at(slot(i, odd), 0, x as isize)] = equilibrium(i, state[0], state[1], state[2]);
                }
            }
        });
    }

    /// Changes the velocity of a cell, unless it is solid: `f(velocity)` gives what to add.
    pub fn push(&mut self, x: usize, y: usize, f: impl FnOnce([f32; 2]) -> [f32; 2]) {
        let (shape, w) = (self.shape, self.shape.width);
        if self.solid[y * w + x] != 0 {
            return;
        }
        let [dr, ux, uy] = core::array::from_fn(|k| self.moments[(3 * y + k) * w + x]);
        let [ax, ay] = f([ux, uy]);
        for i in 1..Q {
            let at = shape.at(slot(i, self.odd), y + 1, x as isize);
            self.data.get_mut()[at] += equilibrium(i, dr, ux + ax, uy + ay) - equilibrium(i, dr, ux, uy);
        }
        let rest = equilibrium(0, dr, ux + ax, uy + ay) - equilibrium(0, dr, ux, uy);
        self.data.get_mut()[shape.at(0, y + 1, x as isize)] += rest;
        self.moments[(3 * y + 1) * w + x] = ux + ax;
        self.moments[(3 * y + 2) * w + x] = uy + ay;
    }

    /// Changes which cells are solid. Uncovered cells are filled with the mean of the gas round them.
    pub fn set_solid(&mut self, solid: &[u8]) {
        if solid == self.solid {
            return;
        }
        let (w, odd, shape) = (self.shape.width, self.odd, self.shape);
        let bare: Vec<(usize, [f32; 3])> = (0..solid.len())
            .into_par_iter()
            .with_min_len(1 << 14)
            .filter(|&c| self.solid[c] != 0 && solid[c] == 0)
            .map(|c| (c, self.around(c % w, c / w)))
            .collect();
        for (cell, state) in bare {
            let (x, y) = (cell % w, cell / w);
            for i in 0..Q {
                self.data.get_mut()[shape.at(slot(i, odd), y + 1, x as isize)] =
                    equilibrium(i, state[0], state[1], state[2]);
            }
            (0..3).for_each(|k| self.moments[(3 * y + k) * w + x] = state[k]);
        }
        let rows = solid.par_chunks(w).zip(self.solid.par_chunks(w));
        self.moments.par_chunks_mut(3 * w).zip(rows).for_each(|(moments, (now, then))| {
            for x in (0..w).filter(|&x| now[x] != 0 && then[x] == 0) {
                (0..3).for_each(|k| moments[k * w + x] = 0.0);
            }
        });
        self.solid.copy_from_slice(solid);
        self.solid_rows
            .iter_mut()
            .zip(solid.chunks_exact(w))
            .for_each(|(any, row)| *any = row.iter().any(|&s| s != 0));
        self.stale = true;
    }

    /// Mean state of the fluid cells round a cell, inside the world; at rest if there are none.
    fn around(&self, x: usize, y: usize) -> [f32; 3] {
        let (w, h) = self.size();
        let mut sum = [0.0; 3];
        let mut count = 0.0;
        for i in 1..Q {
            let (Some(nx), Some(ny)) = (x.checked_add_signed(CX[i]), y.checked_add_signed(CY[i])) else {
                continue;
            };
            if nx < w && ny < h && self.solid[ny * w + nx] == 0 {
                (0..3).for_each(|k| sum[k] += self.moments[(3 * ny + k) * w + nx]);
                count += 1.0;
            }
        }
        if count > 0.0 { sum.map(|s| s / count) } else { sum }
    }

    /// Runs `steps` steps under a body force (two planes, per cell and step), and returns how many cells had to be
    /// limited, counted once per step. Moments are those of the last step.
    pub fn run(&mut self, steps: usize, relaxation: Relaxation, force: Option<[&[f32]; 2]>) -> u64 {
        if self.stale {
            self.links.build(&self.edges, &self.solid, &self.solid_rows);
            self.stale = false;
        }
        if self.odd {
            (1..=self.shape.height).for_each(|row| self.links.note(row, self.data.get_mut(), 0));
        }
        let limited = AtomicU64::new(0);
        let mut left = steps;
        while left > 0 {
            let kind = match (self.odd, left) {
                (true, _) => Steps::Odd,
                (false, 1) => Steps::Even,
                (false, _) => Steps::Both,
            };
            left -= if kind == Steps::Both { 2 } else { 1 };
            self.odd = kind == Steps::Even;
            let sweep = Sweep {
                shape: self.shape,
                links: &self.links,
                relaxation,
                force,
                solid: &self.solid,
                solid_rows: &self.solid_rows,
                limited: &limited,
                steps: kind,
                record: left == 0,
            };
            sweep.run(self.data.get_mut(), &mut self.moments);
        }
        limited.into_inner()
    }

    /// Sum of the density deviations of all fluid cells, exactly as stored.
    pub fn excess(&self) -> f64 {
        let w = self.shape.width;
        let rows = self.data.get().par_chunks(self.shape.row()).skip(1).take(self.shape.height).enumerate();
        let sums: Vec<f64> = rows
            .map(|(y, row)| {
                let fluid = (0..w).filter(|&x| self.solid[y * w + x] == 0);
                fluid.flat_map(|x| (0..Q).map(move |i| row[self.shape.at(i, 0, x as isize)] as f64)).sum()
            })
            .collect();
        sums.iter().sum()
    }
}

/// Slot of population `i` between steps: after an even step it lies in the opposite one.
fn slot(i: usize, odd: bool) -> usize {
    if odd { OPPOSITE[i] } else { i }
}

//! The fluid itself: a lattice with its solids, surroundings and state, without touch or scene.

use std::sync::atomic::AtomicU64;

use rayon::prelude::*;

use super::collide::Relaxation;
use super::links::{Links, Surroundings};
use super::slots::{OPPOSITE, SLOTS, State, calm};
use super::store::{Aligned, LatticeShape};
use super::sweep::{Drive, MOMENTS, Steps, Sweep};

/// A fluid with a temperature, on a lattice.
pub struct Lattice {
    shape: LatticeShape,
    data: Aligned,
    /// Row after row: density deviation, velocity across, velocity down, temperature.
    moments: Vec<f32>,
    solid: Vec<u8>,
    solid_rows: Vec<bool>,
    around: Surroundings,
    links: Links,
    stale: bool,
    /// Whether the next step is an odd one.
    odd: bool,
}

impl Lattice {
    /// A fluid at rest, of density 1 and temperature 0, without solids.
    pub fn new(width: usize, height: usize, around: Surroundings) -> Self {
        let shape = LatticeShape::new(width, height);
        Self {
            shape,
            data: Aligned::zeros(shape.row() * shape.rows()),
            moments: vec![0.0; MOMENTS * width * height],
            solid: vec![0; width * height],
            solid_rows: vec![false; height],
            around,
            links: Links::new(shape),
            stale: true,
            odd: false,
        }
    }

    /// (width, height) in cells.
    pub fn size(&self) -> (usize, usize) {
        (self.shape.width, self.shape.height)
    }
    /// What surrounds it.
    pub fn surroundings(&self) -> &Surroundings {
        &self.around
    }
    /// Changes what surrounds it.
    pub fn surround(&mut self, around: Surroundings) {
        self.stale |= around.periodic != self.around.periodic;
        self.around = around;
    }
    /// Solid cells (not 0) of a row.
    pub fn solid_row(&self, y: usize) -> &[u8] {
        &self.solid[y * self.shape.width..(y + 1) * self.shape.width]
    }
    /// Whether a row has solid cells.
    pub fn has_solid(&self, y: usize) -> bool {
        self.solid_rows[y]
    }
    /// Density deviation (0), velocity across (1) or down (2), temperature (3) of a row, at the last step's collision.
    pub fn moment(&self, which: usize, y: usize) -> &[f32] {
        let w = self.shape.width;
        &self.moments[(MOMENTS * y + which) * w..(MOMENTS * y + which + 1) * w]
    }
    /// State of a cell at the last step's collision.
    pub fn state(&self, x: usize, y: usize) -> State {
        let [dr, ux, uy, heat] = core::array::from_fn(|k| self.moment(k, y)[x]);
        State { dr, ux, uy, heat }
    }

    /// Sets every cell to equilibrium.
    pub fn fill(&mut self, f: impl Fn(usize, usize) -> State + Sync) {
        let (shape, w, odd) = (self.shape, self.shape.width, self.odd);
        let rows = self.data.get_mut().par_chunks_mut(shape.row()).skip(1);
        rows.zip(self.moments.par_chunks_mut(MOMENTS * w)).enumerate().for_each(|(y, (row, moments))| {
            for x in 0..w {
                let s = f(x, y);
                [s.dr, s.ux, s.uy, s.heat].into_iter().enumerate().for_each(|(k, v)| moments[k * w + x] = v);
                for i in 0..SLOTS {
                    row[shape.at(slot(i, odd), 0, x as isize)] = calm(i, s);
                }
            }
        });
    }

    /// Changes velocity and temperature of a cell, unless it is solid; what is not in equilibrium stays.
    pub fn change(&mut self, x: usize, y: usize, f: impl FnOnce(State) -> State) {
        if self.solid_row(y)[x] != 0 {
            return;
        }
        let then = self.state(x, y);
        let now = f(then);
        self.shift(x, y, |i| calm(i, now) - calm(i, then));
        self.record(x, y, now);
    }

    fn shift(&mut self, x: usize, y: usize, by: impl Fn(usize) -> f32) {
        let (shape, odd) = (self.shape, self.odd);
        (0..SLOTS).for_each(|i| self.data.get_mut()[shape.at(slot(i, odd), y + 1, x as isize)] += by(i));
    }

    fn record(&mut self, x: usize, y: usize, s: State) {
        let w = self.shape.width;
        let values = [s.dr, s.ux, s.uy, s.heat].into_iter().enumerate();
        values.for_each(|(k, v)| self.moments[(MOMENTS * y + k) * w + x] = v);
    }

    /// Changes which cells are solid. Uncovered cells are filled with the mean of the fluid round them.
    pub fn set_solid(&mut self, solid: &[u8]) {
        if solid == self.solid {
            return;
        }
        let w = self.shape.width;
        let bare: Vec<(usize, State)> = (0..solid.len())
            .into_par_iter()
            .with_min_len(1 << 14)
            .filter(|&c| self.solid[c] != 0 && solid[c] == 0)
            .map(|c| (c, self.mean_round(c % w, c / w)))
            .collect();
        for (cell, s) in bare {
            let (shape, odd) = (self.shape, self.odd);
            for i in 0..SLOTS {
                self.data.get_mut()[shape.at(slot(i, odd), cell / w + 1, (cell % w) as isize)] = calm(i, s);
            }
            self.record(cell % w, cell / w, s);
        }
        let rows = solid.par_chunks(w).zip(self.solid.par_chunks(w));
        self.moments.par_chunks_mut(MOMENTS * w).zip(rows).for_each(|(moments, (now, then))| {
            for x in (0..w).filter(|&x| now[x] != 0 && then[x] == 0) {
                (0..MOMENTS).for_each(|k| moments[k * w + x] = 0.0);
            }
        });
        self.solid.copy_from_slice(solid);
        let rows = self.solid_rows.iter_mut().zip(solid.chunks_exact(w));
        rows.for_each(|(any, row)| *any = row.iter().any(|&s| s != 0));
        self.stale = true;
    }

    /// Mean state of the fluid cells round a cell, inside the world; at rest if there are none.
    fn mean_round(&self, x: usize, y: usize) -> State {
        let (w, h) = self.size();
        let (mut sum, mut count) = (State::default(), 0.0);
        for ny in y.saturating_sub(1)..(y + 2).min(h) {
            for nx in (x.saturating_sub(1)..(x + 2).min(w)).filter(|&nx| self.solid_row(ny)[nx] == 0) {
                let s = self.state(nx, ny);
                sum = State {
                    dr: sum.dr + s.dr,
                    ux: sum.ux + s.ux,
                    uy: sum.uy + s.uy,
                    heat: sum.heat + s.heat,
                };
                count += 1.0;
            }
        }
        let mean = |v: f32| if count > 0.0 { v / count } else { 0.0 };
        State { dr: mean(sum.dr), ux: mean(sum.ux), uy: mean(sum.uy), heat: mean(sum.heat) }
    }

    /// Runs `steps` steps, and returns how many cells had to be limited, counted once per step. Moments are those of the
    /// last step.
    pub fn run(&mut self, steps: usize, relaxation: Relaxation, drive: Drive) -> u64 {
        if self.stale {
            self.links.build(self.around.periodic, &self.solid, &self.solid_rows);
            self.stale = false;
        }
        self.links.set_temperatures(&self.around);
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
                drive,
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
                let cell = |x: usize| {
                    (0..super::slots::FLOW).map(move |i| row[self.shape.at(i, 0, x as isize)] as f64)
                };
                fluid.flat_map(cell).sum()
            })
            .collect();
        sums.iter().sum()
    }
}

/// Slot of population `i` between steps: after an even step it lies in the opposite one.
fn slot(i: usize, odd: bool) -> usize {
    if odd { OPPOSITE[i] } else { i }
}

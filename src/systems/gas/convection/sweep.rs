//! Streaming in place, two steps per sweep over memory: the AA pattern (Bailey, Myre, Walsh, Lilja and Saar 2009) and
//! bands with seams, as the gas does it (see `gas::lbm::sweep`), for the fourteen slots of flow and temperature:
//! 56 bytes per cell and step where two lattices would take 168. No order of rows changes a bit of the result.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::collide::{Relaxation, RowContext, collide};
use super::links::Links;
use super::slots::SLOTS;
use super::store::LatticeShape;

/// Fewest rows in a band: a seam works on three rows on either side.
const LEAST_BAND: usize = 6;
/// Planes of moments.
pub const MOMENTS: usize = 4;

/// Which steps a sweep makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// One even step.
    Even,
    /// One odd step.
    Odd,
    /// An even step and the odd step after it.
    Both,
}

/// What acts on the fluid from without: planes of `width`×`height`, each if there is any.
#[derive(Clone, Copy, Default)]
pub struct Drive<'a> {
    /// Body force across and down, cells/step².
    pub force: Option<[&'a [f32]; 2]>,
    /// Source of heat, temperature a step.
    pub source: Option<&'a [f32]>,
}

/// Inputs of a sweep.
pub struct Sweep<'a> {
    /// Shape of the lattice.
    pub shape: LatticeShape,
    /// Links of the lattice.
    pub links: &'a Links,
    /// Rates.
    pub relaxation: Relaxation,
    /// What acts on it.
    pub drive: Drive<'a>,
    /// Solid cells, row after row.
    pub solid: &'a [u8],
    /// Rows that have any.
    pub solid_rows: &'a [bool],
    /// Cells limited so far.
    pub limited: &'a AtomicU64,
    /// Which steps.
    pub steps: Steps,
    /// Whether the last of them writes the moments.
    pub record: bool,
}

/// Storage rows from `first` on, with their rows of moments.
struct Slab<'a> {
    first: usize,
    data: &'a mut [f32],
    moments: &'a mut [f32],
}

impl Sweep<'_> {
    /// Runs the steps. `moments` holds, for each row, density deviation, velocity and temperature one after another.
    pub fn run(&self, data: &mut [f32], moments: &mut [f32]) {
        let height = self.shape.height;
        if height < 2 * LEAST_BAND {
            return self.flat(&mut Slab { first: 0, data, moments });
        }
        let bands = self.bands();
        // The first and the last band have the ghost rows too.
        let outer = |row: usize| match row {
            1 => 0,
            r if r == height + 1 => height + 2,
            r => r,
        };
        let cuts: Vec<(usize, usize)> = bands.windows(2).map(|b| (outer(b[0]), outer(b[1]))).collect();
        self.cut(data, moments, &cuts).into_par_iter().for_each(|mut slab| self.band(&mut slab));
        if self.steps == Steps::Even {
            return;
        }
        let around = |&row: &usize| (row.saturating_sub(3), (row + 3).min(self.shape.rows()));
        let cuts: Vec<(usize, usize)> = bands.iter().map(around).collect();
        let seams = self.cut(data, moments, &cuts);
        seams.into_par_iter().zip(&bands).for_each(|(mut slab, &row)| self.seam(&mut slab, row));
    }

    /// First rows of all bands, and the row after the last.
    fn bands(&self) -> Vec<usize> {
        let height = self.shape.height;
        let rows = (height / 16).clamp(LEAST_BAND, 64);
        let count = height / rows;
        (0..count).map(|k| 1 + k * rows).chain([height + 1]).collect()
    }

    /// Slabs of the storage rows `from..to`, which are in order and apart.
    fn cut<'b>(&self, data: &'b mut [f32], moments: &'b mut [f32], rows: &[(usize, usize)]) -> Vec<Slab<'b>> {
        let (row, line) = (self.shape.row(), MOMENTS * self.shape.width);
        let (mut data, mut moments, mut at) = (data, moments, 0);
        let cell = |r: usize| r.saturating_sub(1).min(self.shape.height) * line;
        let mut slabs = Vec::with_capacity(rows.len());
        for &(from, to) in rows {
            let (_, rest) = data.split_at_mut((from - at) * row);
            let (mine, rest) = rest.split_at_mut((to - from) * row);
            let (_, other) = moments.split_at_mut(cell(from) - cell(at));
            let (record, other) = other.split_at_mut(cell(to) - cell(from));
            slabs.push(Slab { first: from, data: mine, moments: record });
            (data, moments, at) = (rest, other, to);
        }
        slabs
    }

    /// Steps of all rows, first even, then odd; for lattices with too few rows for bands.
    fn flat(&self, slab: &mut Slab) {
        let rows = 1..=self.shape.height;
        if self.steps != Steps::Odd {
            rows.clone().for_each(|row| self.even(slab, row));
        }
        if self.steps != Steps::Even {
            let linked = 1..=self.shape.height + 1;
            linked.clone().for_each(|row| self.links.open(row, slab.data, 0));
            rows.for_each(|row| self.odd(slab, row));
            linked.for_each(|row| self.links.close(row, slab.data, 0));
        }
    }

    /// All that can be done within a band: the odd step leaves out the first and the last row.
    fn band(&self, slab: &mut Slab) {
        let end = (slab.first + slab.data.len() / self.shape.row()).min(self.shape.height + 1);
        let first = slab.first.max(1);
        for row in first..end {
            if self.steps != Steps::Odd {
                self.even(slab, row);
            }
            if self.steps == Steps::Even || row == first {
                continue;
            }
            self.links.open(row, slab.data, slab.first);
            if row >= first + 2 {
                self.odd(slab, row - 1);
            }
            if row >= first + 3 {
                self.links.close(row - 1, slab.data, slab.first);
            }
        }
    }

    /// The odd step of the rows either side of the seam above `row`.
    fn seam(&self, slab: &mut Slab, row: usize) {
        self.links.open(row, slab.data, slab.first);
        if row > 1 {
            self.odd(slab, row - 1);
        }
        if row <= self.shape.height {
            self.odd(slab, row);
        }
        for r in row - 1..=(row + 1).min(self.shape.height + 1) {
            self.links.close(r, slab.data, slab.first);
        }
    }

    fn even(&self, slab: &mut Slab, row: usize) {
        let (from, size) = ((row - slab.first) * self.shape.row(), self.shape.row());
        let locations = self.shape.own(&mut slab.data[from..from + size]);
        let record = self.record && self.steps == Steps::Even;
        let moments = record.then(|| self.record(slab.moments, slab.first, row));
        self.collide(row, locations, moments);
    }

    fn odd(&self, slab: &mut Slab, row: usize) {
        let (from, size) = ((row - 1 - slab.first) * self.shape.row(), 3 * self.shape.row());
        let locations = self.shape.behind(&mut slab.data[from..from + size]);
        let moments = self.record.then(|| self.record(slab.moments, slab.first, row));
        self.collide(row, locations, moments);
    }

    fn record<'b>(&self, moments: &'b mut [f32], first: usize, row: usize) -> [&'b mut [f32]; MOMENTS] {
        let w = self.shape.width;
        // The first slab begins with the ghost row, which has no moments.
        let from = (row - first.max(1)) * MOMENTS * w;
        let mut planes = moments[from..from + MOMENTS * w].chunks_exact_mut(w);
        core::array::from_fn(|_| planes.next().expect("a row has all moments"))
    }

    fn collide(&self, row: usize, locations: [&mut [f32]; SLOTS], moments: Option<[&mut [f32]; MOMENTS]>) {
        let (y, w) = (row - 1, self.shape.width);
        let here = y * w..(y + 1) * w;
        let context = RowContext {
            relaxation: self.relaxation,
            force: self.drive.force.map(|f| f.map(|f| &f[here.clone()])),
            source: self.drive.source.map(|s| &s[here.clone()]),
            solid: self.solid_rows[y].then(|| &self.solid[here.clone()]),
        };
        let limited = collide(locations, &context, moments);
        if limited > 0 {
            self.limited.fetch_add(limited as u64, Ordering::Relaxed);
        }
    }
}

//! A step along rows and one along columns. The two are the same functions of lines of cells: along a row the cell
//! before is one to the left in the same line, along a column it is the same place in the line above.

use rayon::prelude::*;

use super::flux::{Around, Flux, NO_FLUX, cross, ration, update};
use super::plane::{GHOSTS, Shape, Side, Sides};
use super::reconstruct::{Cells, Faces, LINE, Line, Pace, TILE, reconstruct};
use world::field::rows_per_task;

/// Rows of a band of columns.
const BAND: usize = 32;

/// Depth, velocity across the world and down it: planes with ghosts.
pub type Water = [Vec<f32>; 3];

/// What a sweep reads besides the water.
#[derive(Clone, Copy)]
pub struct Sweep<'a> {
    /// Layout.
    pub shape: Shape,
    /// What lies beyond the sides.
    pub sides: Sides,
    /// Height of the ground, with ghosts.
    pub ground: &'a [f32],
    /// Numbers of the step.
    pub pace: Pace,
}

impl Sweep<'_> {
    /// A step along the rows. Fills the ghosts of what it writes.
    pub fn along_rows(&self, from: &Water, into: &mut Water) {
        if self.shape.width == 1 && self.sides.across[0] != Side::Open {
            return rest(from, into, 1);
        }
        let (shape, stride) = (self.shape, self.shape.stride());
        let rows = self.lines(into, stride).with_min_len(rows_per_task(shape.width));
        rows.enumerate().for_each_init(Scratch::default, |scratch, (y, [h, u, v])| {
            let start = shape.row(y as isize) - GHOSTS;
            let read = [0, 1, 2].map(|k| &from[k][start..start + stride]);
            let row = Cells {
                depth: read[0],
                along: read[1],
                across: read[2],
                ground: &self.ground[start..start + stride],
            };
            for x in (0..shape.width).step_by(TILE) {
                let n = TILE.min(shape.width - x);
                let out = [&mut *h, &mut *u, &mut *v].map(|l| &mut l[GHOSTS + x..GHOSTS + x + n]);
                self.row_tile(row, x, n, scratch, out);
            }
            self.close_rows([h, u, v]);
        });
        self.close_columns(into);
    }

    /// `n` cells of a row from column `x` on; `row` begins with its ghosts.
    fn row_tile(&self, row: Cells, x: usize, n: usize, scratch: &mut Scratch, out: [&mut [f32]; 3]) {
        let Scratch { faces, flux, share } = scratch;
        // Cell −2 of the tile is at 0 in the faces, the face before cell −1 at 0 in the fluxes, cell −1 in the shares.
        let at = GHOSTS + x - 2;
        let pace = self.pace;
        reconstruct(from(row, at - 1), from(row, at), from(row, at + 1), pace, n + 4, faces);
        let before = faces.behind.each_ref().map(|l| &l[..n + 3]);
        let behind = faces.before.each_ref().map(|l| &l[1..n + 4]);
        cross(before, behind, pace.gravity, n + 3, flux);
        let depth = &row.depth[GHOSTS + x - 1..];
        ration(depth, &flux[0], &flux[0][1..], pace.ratio, n + 2, share);
        let around = Around {
            before: flux.each_ref().map(|l| &l[1..]),
            behind: flux.each_ref().map(|l| &l[2..]),
            shares: [&share[..], &share[1..], &share[2..]],
            pull: &faces.pull[2..],
        };
        update(from(row, GHOSTS + x), &around, pace, n, out);
    }

    /// A step along the columns. Fills the ghosts of what it writes.
    pub fn along_columns(&self, from: &Water, into: &mut Water) {
        if self.shape.height == 1 && self.sides.down[0] != Side::Open {
            return rest(from, into, 2);
        }
        let stride = self.shape.stride();
        self.lines(into, BAND * stride).enumerate().for_each(|(band, [h, u, v])| {
            let (first, rows) = (band * BAND, h.len() / stride);
            for x in (0..self.shape.width).step_by(TILE) {
                let n = TILE.min(self.shape.width - x);
                let mut column = Column::new(self, from, x, n, first as isize);
                for row in 0..rows {
                    let at = row * stride + GHOSTS + x;
                    let [h, u, v] = [&mut *h, &mut *u, &mut *v].map(|l| &mut l[at..at + n]);
                    column.row((first + row) as isize, [h, v, u]);
                }
            }
            for ((h, u), v) in h.chunks_mut(stride).zip(u.chunks_mut(stride)).zip(v.chunks_mut(stride)) {
                self.close_rows([h, u, v]);
            }
        });
        self.close_columns(into);
    }

    /// The rows of the world, `size` floats at a time.
    fn lines<'b>(
        &self,
        into: &'b mut Water,
        size: usize,
    ) -> impl IndexedParallelIterator<Item = [&'b mut [f32]; 3]> + use<'b> {
        let stride = self.shape.stride();
        let world = GHOSTS * stride..(GHOSTS + self.shape.height) * stride;
        let [h, u, v] = into.each_mut().map(|p| p[world.clone()].par_chunks_mut(size));
        h.zip(u).zip(v).map(|((h, u), v)| [h, u, v])
    }

    fn close_rows(&self, [h, u, v]: [&mut [f32]; 3]) {
        for (row, normal) in [(h, false), (u, true), (v, false)] {
            self.shape.close_row(row, self.sides.across, normal);
        }
    }

    fn close_columns(&self, water: &mut Water) {
        for (k, plane) in water.iter_mut().enumerate() {
            self.shape.close_down(plane, self.sides.down, k == 2);
        }
    }
}

/// A step along an axis of one cell between walls, or round itself: nothing moves that way.
fn rest(from: &Water, into: &mut Water, axis: usize) {
    from.iter().zip(into.iter_mut()).for_each(|(a, b)| b.copy_from_slice(a));
    into[axis].fill(0.0);
}

fn from(cells: Cells, at: usize) -> Cells {
    let Cells { depth, along, across, ground } = cells;
    Cells { depth: &depth[at..], along: &along[at..], across: &across[at..], ground: &ground[at..] }
}

/// Lines of scratch of a row.
struct Scratch {
    faces: Faces,
    flux: Flux,
    share: Line,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { faces: Faces::ZERO, flux: NO_FLUX, share: [1.0; LINE] }
    }
}

/// Lines of scratch of a band of columns, of which each row of the band moves on by one.
struct Column<'a> {
    sweep: &'a Sweep<'a>,
    water: &'a Water,
    x: usize,
    n: usize,
    /// Faces of the rows, by row modulo 4.
    faces: [Faces; 4],
    /// Fluxes over the faces before the rows, by row modulo 4.
    flux: [Flux; 4],
    /// Shares of the rows, by row modulo 4.
    shares: [Line; 4],
}

fn slot(y: isize) -> usize {
    y.rem_euclid(4) as usize
}

impl<'a> Column<'a> {
    /// Ready for row `first`.
    fn new(sweep: &'a Sweep<'a>, water: &'a Water, x: usize, n: usize, first: isize) -> Self {
        let faces = [const { Faces::ZERO }; 4];
        let mut column = Self { sweep, water, x, n, faces, flux: [NO_FLUX; 4], shares: [[1.0; LINE]; 4] };
        column.reconstruct(first - 2);
        column.reconstruct(first - 1);
        column.cross(first - 1);
        column.reconstruct(first);
        column.cross(first);
        column.ration(first - 1);
        column.reconstruct(first + 1);
        column.cross(first + 1);
        column.ration(first);
        column
    }

    /// The cells of row `y`, `along` the columns.
    fn cells(&self, y: isize) -> Cells<'a> {
        let at = self.sweep.shape.row(y) + self.x;
        let line = |plane: &'a [f32]| &plane[at..at + self.n];
        Cells {
            depth: line(&self.water[0]),
            along: line(&self.water[2]),
            across: line(&self.water[1]),
            ground: line(self.sweep.ground),
        }
    }

    fn reconstruct(&mut self, y: isize) {
        let (a, b, c) = (self.cells(y - 1), self.cells(y), self.cells(y + 1));
        reconstruct(a, b, c, self.sweep.pace, self.n, &mut self.faces[slot(y)]);
    }

    fn cross(&mut self, y: isize) {
        let before = self.faces[slot(y - 1)].behind.each_ref().map(|l| l.as_slice());
        let behind = self.faces[slot(y)].before.each_ref().map(|l| l.as_slice());
        cross(before, behind, self.sweep.pace.gravity, self.n, &mut self.flux[slot(y)]);
    }

    fn ration(&mut self, y: isize) {
        let (before, behind) = (&self.flux[slot(y)][0], &self.flux[slot(y + 1)][0]);
        let depth = self.cells(y).depth;
        ration(depth, before, behind, self.sweep.pace.ratio, self.n, &mut self.shares[slot(y)]);
    }

    /// Writes row `y` into `out`: depth, velocity along the columns, and across them.
    fn row(&mut self, y: isize, out: [&mut [f32]; 3]) {
        self.reconstruct(y + 2);
        self.cross(y + 2);
        self.ration(y + 1);
        let around = Around {
            before: self.flux[slot(y)].each_ref().map(|l| l.as_slice()),
            behind: self.flux[slot(y + 1)].each_ref().map(|l| l.as_slice()),
            shares: [y - 1, y, y + 1].map(|y| self.shares[slot(y)].as_slice()),
            pull: &self.faces[slot(y)].pull,
        };
        update(self.cells(y), &around, self.sweep.pace, self.n, out);
    }
}

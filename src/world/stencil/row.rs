//! One row of a sweep.

use super::cell::Cell;
use super::neighbourhood::{Boundary, Neighbourhood};
use crate::widest;

/// Cells of a block; and of the blocks for what remains.
const BLOCK: usize = 128;
const SMALL: usize = 16;

/// A row: what is read of each plane, and where it goes.
pub struct Row<'a, C, const P: usize, const A: usize, const Q: usize> {
    /// The rule.
    pub cell: &'a C,
    /// The rows above, here and below of each plane.
    pub planes: [[&'a [f32]; 3]; P],
    /// This row of the pointwise planes.
    pub pointwise: [&'a [f32]; A],
    /// Boundary condition at the first and the last cell.
    pub boundary: Boundary,
    /// This row of each plane that is written.
    pub out: [&'a mut [f32]; Q],
}

/// What runs at the widest SIMD width available.
pub(crate) trait Run {
    fn run(self);
}

widest! {
    pub fn widest_row<R: Run>(row: R) {
        row.run()
    }
}

impl<C: Cell<P, A, Q>, const P: usize, const A: usize, const Q: usize> Run for Row<'_, C, P, A, Q> {
    #[inline(always)]
    fn run(mut self) {
        let last = self.planes[0][1].len() - 1;
        self.border(0);
        if last > 0 {
            self.border(last);
        }
        let mut x = 1;
        self.blocks::<BLOCK>(&mut x, last);
        self.blocks::<SMALL>(&mut x, last);
        while x < last {
            self.one(x, [x - 1, x, x + 1]);
            x += 1;
        }
    }
}

impl<C: Cell<P, A, Q>, const P: usize, const A: usize, const Q: usize> Row<'_, C, P, A, Q> {
    /// Blocks from `x` up to `end`. The last may overlap the one before, as each cell depends only on what is read.
    #[inline(always)]
    fn blocks<const B: usize>(&mut self, x: &mut usize, end: usize) {
        if *x + B > end {
            return;
        }
        while *x + B <= end {
            self.block::<B>(*x);
            *x += B;
        }
        if *x < end {
            self.block::<B>(end - B);
            *x = end;
        }
    }

    /// The cells `x..x + B`. Results gather in separate arrays, so that the compiler can rule out aliasing.
    #[inline(always)]
    fn block<const B: usize>(&mut self, x: usize) {
        let mut out = [[0f32; B]; Q];
        self.cell.block(self.planes, self.pointwise, x, &mut out);
        for (row, out) in self.out.iter_mut().zip(&out) {
            row[x..x + B].copy_from_slice(out);
        }
    }

    /// The first or the last cell of the row.
    #[inline(always)]
    fn border(&mut self, x: usize) {
        let last = self.planes[0][1].len() - 1;
        match self.boundary {
            Boundary::Periodic => {
                self.one(x, [if x == 0 { last } else { x - 1 }, x, if x == last { 0 } else { x + 1 }])
            }
            Boundary::NoFlux | Boundary::Fixed(_) => self.one(x, [x.saturating_sub(1), x, (x + 1).min(last)]),
        }
    }

    /// One cell, with the columns of its neighbours.
    #[inline(always)]
    fn one(&mut self, x: usize, [west, here, east]: [usize; 3]) {
        let last = self.planes[0][1].len() - 1;
        let beyond = |side: usize, v: f32| match self.boundary {
            Boundary::Fixed(value) if (side == 0 && x == 0) || (side == 2 && x == last) => value,
            _ => v,
        };
        let around = self.planes.map(|[up, mid, down]| Neighbourhood {
            nw: beyond(0, up[west]),
            n: up[here],
            ne: beyond(2, up[east]),
            w: beyond(0, mid[west]),
            centre: mid[here],
            e: beyond(2, mid[east]),
            sw: beyond(0, down[west]),
            s: down[here],
            se: beyond(2, down[east]),
        });
        let new = self.cell.cell(around, self.pointwise.map(|row| row[x]));
        for (row, new) in self.out.iter_mut().zip(new) {
            row[x] = flushed(new);
        }
    }
}

/// A cell and its neighbours in one plane, for B cells of a row.
pub struct Windows<'a, const B: usize> {
    rows: [[&'a [f32; B]; 3]; 3],
}

impl<'a, const B: usize> Windows<'a, B> {
    /// About the cells `x..x + B`, of the rows above, here and below.
    #[inline(always)]
    pub fn new([up, here, down]: [&'a [f32]; 3], x: usize) -> Self {
        let three = |row: &'a [f32]| [window(row, x - 1), window(row, x), window(row, x + 1)];
        Self { rows: [three(up), three(here), three(down)] }
    }

    /// About the cell `x + i`.
    #[inline(always)]
    pub fn at(&self, i: usize) -> Neighbourhood {
        let [up, here, down] = &self.rows;
        Neighbourhood {
            nw: up[0][i],
            n: up[1][i],
            ne: up[2][i],
            w: here[0][i],
            centre: here[1][i],
            e: here[2][i],
            sw: down[0][i],
            s: down[1][i],
            se: down[2][i],
        }
    }
}

/// B cells of a row.
#[inline(always)]
pub fn window<const B: usize>(row: &[f32], x: usize) -> &[f32; B] {
    row[x..x + B].try_into().expect("as long as it says")
}

/// Flushes subnormals to zero.
#[inline(always)]
pub fn flushed(v: f32) -> f32 {
    if v.abs() < f32::MIN_POSITIVE { 0.0 } else { v }
}

//! Memory layout of the populations: row after row, in a row the slots one after another, with room for ghost cells at
//! every side. One lattice only: streaming happens in place (see [`super::sweep`]). As that of the gas
//! ([`crate::gas::lbm`]), with the slots of temperature.

use super::slots::{CX, CY, OPPOSITE, SLOTS};

/// Floats before the first cell of a line: room for the ghost on the left, keeping cells 64-byte aligned.
const LEFT: usize = 16;

/// Size and strides of a lattice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatticeShape {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    /// Floats per line (one slot of one row).
    line: usize,
}

impl LatticeShape {
    /// The shape of a lattice of `width`×`height` cells.
    pub fn new(width: usize, height: usize) -> Self {
        let mut line = (LEFT + width + 1).next_multiple_of(16);
        // Lines a whole page apart would all compete for the same cache sets.
        if (line * 4) % 4096 < 64 {
            line += 16;
        }
        Self { width, height, line }
    }

    /// Floats per row.
    pub fn row(&self) -> usize {
        self.line * SLOTS
    }
    /// Rows, with the ghost rows above (row 0) and below.
    pub fn rows(&self) -> usize {
        self.height + 2
    }
    /// Position of slot `i` of the cell in column `x` (−1 and `width` are ghosts) of storage row `row`.
    pub fn at(&self, i: usize, row: usize, x: isize) -> usize {
        (row * SLOTS + i) * self.line + (LEFT as isize + x) as usize
    }

    /// Locations of an even step: population `i` lies in slot `i` of the cell itself.
    pub fn own<'a>(&self, row: &'a mut [f32]) -> [&'a mut [f32]; SLOTS] {
        let mut lines = row.chunks_exact_mut(self.line);
        core::array::from_fn(|_| &mut lines.next().expect("a line a slot")[LEFT..LEFT + self.width])
    }

    /// Locations of an odd step for the middle one of three rows: population `i` lies in the opposite slot of the
    /// cell it came from.
    pub fn behind<'a>(&self, three: &'a mut [f32]) -> [&'a mut [f32]; SLOTS] {
        let mut lines: [Option<&mut [f32]>; 3 * SLOTS] = [const { None }; 3 * SLOTS];
        three.chunks_exact_mut(self.line).zip(&mut lines).for_each(|(line, l)| *l = Some(line));
        core::array::from_fn(|i| {
            let line = lines[((1 - CY[i]) as usize) * SLOTS + OPPOSITE[i]].take().expect("each line once");
            let first = (LEFT as isize - CX[i]) as usize;
            &mut line[first..first + self.width]
        })
    }
}

/// A buffer whose first used float lies on a 64-byte boundary.
pub struct Aligned {
    data: Vec<f32>,
    first: usize,
    len: usize,
}

impl Aligned {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        let data = vec![0.0; len + 16];
        let first = data.as_ptr().align_offset(64).min(16);
        Self { data, first, len }
    }
    /// The floats.
    pub fn get(&self) -> &[f32] {
        &self.data[self.first..self.first + self.len]
    }
    /// The floats, to change.
    pub fn get_mut(&mut self) -> &mut [f32] {
        &mut self.data[self.first..self.first + self.len]
    }
}

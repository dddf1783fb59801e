//! Memory layout: rows of cells with a ring of ghost cells round the world, for scalars (one line a row) and for
//! populations (nine lines a row).

use crate::gas::lbm::d2q9::Q;

/// Floats before the first cell of a line: room for the ghost on the left.
const LEFT: usize = 16;

/// Size and strides of a world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    /// Floats per line.
    pub line: usize,
}

impl Shape {
    /// The shape of a world of `width`×`height` cells.
    pub fn new(width: usize, height: usize) -> Self {
        let mut line = (LEFT + width + 1).next_multiple_of(16);
        // Lines a whole page apart would all compete for the same cache sets.
        if (line * 4) % 4096 < 64 {
            line += 16;
        }
        Self { width, height, line }
    }

    /// Rows, with the ghost rows above (row 0) and below.
    pub fn rows(&self) -> usize {
        self.height + 2
    }
    /// A line of zeros for every row.
    pub fn plane(&self) -> Vec<f32> {
        vec![0.0; self.line * self.rows()]
    }
    /// Nine lines of zeros for every row.
    pub fn populations(&self) -> Vec<f32> {
        vec![0.0; Q * self.line * self.rows()]
    }
    /// Position of a cell of a plane; column −1 and `width` and storage row 0 and `height` + 1 are ghosts.
    pub fn at(&self, row: usize, x: isize) -> usize {
        row * self.line + (LEFT as isize + x) as usize
    }
    /// Position of population `i` of a cell.
    pub fn slot(&self, i: usize, row: usize, x: isize) -> usize {
        (row * Q + i) * self.line + (LEFT as isize + x) as usize
    }
    /// The cells of a row of a plane, without ghosts.
    pub fn cells<'a>(&self, plane: &'a [f32], y: usize) -> &'a [f32] {
        let first = self.at(y + 1, 0);
        &plane[first..first + self.width]
    }
}

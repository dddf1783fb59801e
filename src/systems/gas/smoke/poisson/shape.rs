//! Where a cell is kept: by colour (0 where x + y is even, else 1), row after row, with a ring of ghosts.

use super::super::rows::ALONE;

/// The layout of one grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Cells across.
    pub w: usize,
    /// Cells down.
    pub h: usize,
    /// Places of a row of one colour: half of the cells, rounded up, and two ghosts.
    pub stride: usize,
}

impl Shape {
    /// The layout of `w`×`h` cells.
    pub fn new((w, h): (usize, usize)) -> Self {
        Self { w, h, stride: w.div_ceil(2) + 2 }
    }
    /// Places of one colour.
    pub fn len(&self) -> usize {
        self.stride * (self.h + 2)
    }
    /// Whether there are none; never.
    pub fn is_empty(&self) -> bool {
        false
    }
    /// Column of the first cell of a colour in a row: 0 or 1.
    #[inline(always)]
    pub fn offset(&self, colour: usize, y: usize) -> usize {
        (colour + y) & 1
    }
    /// Cells of a colour in a row.
    #[inline(always)]
    pub fn count(&self, colour: usize, y: usize) -> usize {
        (self.w + 1 - self.offset(colour, y)) / 2
    }
    /// Place of a row's first cell.
    #[inline(always)]
    pub fn row(&self, y: usize) -> usize {
        (y + 1) * self.stride + 1
    }
    /// Colour and place of a cell; −1 and `w` (or `h`) are ghosts.
    #[inline(always)]
    pub fn place(&self, x: isize, y: isize) -> (usize, usize) {
        let colour = ((x + y) & 1) as usize;
        (colour, ((y + 1) * self.stride as isize + (x >> 1) + 1) as usize)
    }
    /// Whether a pass should use threads.
    pub fn wide(&self) -> bool {
        self.w * self.h > ALONE
    }
}

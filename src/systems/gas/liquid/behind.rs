//! The liquid out of focus: what is seen behind a hole in it, and which way its body is round.

use super::colours::Colours;
use super::grid::Grid;

/// Cells across and down that are joined.
const BLOCK: usize = 4;

/// Colour times density, and density, over wide surroundings.
pub struct Behind {
    w: usize,
    h: usize,
    blocks: Vec<[f32; 4]>,
}

impl Behind {
    /// Of these cells: density and colours, padded.
    pub fn new(grid: &Grid, fill: &[f32], colours: &Colours) -> Self {
        let (w, h) = (grid.w.div_ceil(BLOCK), grid.h.div_ceil(BLOCK));
        let mean = |i: usize| {
            let (x, y) = (i % w * BLOCK, i / w * BLOCK);
            let (columns, rows) = (x..(x + BLOCK).min(grid.w), y..(y + BLOCK).min(grid.h));
            let share = 1.0 / (columns.len() * rows.len()) as f32;
            let mut sum = [0.0; 4];
            for at in rows.flat_map(|y| columns.clone().map(move |x| grid.at(x, y))) {
                let (paint, fill) = (colours.cells[at], share * fill[at].min(1.0));
                (0..3).for_each(|c| sum[c] += fill * paint[c]);
                sum[3] += fill;
            }
            sum
        };
        let mut new = Self { w, h, blocks: (0..w * h).map(mean).collect() };
        for _ in 0..4 {
            new.blur(w, 1, h);
            new.blur(h, w, w);
        }
        new
    }

    /// Weights 1, 2, 1 along lines of `n` blocks, `step` apart; ends are repeated.
    fn blur(&mut self, n: usize, step: usize, lines: usize) {
        let other = if step == 1 { self.w } else { 1 };
        for line in 0..lines {
            let at = |k: usize| line * other + k * step;
            let mut before = self.blocks[at(0)];
            for k in 0..n {
                let (own, after) = (self.blocks[at(k)], self.blocks[at((k + 1).min(n - 1))]);
                self.blocks[at(k)] = core::array::from_fn(|c| 0.25 * (before[c] + after[c]) + 0.5 * own[c]);
                before = own;
            }
        }
    }

    /// Colour times density, and density, at a cell; bilinear between blocks.
    pub fn at(&self, x: usize, y: usize) -> [f32; 4] {
        let place = |i: usize, n: usize| {
            let at = ((i as f32 + 0.5) / BLOCK as f32 - 0.5).clamp(0.0, (n - 1) as f32);
            (at as usize, (at as usize + 1).min(n - 1), at - (at as usize) as f32)
        };
        let ((x0, x1, tx), (y0, y1, ty)) = (place(x, self.w), place(y, self.h));
        let row = |y: usize, c: usize| {
            let (a, b) = (self.blocks[y * self.w + x0][c], self.blocks[y * self.w + x1][c]);
            a + (b - a) * tx
        };
        core::array::from_fn(|c| row(y0, c) + (row(y1, c) - row(y0, c)) * ty)
    }
}

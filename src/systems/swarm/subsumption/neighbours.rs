//! Neighbours: smoothed numbers and headings of the other agents, per block, so that a flock costs the same at any
//! density.

use rayon::prelude::*;

use super::deposits::{Deposits, take_block};
use super::grid::{BLOCK, BlockPosition, Grid};
use world::field::rows_per_task;
use world::widest;

/// Neighbours in one block: the number of the empty and the sum of their headings (right, down), then padding, so that
/// the laden begin at [`LADEN`]: their number and the sum of their headings.
pub type NeighbourSum = [f32; 8];

/// Index in [`NeighbourSum`] at which the laden begin.
pub const LADEN: usize = 4;

/// Neighbours in all blocks.
#[derive(Debug)]
pub struct NeighbourField {
    blocks: Vec<NeighbourSum>,
    spare: Vec<NeighbourSum>,
    width: usize,
}

impl NeighbourField {
    /// No neighbours; a single block if they are never needed.
    pub fn new(grid: Grid, asked: bool) -> Self {
        let coarse = grid.coarse();
        let (width, cells) = if asked { (coarse.w, coarse.cells()) } else { (1, 1) };
        Self { blocks: vec![[0.0; 8]; cells], spare: vec![[0.0; 8]; cells], width }
    }

    /// All blocks, row after row.
    pub fn blocks(&self) -> &[NeighbourSum] {
        &self.blocks
    }

    /// Smooths the tick's headings over about `sight` cells.
    pub fn gather(&mut self, marks: &mut Deposits, sight: f32, torus: bool) {
        let marks = marks.blocks_mut();
        if marks.is_empty() {
            return;
        }
        for (mark, around) in marks.iter_mut().zip(&mut self.blocks) {
            let [n, x, y, m, u, v] = take_block(mark);
            *around = [n, x, y, 0.0, m, u, v, 0.0];
        }
        // A binomial pass has a variance of half a block; `sight` is two standard deviations.
        let sigma = sight / (2 * BLOCK) as f32;
        let passes = (libm::roundf(2.0 * sigma * sigma) as usize).clamp(1, 32);
        for _ in 0..passes {
            self.blur(torus);
        }
    }

    fn blur(&mut self, torus: bool) {
        let (w, h) = (self.width, self.blocks.len() / self.width);
        let from = &self.blocks;
        let row = |y: usize| &from[y * w..][..w];
        self.spare.par_chunks_mut(w).with_min_len(rows_per_task(8 * w)).enumerate().for_each(|(y, out)| {
            let (up, down) = match torus {
                true => ((y + h - 1) % h, (y + 1) % h),
                false => (y.saturating_sub(1), (y + 1).min(h - 1)),
            };
            binomial(row(up), row(y), row(down), torus, out);
        });
        std::mem::swap(&mut self.blocks, &mut self.spare);
    }
}

/// `a/4 + b/2 + c/4`.
#[inline(always)]
fn mean(a: &NeighbourSum, b: &NeighbourSum, c: &NeighbourSum) -> NeighbourSum {
    std::array::from_fn(|k| 0.25 * a[k] + 0.5 * b[k] + 0.25 * c[k])
}

widest! {
    /// One row of the 3×3 binomial mean.
    fn binomial(up: &[NeighbourSum], here: &[NeighbourSum], down: &[NeighbourSum], torus: bool, out: &mut [NeighbourSum]) {
        let n = out.len();
        let (up, here, down) = (&up[..n], &here[..n], &down[..n]);
        let first = if torus { n - 1 } else { 0 };
        let last = if torus { 0 } else { n - 1 };
        let mut left = mean(&up[first], &here[first], &down[first]);
        let mut middle = mean(&up[0], &here[0], &down[0]);
        for (x, out) in out.iter_mut().enumerate() {
            let next = if x + 1 < n { x + 1 } else { last };
            let right = mean(&up[next], &here[next], &down[next]);
            *out = mean(&left, &middle, &right);
            (left, middle) = (middle, right);
        }
    }
}

/// `a` at 0, `b` at 1.
#[inline(always)]
fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Neighbours at a position, interpolated between block centres.
#[inline(always)]
pub fn at(blocks: &[NeighbourSum], spot: &BlockPosition) -> NeighbourSum {
    let [_, x0, x1, _] = spot.columns;
    let [_, y0, y1, _] = spot.rows;
    let (a, b, c, d) = (&blocks[y0 + x0], &blocks[y0 + x1], &blocks[y1 + x0], &blocks[y1 + x1]);
    let mut out = [0.0; 8];
    for k in 0..8 {
        out[k] = mix(mix(a[k], b[k], spot.s), mix(c[k], d[k], spot.s), spot.t);
    }
    out
}

/// Difference of one entry of [`NeighbourSum`] between one block to the right and one to the left, and between one block
/// below and one above.
#[inline(always)]
pub fn slope(blocks: &[NeighbourSum], spot: &BlockPosition, entry: usize) -> (f32, f32) {
    let ([x0, x1, x2, x3], [y0, y1, y2, y3]) = (spot.columns, spot.rows);
    let (s, t) = (spot.s, spot.t);
    let row = |y: usize| {
        [blocks[y + x0][entry], blocks[y + x1][entry], blocks[y + x2][entry], blocks[y + x3][entry]]
    };
    let (upper, lower) = (row(y1), row(y2));
    let above = mix(blocks[y0 + x1][entry], blocks[y0 + x2][entry], s);
    let below = mix(blocks[y3 + x1][entry], blocks[y3 + x2][entry], s);
    let across = mix(
        mix(upper[2], upper[3], s) - mix(upper[0], upper[1], s),
        mix(lower[2], lower[3], s) - mix(lower[0], lower[1], s),
        t,
    );
    (across, mix(mix(lower[1], lower[2], s), below, t) - mix(above, mix(upper[1], upper[2], s), t))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::subsumption::steer::Vec2;
    use world::rng::Rng;

    proptest::proptest! {
        /// Against one plane at a time, sampled point by point.
        #[test]
        fn it_agrees_with_sampling_each_plane(w in 1usize..60, h in 1usize..60, torus: bool, seed: u64) {
            let grid = Grid { w, h, torus };
            let r = Rng::new(seed);
            let blocks: Vec<NeighbourSum> = (0..grid.coarse().cells() as u64)
                .map(|b| std::array::from_fn(|k| r.range(8 * b + k as u64, -1.0, 1.0)))
                .collect();
            let planes: Vec<Vec<f32>> = (0..8).map(|k| blocks.iter().map(|b| b[k]).collect()).collect();
            for i in 0..20 {
                let r = r.fork(i);
                let p = Vec2::new(r.range(0, 0.0, w as f32), r.range(1, 0.0, h as f32));
                let spot = grid.spot(p);
                let around = at(&blocks, &spot);
                for k in 0..8 {
                    let smooth = |dx: f32, dy: f32| grid.smooth(&planes[k], Vec2::new(p.x + dx, p.y + dy));
                    proptest::prop_assert!((around[k] - smooth(0.0, 0.0)).abs() < 1e-5);
                    let (dx, dy) = slope(&blocks, &spot, k);
                    let d = BLOCK as f32;
                    // On a torus whose width is not a whole number of blocks the seam is cut differently.
                    if w % BLOCK == 0 && h % BLOCK == 0 || !torus {
                        proptest::prop_assert!((dx - (smooth(d, 0.0) - smooth(-d, 0.0))).abs() < 1e-4);
                        proptest::prop_assert!((dy - (smooth(0.0, d) - smooth(0.0, -d))).abs() < 1e-4);
                    }
                }
            }
        }
    }
}

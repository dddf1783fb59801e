//! Cells with a halo, channels last: every window lies in rows that are contiguous in memory.

use crate::net::convolution::tile::Run;

/// Cells and a halo around them, which on a torus repeats the opposite side.
#[derive(Clone, Debug, PartialEq)]
pub struct HaloGrid {
    /// Rows without the halo.
    pub height: usize,
    /// Columns without the halo.
    pub width: usize,
    /// Values of a cell.
    pub channels: usize,
    /// Cells of halo on each side: the radius of a window.
    pub reach: usize,
    /// `[height + 2 reach][width + 2 reach][channels]`.
    pub data: Vec<f32>,
}

impl HaloGrid {
    /// Zeros.
    pub fn new((height, width): (usize, usize), channels: usize, reach: usize) -> Self {
        let data = vec![0.0; (height + 2 * reach) * (width + 2 * reach) * channels];
        Self { height, width, channels, reach, data }
    }

    /// Planes on a torus.
    pub fn torus(planes: &[f32], size: (usize, usize), reach: usize) -> Self {
        let mut grid = Self::new(size, planes.len() / (size.0 * size.1), reach);
        grid.fill(0, planes);
        grid.wrap();
        grid
    }

    /// Values of a row, halo included.
    pub fn line(&self) -> usize {
        (self.width + 2 * self.reach) * self.channels
    }

    /// Offset of a cell's first value.
    pub fn place(&self, cell: usize) -> usize {
        self.window(cell) + self.reach * (self.line() + self.channels)
    }

    /// Offset of the upper left corner of the window around a cell.
    pub fn window(&self, cell: usize) -> usize {
        cell / self.width * self.line() + cell % self.width * self.channels
    }

    /// What a window reads from its corner on.
    pub fn runs(&self) -> Vec<Run> {
        let (line, len) = (self.line(), (2 * self.reach + 1) * self.channels);
        (0..=2 * self.reach).map(|k| Run { from: k * line, row: k * len, len }).collect()
    }

    /// Writes planes `[…][height][width]` to the channels from `first` on; the halo stays as it is.
    pub fn fill(&mut self, first: usize, planes: &[f32]) {
        let cells = self.height * self.width;
        for (c, plane) in planes.chunks_exact(cells).enumerate() {
            for (y, row) in plane.chunks_exact(self.width).enumerate() {
                let at = self.place(y * self.width) + first + c;
                let into = self.data[at..].iter_mut().step_by(self.channels);
                into.zip(row).for_each(|(to, v)| *to = *v);
            }
        }
    }

    /// The first so many channels as planes, without the halo.
    pub fn planes(&self, channels: usize) -> Vec<f32> {
        let cells = self.height * self.width;
        let mut out = vec![0f32; channels * cells];
        for (c, plane) in out.chunks_exact_mut(cells).enumerate() {
            for (y, row) in plane.chunks_exact_mut(self.width).enumerate() {
                let from = self.data[self.place(y * self.width) + c..].iter().step_by(self.channels);
                row.iter_mut().zip(from).for_each(|(to, v)| *to = *v);
            }
        }
        out
    }

    /// Fills the halo from the opposite side.
    pub fn wrap(&mut self) {
        let (line, c, rows) = (self.line(), self.channels, (self.reach, self.height));
        let columns = repeats(self.width, self.reach);
        for row in self.data.chunks_exact_mut(line).skip(rows.0).take(rows.1) {
            columns.iter().for_each(|&(to, from)| row.copy_within(from * c..(from + 1) * c, to * c));
        }
        for (to, from) in repeats(self.height, self.reach) {
            self.data.copy_within(from * line..(from + 1) * line, to * line);
        }
    }

    /// Adds the halo to the cells that it repeats and empties it: the transpose of [`Self::wrap`].
    pub fn fold(&mut self) {
        let (line, c, rows) = (self.line(), self.channels, (self.reach, self.height));
        for (from, to) in repeats(self.height, self.reach) {
            move_sum(&mut self.data, from * line, to * line, line);
        }
        let columns = repeats(self.width, self.reach);
        for row in self.data.chunks_exact_mut(line).skip(rows.0).take(rows.1) {
            columns.iter().for_each(|&(from, to)| move_sum(row, from * c, to * c, c));
        }
    }
}

/// Positions of the halo along an axis of `n` cells, each with the one that it repeats.
pub fn repeats(n: usize, reach: usize) -> Vec<(usize, usize)> {
    let halo = (0..reach).chain(n + reach..n + 2 * reach);
    halo.map(|p| (p, (p + n * reach - reach) % n + reach)).collect()
}

/// Adds `len` values to others, and sets them to zero.
fn move_sum(values: &mut [f32], from: usize, to: usize, len: usize) {
    for i in 0..len {
        values[to + i] += std::mem::take(&mut values[from + i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    proptest! {
        /// Every window of a torus, and ⟨wrap x, y⟩ = ⟨x, fold y⟩, on worlds down to one cell.
        #[test]
        fn windows_wrap_and_folding_is_the_transpose(
            h in 1usize..6, w in 1usize..6, channels in 1usize..4, reach in 1usize..3, seed: u64,
        ) {
            let values = |k: u64, n: usize| (0..n as u64).map(|i| Rng::new(seed).fork(k).normal(i)).collect::<Vec<f32>>();
            let planes = values(0, channels * h * w);
            let grid = HaloGrid::torus(&planes, (h, w), reach);
            prop_assert_eq!(grid.planes(channels), planes.clone());
            let (size, runs) = (2 * reach + 1, grid.runs());
            for cell in 0..h * w {
                for (ky, run) in runs.iter().enumerate() {
                    for k in 0..run.len {
                        let (kx, c) = (k / channels, k % channels);
                        let y = (cell / w + ky + h * reach - reach) % h;
                        let x = (cell % w + kx + w * reach - reach) % w;
                        let found = grid.data[grid.window(cell) + run.from + k];
                        prop_assert_eq!(found, planes[(c * h + y) * w + x]);
                        prop_assert_eq!(run.row + k, (ky * size + kx) * channels + c);
                    }
                }
            }
            let mut other = HaloGrid { data: values(1, grid.data.len()), ..grid.clone() };
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
            let before = dot(&grid.data, &other.data);
            other.fold();
            prop_assert!((before - dot(&planes, &other.planes(channels))).abs() < 1e-3);
            let inside: f64 = other.planes(channels).iter().map(|v| f64::from(v.abs())).sum();
            let all: f64 = other.data.iter().map(|v| f64::from(v.abs())).sum();
            prop_assert!((inside - all).abs() < 1e-3, "the halo is empty");
        }
    }
}

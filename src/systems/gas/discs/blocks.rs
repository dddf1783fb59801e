//! Coarse fields: what a cell several discs wide holds of area, momentum, energy. Each disc is spread over the nearest four
//! cells (cloud in cell, Birdsall and Fuss 1969), so sums over the cells are those over the discs.

use super::disc::Disc;

/// A coarse grid, and where it repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blocks {
    /// Cells across and down.
    pub counts: [usize; 2],
    /// Size of a cell, cells of the world.
    pub size: [f64; 2],
    wraps: [bool; 2],
}

/// Points of a disc that is wider than a cell, in radii: the centres of seven parts of equal area.
const PARTS: [[f64; 2]; 7] = [
    [0.0, 0.0],
    [0.74, 0.0],
    [0.37, 0.640_859],
    [-0.37, 0.640_859],
    [-0.74, 0.0],
    [-0.37, -0.640_859],
    [0.37, -0.640_859],
];

impl Blocks {
    /// Cells about `grain` wide in a world of this size.
    pub fn new(size: [f64; 2], grain: usize, wraps: [bool; 2]) -> Self {
        let counts = size.map(|size| ((size / grain as f64 + 0.5) as usize).max(1));
        Self { counts, size: [size[0] / counts[0] as f64, size[1] / counts[1] as f64], wraps }
    }

    /// Area of a cell, cells of the world.
    pub fn area(&self) -> f64 {
        self.size[0] * self.size[1]
    }

    /// Adds an amount at a position.
    fn add(&self, into: &mut [f32], place: [f64; 2], amount: f64) {
        let axis = |k: usize| {
            let at = place[k] / self.size[k] - 0.5;
            let low = libm::floor(at);
            let n = self.counts[k] as i64;
            let index = |i: i64| (if self.wraps[k] { i.rem_euclid(n) } else { i.clamp(0, n - 1) }) as usize;
            ([index(low as i64), index(low as i64 + 1)], at - low)
        };
        let ((columns, s), (rows, t)) = (axis(0), axis(1));
        for (row, share_y) in [(rows[0], 1.0 - t), (rows[1], t)] {
            for (column, share_x) in [(columns[0], 1.0 - s), (columns[1], s)] {
                into[row * self.counts[0] + column] += (amount * share_x * share_y) as f32;
            }
        }
    }

    /// Adds an amount that is spread over a disc.
    pub fn add_disc(&self, into: &mut [f32], disc: &Disc, amount: f64) {
        let radius = disc.radius;
        if 2.0 * radius <= self.size[0].min(self.size[1]) {
            return self.add(into, disc.place, amount);
        }
        for [u, v] in PARTS {
            let place = [disc.place[0] + radius * u, disc.place[1] + radius * v];
            self.add(into, place, amount / PARTS.len() as f64);
        }
    }

    /// The sum of an amount of each disc, by its number.
    pub fn sum(&self, discs: &[Disc], amount: impl Fn(usize) -> f64) -> Vec<f32> {
        let mut cells = vec![0.0; self.counts[0] * self.counts[1]];
        discs.iter().enumerate().for_each(|(i, disc)| self.add_disc(&mut cells, disc, amount(i)));
        cells
    }

    /// The mean of a quantity, each disc with its weight; 0 where there is none.
    pub fn mean(&self, discs: &[Disc], weight: impl Fn(usize) -> f64, of: impl Fn(usize) -> f64) -> Vec<f32> {
        let weights = self.sum(discs, &weight);
        let mut sums = self.sum(discs, |i| weight(i) * of(i));
        for (sum, weight) in sums.iter_mut().zip(weights) {
            // A trace of a disc tells nothing.
            *sum = if weight > 1e-3 { *sum / weight } else { 0.0 };
        }
        sums
    }
}

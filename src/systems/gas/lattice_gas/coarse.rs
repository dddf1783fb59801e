//! Coarse-graining: means of each plane over squares of cells, and over time.
//!
//! The rows of a square are added in bit slices, 64 columns at a time; only these sums are spelt out.

use rayon::prelude::*;

use super::gas::Gas;
use crate::automata::life::grid::PARTS;
use world::widest;

/// Most coarse cells; a finer grain is raised.
pub const MOST: usize = 1 << 22;

/// A mean below this is none, so that a gas that fades never gets to subnormal numbers.
const LEAST: f32 = 1e-9;

/// Particles per place of each plane, coarse cell by coarse cell. Those in solid cells are not seen.
#[derive(Clone, Debug)]
pub struct Coarse {
    width: usize,
    height: usize,
    planes: usize,
    /// Row after row, each with its planes.
    means: Vec<f32>,
    /// Whether there are means to blend with.
    begun: bool,
}

/// The least grain from `grain` on that does not make too many coarse cells.
pub fn allowed_grain((width, height): (usize, usize), grain: usize) -> usize {
    let count = |g: usize| (width / g).max(1) * (height / g).max(1);
    (grain.max(1)..).find(|g| count(*g) <= MOST).unwrap_or(grain)
}

impl Coarse {
    /// Nothing measured yet: squares of `grain` cells a side, or a little more where the sides are not multiples of it.
    pub fn new(gas: &Gas, grain: usize) -> Self {
        let (w, h) = gas.size();
        Self::sized(gas, ((w / grain).max(1), (h / grain).max(1)))
    }

    /// Nothing measured yet: so many coarse cells, no more than there are cells.
    pub fn sized(gas: &Gas, (width, height): (usize, usize)) -> Self {
        let planes = gas.model().planes();
        Self { width, height, planes, means: vec![0.0; width * height * planes], begun: false }
    }

    /// (width, height) in coarse cells.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Number of planes.
    pub fn planes(&self) -> usize {
        self.planes
    }

    /// Particles per place of a plane, along a coarse row.
    pub fn row(&self, plane: usize, y: usize) -> &[f32] {
        &self.means[(y * self.planes + plane) * self.width..][..self.width]
    }

    /// Measures a gas, and blends the result with what was measured before: a share of 1 / `average`.
    pub fn measure(&mut self, gas: &Gas, average: f32) {
        let (w, h) = gas.size();
        let share = if self.begun { 1.0 / average.max(1.0) } else { 1.0 };
        self.begun = true;
        let (width, height, planes) = (self.width, self.height, self.planes);
        let columns: Vec<u32> = (0..w).map(|x| (x * width / w) as u32).collect();
        let start = |i: usize, n: usize, all: usize| (i * all).div_ceil(n);
        let cells: Vec<f32> =
            (0..width).map(|x| (start(x + 1, width, w) - start(x, width, w)) as f32).collect();
        self.means.par_chunks_mut(width * planes).enumerate().for_each_init(
            || Counters::new(gas),
            |counters, (y, means)| {
                let rows = start(y, height, h)..start(y + 1, height, h);
                for (plane, means) in means.chunks_exact_mut(width).enumerate() {
                    let sums = counters.sums(gas, plane, rows.clone(), &columns, width);
                    for ((mean, sum), cells) in means.iter_mut().zip(sums).zip(&cells) {
                        let now = *sum as f32 / (cells * rows.len() as f32);
                        let blended = *mean + share * (now - *mean);
                        *mean = if blended < LEAST { 0.0 } else { blended };
                    }
                }
            },
        );
    }
}

/// Bit-sliced counters of the particles in each column.
struct Counters {
    /// From the lowest bit on.
    bits: Vec<Vec<u64>>,
    carry: Vec<u64>,
    sums: Vec<u32>,
}

impl Counters {
    fn new(gas: &Gas) -> Self {
        Self { bits: Vec::new(), carry: vec![0; gas.layout().stride * PARTS], sums: Vec::new() }
    }

    /// Particles of a plane in some rows, by coarse columns.
    fn sums(
        &mut self,
        gas: &Gas,
        plane: usize,
        rows: core::ops::Range<usize>,
        columns: &[u32],
        width: usize,
    ) -> &[u32] {
        let n = self.carry.len();
        let mut used = 0;
        for (i, y) in rows.enumerate() {
            let levels = (usize::BITS - (i + 1).leading_zeros()) as usize;
            if self.bits.len() < levels {
                self.bits.push(vec![0; n]);
            }
            self.bits[used..levels].iter_mut().for_each(|b| b.fill(0));
            used = levels;
            let solid = gas.walls().solid().row(y);
            self.carry.copy_from_slice(gas.plane(plane, y));
            self.carry.iter_mut().zip(solid).for_each(|(carry, solid)| *carry &= !solid);
            self.bits[..levels].iter_mut().for_each(|bits| add(bits, &mut self.carry));
        }
        self.sums.clear();
        self.sums.resize(width, 0);
        let stride = gas.layout().stride;
        let mut spelt = [0; 64];
        for i in 0..n {
            let first = i % PARTS * 64 * stride + i / PARTS;
            if first >= columns.len() {
                continue;
            }
            spell(&self.bits[..used], i, &mut spelt);
            let targets = columns[first..].iter().step_by(stride);
            targets.zip(&spelt).for_each(|(to, count)| self.sums[*to as usize] += count);
        }
        &self.sums
    }
}

widest! {
    /// Adds one bit per column to a bit of the counters; what is left is carried.
    fn add(bits: &mut [u64], carry: &mut [u64]) {
        for (bit, carry) in bits.iter_mut().zip(carry) {
            (*bit, *carry) = (*bit ^ *carry, *bit & *carry);
        }
    }
}

widest! {
    /// The 64 counters of word `i` as numbers.
    fn spell(bits: &[Vec<u64>], i: usize, into: &mut [u32; 64]) {
        *into = [0; 64];
        for (level, bits) in bits.iter().enumerate() {
            let word = bits[i];
            let halves = [word as u32, (word >> 32) as u32];
            for (b, count) in into.iter_mut().enumerate() {
                *count += (halves[b / 32] >> (b % 32) & 1) << level;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::plain::random;
    use super::*;
    use crate::gas::lattice_gas::model::Model;

    #[test]
    fn means_are_those_of_counting_cell_by_cell() {
        for ((w, h), grain, seed) in
            [((64, 48), 8, 1), ((700, 61), 7, 2), ((1025, 40), 64, 3), ((5, 3), 8, 4), ((530, 20), 1, 5)]
        {
            let gas = random(Model::FhpTwo, (w, h), 0.4, seed);
            let mut coarse = Coarse::new(&gas, grain);
            coarse.measure(&gas, 1.0);
            let (cw, ch) = coarse.size();
            assert_eq!((cw, ch), ((w / grain).max(1), (h / grain).max(1)));
            let mut counts = vec![[0u32; 8]; cw * ch];
            for (x, y) in (0..w * h).map(|c| (c % w, c / w)) {
                let at = &mut counts[y * ch / h * cw + x * cw / w];
                (0..7).for_each(|p| at[p] += (gas.cell(x, y) >> p & 1) as u32);
                at[7] += 1;
            }
            for (c, count) in counts.iter().enumerate() {
                for p in 0..7 {
                    assert_eq!(coarse.row(p, c / cw)[c % cw], count[p] as f32 / count[7] as f32);
                }
            }
        }
    }

    #[test]
    fn an_average_over_ticks_approaches_what_is_measured() {
        let gas = random(Model::Hpp, (64, 64), 1.0, 1);
        let mut coarse = Coarse::new(&gas, 64);
        coarse.measure(&random(Model::Hpp, (64, 64), 0.0, 1), 4.0);
        assert_eq!(coarse.row(0, 0), [0.0]);
        coarse.measure(&gas, 4.0);
        assert_eq!(coarse.row(0, 0), [0.25]);
        coarse.measure(&gas, 4.0);
        assert_eq!(coarse.row(0, 0), [0.4375]);
    }

    #[test]
    fn a_grain_too_fine_is_raised() {
        assert_eq!(allowed_grain((1024, 1024), 1), 1);
        assert_eq!(allowed_grain((4096, 4096), 1), 2);
        assert_eq!(allowed_grain((16384, 16384), 3), 8);
    }
}

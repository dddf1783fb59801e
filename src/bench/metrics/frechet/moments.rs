//! Mean and covariance of a set.

use crate::metrics::linear::Symmetric;
use crate::metrics::product::{Columns, Pairs, ROWS, walk};
use crate::metrics::{SampleMatrix, Samples};

/// Bytes of samples whose products are summed at a time.
const PART: usize = 64 << 20;
/// Most samples whose products are summed at a time, and fewest.
const SAMPLES: [usize; 2] = [4096, 256];

/// Mean and covariance. The products of all samples are summed in one order, whatever threads and vectors there are;
/// sets are merged after Chan, Golub and LeVeque (1983).
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    pub(super) rows: usize,
    pub(super) mean: Vec<f64>,
    /// Σ (x − mean)(x − mean)ᵀ.
    pub(super) scatter: Vec<f64>,
}

impl Moments {
    /// Moments of all samples of a table.
    pub fn of(table: &SampleMatrix) -> Self {
        Self::of_samples(table.into())
    }

    pub(crate) fn of_samples(samples: Samples) -> Self {
        let (rows, d) = (samples.rows(), samples.columns());
        let (mean, mut scatter) = (samples.mean(), vec![0.0; d * d]);
        let part = samples_at_once(d);
        for from in (0..rows).step_by(part) {
            let factor = Columns { samples, stretch: from..rows.min(from + part), centre: &mean };
            let mut blocks: Vec<&mut [f64]> = scatter.chunks_mut(ROWS * d).collect();
            walk::<f64, _>(&factor, &factor, Pairs::Below, &mut blocks, |lines, tile| {
                let [size, width] = tile.size;
                for (i, line) in lines.chunks_exact_mut(d).enumerate().take(size) {
                    let sums = line[tile.first[1]..][..width].iter_mut();
                    sums.zip(tile.row(i)).for_each(|(s, v)| *s += v);
                }
            });
        }
        for i in 0..d {
            for j in 0..i {
                scatter[j * d + i] = scatter[i * d + j];
            }
        }
        Self { rows, mean, scatter }
    }

    /// The moments of the union of both sets.
    pub fn merge(mut self, other: Self) -> Self {
        let (n, m) = (self.rows as f64, other.rows as f64);
        let total = (n + m).max(1.0);
        let apart: Vec<f64> = other.mean.iter().zip(&self.mean).map(|(b, a)| b - a).collect();
        let d = apart.len();
        for (i, line) in self.scatter.chunks_exact_mut(d).enumerate() {
            for (j, s) in line.iter_mut().enumerate() {
                *s += other.scatter[i * d + j] + apart[i] * apart[j] * n * m / total;
            }
        }
        self.mean.iter_mut().zip(&apart).for_each(|(a, d)| *a += d * m / total);
        self.rows += other.rows;
        self
    }

    /// The mean.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The unbiased covariance (divisor n − 1).
    pub fn covariance(&self) -> Symmetric {
        let by = (self.rows.max(2) - 1) as f64;
        Symmetric { size: self.mean.len(), values: self.scatter.iter().map(|s| s / by).collect() }
    }
}

/// Samples of so many columns whose products are summed at a time.
fn samples_at_once(columns: usize) -> usize {
    let [most, fewest] = SAMPLES;
    (PART / (8 * columns.max(1))).clamp(fewest, most) / fewest * fewest
}

/// Bytes that the moments of so many samples take while they are computed, and afterwards.
pub(crate) fn bytes(rows: usize, columns: usize, threads: usize) -> u64 {
    let depth = samples_at_once(columns).min(rows);
    8 * (columns as u64).saturating_pow(2)
        + crate::metrics::product::bytes::<f64>([columns; 2], depth, threads)
}

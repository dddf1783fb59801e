//! The distance from the products of samples, which is cheaper if they have more columns than there are samples.

use super::statistics::NAME;
use crate::metrics::linear::{NuclearShares, fits, nuclear_norm, square_distance};
use crate::metrics::product::{Pairs, ROWS, Rows, walk};
use crate::metrics::{MetricError, Samples};

/// Whether products of samples are cheaper than moments.
pub(crate) fn are_fewer([reference, candidate]: [Samples; 2]) -> bool {
    reference.columns() > reference.rows() + candidate.rows()
}

/// What the distance is made of. With A and B the centred samples over √(n − 1), tr √(Σ₁Σ₂) is the sum of the singular
/// values of A·Bᵀ.
pub(super) struct Products {
    pub means: [Vec<f64>; 2],
    /// |m₁ − m₂|² + tr Σ₁ + tr Σ₂.
    pub without_root: f64,
    sizes: [usize; 2],
    /// A·Bᵀ, row-major.
    values: Vec<f64>,
}

impl Products {
    pub fn of(sets: [Samples; 2]) -> Result<Self, MetricError> {
        let sizes = sets.map(|s| s.rows());
        let [n, m] = sizes;
        fits(n, m, NAME)?;
        let means = sets.map(|s| s.mean());
        let [a, b] = [0, 1].map(|s: usize| Rows::centred(sets[s], &means[s]));
        let mut values = vec![0.0; n * m];
        let scale = 1.0 / ((n - 1) as f64).sqrt() / ((m - 1) as f64).sqrt();
        let mut blocks: Vec<&mut [f64]> = values.chunks_mut(ROWS * m).collect();
        walk::<f64, _>(&a, &b, Pairs::All, &mut blocks, |lines, tile| {
            let [size, width] = tile.size;
            for (i, line) in lines.chunks_exact_mut(m).enumerate().take(size) {
                let to = line[tile.first[1]..][..width].iter_mut();
                to.zip(tile.row(i)).for_each(|(to, v)| *to = v * scale);
            }
        });
        let trace = |s: usize| -> f64 {
            let squares = (0..sizes[s]).map(|i| square_distance(sets[s].row(i), &means[s]));
            squares.sum::<f64>() / (sizes[s] - 1) as f64
        };
        let without_root = square_distance(&means[0], &means[1]) + trace(0) + trace(1);
        Ok(Self { means, without_root, sizes, values })
    }

    /// The distance.
    pub fn distance(&self) -> Result<f64, MetricError> {
        let [n, m] = self.sizes;
        Ok(self.without_root - 2.0 * nuclear_norm(n, m, |i, j| self.values[i * m + j], NAME)?)
    }

    /// The distance, and xᵀGx for each centred sample of both sets, where G is twice the derivative of the root's trace
    /// by the covariance of its set.
    pub fn distance_and_squares(&self) -> Result<(f64, [Vec<f64>; 2]), MetricError> {
        let [n, m] = self.sizes;
        let mut shares = NuclearShares::of(n, m, |i, j| self.values[i * m + j], NAME)?;
        shares.rows.iter_mut().for_each(|s| *s *= (n - 1) as f64);
        shares.columns.iter_mut().for_each(|s| *s *= (m - 1) as f64);
        Ok((self.without_root - 2.0 * shares.norm, [shares.rows, shares.columns]))
    }
}

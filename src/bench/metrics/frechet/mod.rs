//! Fréchet distance between Gaussians fitted to two sets of features (Fréchet 1957; Heusel et al. 2017, there on
//! Inception features).

mod influence;
mod moments;
mod samples;
mod statistics;
#[cfg(test)]
mod tests;

use super::linear::fits;
use super::{MetricError, SampleMatrix, Samples, both};
pub use influence::{Influences, KnownSet, estimate, influences};
pub use moments::Moments;
pub(crate) use moments::bytes;
use samples::Products;
pub(crate) use samples::are_fewer;
use statistics::NAME;
pub use statistics::Statistics;

/// |m₁ − m₂|² + tr Σ₁ + tr Σ₂ − 2 tr √(Σ₁Σ₂); 0 for sets with the same moments, biased to about d²/2N + 2d/N for two
/// sets of N samples of one distribution.
///
/// # Errors
/// Fewer than two samples, different numbers of columns, or so many of both that a matrix would exceed
/// [`limits::ARRAY`](world::limits::ARRAY).
pub fn frechet(reference: &SampleMatrix, candidate: &SampleMatrix) -> Result<f64, MetricError> {
    of_samples([reference.into(), candidate.into()])
}

/// The distance of two sets of samples.
pub(crate) fn of_samples(sets: [Samples; 2]) -> Result<f64, MetricError> {
    both(NAME, sets[0], sets[1], 2)?;
    // With more columns than samples, the square root of the samples' Gram matrix is cheaper.
    if are_fewer(sets) {
        return Products::of(sets)?.distance();
    }
    fits(sets[0].columns(), sets[0].columns(), NAME)?;
    let [reference, candidate] = sets.map(Moments::of_samples);
    between(&reference, &candidate)
}

/// The same from precomputed moments.
///
/// # Errors
/// The eigendecomposition does not converge.
pub fn between(reference: &Moments, candidate: &Moments) -> Result<f64, MetricError> {
    Statistics::from(reference).distance(&Statistics::from(candidate))
}

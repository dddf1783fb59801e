//! What can be measured of a set of samples, or of two: `reference` (what is aimed at) and `candidate` (what is
//! judged) everywhere, since swapping them swaps precision and recall.
//!
//! All in f64. Sums run in an order that no thread count changes.

pub mod catalogue;
pub mod diversity;
mod error;
mod fourier;
pub mod frechet;
pub mod gas;
pub mod histogram;
pub mod image;
pub mod interval;
pub mod kernel;
pub mod linear;
pub mod neighbours;
pub mod novelty;
#[cfg(test)]
mod published;
mod table;
#[cfg(test)]
mod testing;
pub mod transport;

pub use error::MetricError;
pub use table::SampleMatrix;

/// The mean; 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Both sets must have `least` samples and be of equal columns.
fn both(
    metric: &'static str,
    reference: &SampleMatrix,
    candidate: &SampleMatrix,
    least: usize,
) -> Result<(), MetricError> {
    for (table, what) in [(reference, "the reference"), (candidate, "the candidate")] {
        if table.rows() < least {
            return Err(MetricError::TooFew { metric, what: what.into(), least, found: table.rows() });
        }
    }
    if reference.columns() != candidate.columns() {
        let say = |t: &SampleMatrix| format!("{} numbers a sample", t.columns());
        return Err(MetricError::Unlike { metric, expected: say(reference), found: say(candidate) });
    }
    Ok(())
}

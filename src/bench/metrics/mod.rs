//! Metrics of one set of samples or of two, always a `reference` set and a `candidate` set to evaluate against it,
//! since swapping them swaps precision and recall.
//!
//! All in f64. The order of summation does not depend on the thread count.

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

/// The mean; 0 for an empty slice.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Checks that both sets have at least `least` samples and the same number of columns.
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
        let say = |t: &SampleMatrix| format!("{} values per sample", t.columns());
        return Err(MetricError::Unlike { metric, expected: say(reference), found: say(candidate) });
    }
    Ok(())
}

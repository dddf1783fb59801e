//! Metrics of one set of samples or of two, always a `reference` set and a `candidate` set to evaluate against it,
//! since swapping them swaps precision and recall.
//!
//! All in f64; products in single precision only sort out which pairs of samples to compare. The order of summation does
//! not depend on the thread count.

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
pub mod motion;
pub mod neighbours;
pub mod novelty;
mod product;
#[cfg(test)]
mod published;
mod table;
#[cfg(test)]
pub(crate) mod testing;
pub mod transport;

pub use error::MetricError;
pub use table::SampleMatrix;
pub(crate) use table::Samples;

/// The mean; 0 for an empty slice.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Checks that both sets have at least `least` samples and the same number of columns.
fn both<'a>(
    metric: &'static str,
    reference: impl Into<Samples<'a>>,
    candidate: impl Into<Samples<'a>>,
    least: usize,
) -> Result<(), MetricError> {
    let (reference, candidate) = (reference.into(), candidate.into());
    for (table, what) in [(reference, "the reference"), (candidate, "the candidate")] {
        if table.rows() < least {
            return Err(MetricError::TooFew { metric, what: what.into(), least, found: table.rows() });
        }
    }
    if reference.columns() != candidate.columns() {
        let say = |t: Samples| format!("{} values per sample", t.columns());
        return Err(MetricError::Unlike { metric, expected: say(reference), found: say(candidate) });
    }
    Ok(())
}

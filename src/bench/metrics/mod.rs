//! What can be measured of a set of samples, or of two: `reference` (what is aimed at) and `candidate` (what is
//! judged) everywhere, since swapping them swaps precision and recall.
//!
//! All in f64. Sums run in an order that no thread count changes.

mod error;
pub mod image;
mod table;

pub use error::MetricError;
pub use table::Table;

//! Comparison of generators: the same seeds, feature extractor and metrics against one reference, and the cost of
//! each. A generator that fails half-way is marked as partial; the others are still reported.
//!
//! [`sampling`] draws pictures, [`features`] extracts their features, [`measure`] computes the metrics, [`motion`] runs
//! clips, [`films`] holds them against the reference's, and [`physics`] measures what flows; [`opponents`] are trivial generators, which form a [`scale`] of anchors, and learned generators are held
//! against them ([`beating`]); [`eye`] checks the feature extractor itself; [`page`] and [`export`] write the results.

mod anchors;
mod base;
pub mod beating;
pub mod export;
pub mod eye;
pub mod features;
pub mod films;
pub mod measure;
pub mod motion;
pub mod opponents;
pub mod page;
pub mod physics;
pub mod prices;
mod progress;
mod rate;
pub mod report;
mod run;
pub mod sampling;
pub mod scale;
pub mod seeds;
mod setup;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod verdict;

pub use progress::ProgressObserver;
pub use report::{Comparison, GeneratorReport};
pub use run::compare;
pub use setup::{ComparisonSets, ComparisonSetup};

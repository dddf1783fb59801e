//! Open-set recognition: whether a picture is of any process that the judge was trained on.
//!
//! A classifier is confident far from its data. What gives foreign pictures away are the statistics of its layers, early
//! ones included (Lee et al. 2018): [`OpenSet`] holds a Gaussian of them for each known class and, beside these, a
//! mixture of Gaussians for outliers (outlier exposure: Hendrycks, Mazeika and Dietterich 2019), and compares densities.
//! [`scores`] has other scores of the literature, which [`report`] holds beside it.

mod density;
pub mod detector;
#[cfg(feature = "judge")]
mod exposure;
#[cfg(feature = "judge")]
pub mod fit;
#[cfg(feature = "judge")]
mod replay;
pub mod report;
pub mod scores;

pub use detector::{OpenSet, OpenSetHeader};
#[cfg(feature = "judge")]
pub use exposure::{Outliers, observed};

//! Nearest-neighbour metrics: precision and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al.
//! 2020), and memorisation of the training set.
//!
//! The neighbours of a set are found once and serve every comparison of that set, and every half-sample of it for
//! intervals. Pairs are sorted out by matrix products and settled by direct distances, so that the results are those of
//! comparing all pairs. Where samples form tight clusters far from each other (or repeat), most distances within a
//! cluster are computed directly, which takes longer and gives the same.

mod bounds;
mod halves;
mod lists;
mod nearest;
#[cfg(test)]
mod tests;
mod within;

pub(crate) use halves::Halves;
pub(crate) use lists::Neighbours;
pub use nearest::{memorisation, nearest};
pub use within::NeighbourStats;
pub(crate) use within::{Listed, within};

use super::{MetricError, SampleMatrix, Samples, both};

/// Default k of the k-nearest-neighbour manifold.
pub const NEIGHBOURS: usize = 5;

/// Precision, recall, density and coverage per sample. The neighbourhood of a sample is the open ball out to its k-th
/// nearest neighbour in its own set; the manifold of a set is the union of its neighbourhoods.
///
/// # Errors
/// Either set has at most k samples, or the numbers of columns differ.
pub fn neighbour_stats(
    reference: &SampleMatrix,
    candidate: &SampleMatrix,
    k: usize,
) -> Result<NeighbourStats, MetricError> {
    of_samples([reference.into(), candidate.into()], k)
}

/// The same for samples of matrices.
pub(crate) fn of_samples(sets: [Samples; 2], k: usize) -> Result<NeighbourStats, MetricError> {
    fit(sets, k)?;
    let k = k.max(1);
    let [real, made] = sets.map(|s| Neighbours::of(s, k));
    let listed =
        [Listed { samples: sets[0], neighbours: &real }, Listed { samples: sets[1], neighbours: &made }];
    Ok(within(listed, k, None).0)
}

/// Checks that both sets have more than k samples and the same number of columns.
pub(crate) fn fit([reference, candidate]: [Samples; 2], k: usize) -> Result<(), MetricError> {
    both("precision, recall, density and coverage", reference, candidate, k.max(1) + 1)
}

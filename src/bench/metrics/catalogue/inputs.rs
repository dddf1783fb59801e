//! Inputs of the metrics.

use crate::metrics::SampleMatrix;
use crate::metrics::image::Grey;
use crate::metrics::neighbours::NEIGHBOURS;

/// Grey pictures, with their classes if they have any.
#[derive(Clone, Debug, Default)]
pub struct GreyImages {
    /// The pictures.
    pub pictures: Vec<Grey>,
    /// Class of each; empty if there are none.
    pub labels: Vec<usize>,
    /// Class names, including classes without pictures; empty if there are none.
    pub classes: Vec<String>,
}

/// Inputs of the metrics.
pub struct MetricInputs<'a> {
    /// The reference set.
    pub reference: &'a SampleMatrix,
    /// The candidate set.
    pub candidate: &'a SampleMatrix,
    /// Held-out samples that the candidate's generator was not trained on; as many as `reference`, its training set.
    pub held_out: Option<&'a SampleMatrix>,
    /// Class probabilities of reference and candidate.
    pub probabilities: Option<[&'a SampleMatrix; 2]>,
    /// The pictures of reference and candidate.
    pub pictures: Option<[&'a GreyImages; 2]>,
    /// k of the k-nearest-neighbour manifold.
    pub k: usize,
    /// Histogram bins.
    pub bins: usize,
    /// Directions of the projections, a row each; drawn if not given.
    pub projections: Option<&'a SampleMatrix>,
    /// Random seed.
    pub seed: u64,
    /// Whether results have intervals, which take most of the time of some metrics.
    pub intervals: bool,
}

impl<'a> MetricInputs<'a> {
    /// Two sets of features with defaults: [`NEIGHBOURS`], 32 bins, seed 0, intervals, and nothing else.
    pub fn of(reference: &'a SampleMatrix, candidate: &'a SampleMatrix) -> Self {
        let (held_out, probabilities, pictures, projections) = (None, None, None, None);
        let (k, bins, seed, intervals) = (NEIGHBOURS, 32, 0, true);
        Self {
            reference,
            candidate,
            held_out,
            probabilities,
            pictures,
            k,
            bins,
            projections,
            seed,
            intervals,
        }
    }
}

//! Setup of a comparison.

use crate::generator::{Generator, SampleSpec};
use crate::metrics::catalogue::Metric;
use crate::sets::FeatureExtractor;

/// How generators are compared.
pub struct ComparisonSetup {
    /// The command that requested it.
    pub command: String,
    /// Samples of each generator.
    pub n: usize,
    /// Samples of the reference.
    pub reference_n: usize,
    /// The first seed.
    pub seed: u64,
    /// What generators are asked for; `frames` is the length of a clip.
    pub spec: SampleSpec,
    /// Clips of each generator.
    pub clips: usize,
    /// Frames after the first of the film, which continues the first clip; no more than those of a clip adds nothing.
    pub film: usize,
    /// Feature extractor.
    pub extractor: FeatureExtractor,
    /// The metrics to compute, and whether they were requested by name.
    pub metrics: (Vec<&'static Metric>, bool),
    /// k of the k-nearest-neighbour manifold.
    pub k: usize,
    /// Histogram bins.
    pub bins: usize,
    /// Whether trivial opponents are compared, too.
    pub opponents: bool,
    /// Power of a busy core where the processor's counters cannot be read, watts.
    pub watts: f64,
}

/// The sets of a comparison.
pub struct ComparisonSets<'a> {
    /// The reference set.
    pub reference: &'a dyn Generator,
    /// Training set of learned generators.
    pub train: Option<&'a dyn Generator>,
    /// The candidates.
    pub candidates: Vec<&'a dyn Generator>,
}

//! Results of the metrics.

use crate::metrics::interval::Estimate;

/// A value to compare a metric with.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Baseline {
    /// The value.
    pub value: f64,
    /// Samples in each set it was computed from.
    pub samples: [usize; 2],
}

/// Result of a metric.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct MetricResult {
    /// The value with its 95 % interval.
    #[serde(flatten)]
    pub figure: Estimate,
    /// Samples of reference and candidate it was computed from.
    pub samples: [usize; 2],
    /// Noise floor: half of the reference against the other half.
    pub floor: Option<Baseline>,
    /// Ceiling: noise against the reference, each feature uniform over the reference's range.
    pub ceiling: Option<Baseline>,
    /// The reference's own value, for metrics of one set.
    pub of_reference: Option<f64>,
}

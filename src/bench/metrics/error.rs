//! Why a metric cannot be computed.

/// Why a metric has no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MetricError {
    /// Too few samples.
    #[error("{metric} needs at least {least} samples of {what}, found {found}")]
    TooFew {
        /// The metric.
        metric: &'static str,
        /// Which samples.
        what: String,
        /// How many it needs.
        least: usize,
        /// How many there are.
        found: usize,
    },
    /// Two inputs whose sizes should match.
    #[error("{metric}: expected {expected}, found {found}")]
    Unlike {
        /// The metric.
        metric: &'static str,
        /// Size of the first.
        expected: String,
        /// Size of the second.
        found: String,
    },
    /// Values for which the metric is undefined (NaN, constant).
    #[error("{metric}: {why}")]
    Unfit {
        /// The metric.
        metric: &'static str,
        /// What is wrong with them.
        why: String,
    },
}

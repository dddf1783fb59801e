//! What a metric cannot be taken of.

/// Why there is no figure.
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
    /// Two things that should be of one size.
    #[error("{metric}: expected {expected}, found {found}")]
    Unlike {
        /// The metric.
        metric: &'static str,
        /// What the first has.
        expected: String,
        /// What the second has.
        found: String,
    },
    /// Values that no figure can be taken of (NaN, all the same).
    #[error("{metric}: {why}")]
    Unfit {
        /// The metric.
        metric: &'static str,
        /// What is wrong with them.
        why: String,
    },
}

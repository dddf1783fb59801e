//! A metric: its name, its domain and its estimator.

use super::inputs::MetricInputs;
use super::result::MetricResult;
use crate::metrics::MetricError;
use crate::metrics::neighbours::NeighbourStats;

/// Optimisation direction of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Towards zero.
    Less,
    /// Upwards.
    More,
    /// Towards the reference's own value.
    LikeReference,
    /// Towards one half.
    Half,
}

impl Direction {
    /// For reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::Less => "lower is better",
            Self::More => "higher is better",
            Self::LikeReference => "closer to the reference is better",
            Self::Half => "closer to ½ is better",
        }
    }
}

/// What a metric is computed from; if that is unusable, other metrics can still be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricDomain {
    /// Features.
    Features,
    /// Class probabilities.
    Classes,
    /// The pictures themselves.
    Pictures,
}

/// One metric.
pub struct Metric {
    /// Its name on the command line.
    pub name: &'static str,
    /// One sentence, with the source.
    pub about: &'static str,
    /// Optimisation direction.
    pub better: Direction,
    /// What it is computed from.
    pub of: MetricDomain,
    /// Whether the inputs include what it needs.
    pub applies: fn(&MetricInputs) -> bool,
    pub(super) estimator: Estimator,
}

/// How a metric is computed.
pub(super) enum Estimator {
    /// Directly.
    Direct(fn(&MetricInputs) -> Result<MetricResult, MetricError>),
    /// From nearest neighbours, which are computed once for all metrics that need them.
    Neighbours(fn(&NeighbourStats) -> &Vec<f64>),
}

//! Results of a forecast.

use super::rival::Rival;
use super::setup::ForecastSetup;
use crate::metrics::MetricError;
use crate::metrics::catalogue::MetricResult;
use crate::metrics::motion::Rollout;
use crate::metrics::motion::catalogue::{MotionCurves, NamedResult};

/// Results for one rival.
pub struct RivalReport {
    /// The rival and its roll-outs.
    pub rival: Rival,
    /// Its metrics.
    pub results: Result<Vec<NamedResult>, MetricError>,
    /// Its curves.
    pub curves: Result<MotionCurves, MetricError>,
}

/// Results of a forecast.
pub struct Forecast {
    /// Its setup.
    pub setup: ForecastSetup,
    /// The scene and what is recorded of it.
    pub about: String,
    /// The rule itself.
    pub truth: Vec<Rollout>,
    /// CPU time of a frame of the rule, milliseconds.
    pub truth_ms: f64,
    /// The learned world first, then what needs no learning.
    pub reports: Vec<RivalReport>,
    /// What could not take part, and why.
    pub notes: Vec<String>,
}

impl RivalReport {
    /// The result of a metric, if there is one.
    pub fn result(&self, name: &str) -> Option<&MetricResult> {
        let all = self.results.as_ref().ok()?;
        all.iter().find(|r| r.name == name)?.result.as_ref().ok()
    }
}

//! Physical figures of flows.

use crate::generator::FlowSource;
use crate::metrics::MetricError;
use crate::metrics::catalogue::MetricResult;
use crate::metrics::gas::catalogue::GasMetric;

/// Physical figures of flows.
#[derive(Default)]
pub struct Physics {
    /// The reference's flow; `None` if nothing flows in it.
    pub source: Option<FlowSource>,
    /// Cells across and down on which all flows are measured.
    pub size: (usize, usize),
    /// The rows, candidates first.
    pub rows: Vec<Row>,
    /// Who could not be measured, and why.
    pub notes: Vec<String>,
}

/// The figures of one flow.
pub struct Row {
    /// Who it is of.
    pub name: String,
    /// Which candidate it is of.
    pub candidate: Option<usize>,
    /// Its flow.
    pub source: FlowSource,
    /// Its metrics.
    pub results: Vec<(&'static GasMetric, Result<MetricResult, MetricError>)>,
}

//! Setup of a forecast.

use std::ops::Range;

use crate::generator::GeneratorError;
use crate::metrics::MetricError;
use crate::metrics::motion::catalogue::MotionSetup;
use crate::metrics::motion::{Layout, Rollout};
use learn::dynamics::Trajectory;

/// What is forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastSetup {
    /// Seeds of the worlds, which training did not see.
    pub seeds: Range<u64>,
    /// Frames after the start.
    pub frames: usize,
    /// Frames before the start that a rival may see.
    pub history: usize,
    /// Ticks before the first frame. Coarser rules can only start with the world itself, so they take part at 0.
    pub warm_up: u64,
    /// How the roll-outs are compared.
    pub motion: MotionSetup,
    /// The command, for the page.
    pub command: String,
}

/// Why there is no forecast.
#[derive(Debug, thiserror::Error)]
pub enum ForecastError {
    /// The scene cannot be run.
    #[error(transparent)]
    Scene(#[from] GeneratorError),
    /// The roll-outs cannot be compared.
    #[error(transparent)]
    Metric(#[from] MetricError),
}

/// What the planes of a learned world are.
pub fn layout(spec: &learn::dynamics::WorldSpec) -> Layout {
    let named = |end: &str| spec.state.iter().position(|n| n.ends_with(end));
    Layout {
        width: spec.width,
        height: spec.height,
        channels: spec.state.len(),
        periodic: [spec.periodic[1], spec.periodic[0]],
        velocity: named(".x").zip(named(".y")).map(|(x, y)| [x, y]),
        density: named(".density"),
        discrete: false,
    }
}

/// The roll-out of recorded frames from the newest frame of the past on.
pub fn rollout(layout: &Layout, world: &Trajectory, setup: &ForecastSetup) -> Result<Rollout, MetricError> {
    let from = setup.history - 1;
    let frames = world.frames[from..=from + setup.frames].iter().map(|m| m.state.clone()).collect();
    Rollout::new(layout.clone(), frames)
}

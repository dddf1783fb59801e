//! Measurements of a run.

use super::observed::Ranges;
use super::times::Times;

/// What a scene costs, and its values.
pub struct Measured {
    /// Time of each part.
    pub times: Times,
    /// Values of outputs and readouts.
    pub ranges: Ranges,
    /// Threads that the worlds used.
    pub threads: usize,
    /// Ticks run.
    pub ticks: u64,
}

//! What the curator remembers from tick to tick.

/// State of the curator: since when its signal has been low, and how often it has acted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CuratorState {
    /// Seconds of the clock since when.
    pub since: Option<f64>,
    /// How often it has acted.
    pub acts: u64,
    /// Whether it has requested the next scene.
    pub wants_next: bool,
}

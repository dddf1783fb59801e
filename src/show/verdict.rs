//! The judge's verdict, as panels read it.

/// A verdict of the judge, and its age.
#[derive(Clone, Debug, Default)]
pub struct VerdictState {
    /// Best classes first: (name, probability).
    pub top: Vec<(String, f32)>,
    /// Calibrated probability of the best class.
    pub confidence: f32,
    /// Whether the sample is out of distribution or uncertain.
    pub unsure: bool,
    /// Distance from what it has seen lately, 0..1.
    pub novelty: f32,
    /// Seconds since the picture it classifies.
    pub age: f32,
    /// Verdicts per second.
    pub rate: f32,
}

//! Settings of Adam and its kin.

/// Settings of those that keep the two moments of a gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Decay of either mean per step.
    pub betas: [f64; 2],
    /// Added to the root of the second.
    pub epsilon: f64,
    /// Whether the greatest second moment so far is used (Reddi et al. 2018).
    pub amsgrad: bool,
}

impl Default for Moments {
    fn default() -> Self {
        Self { betas: [0.9, 0.999], epsilon: 1e-8, amsgrad: false }
    }
}

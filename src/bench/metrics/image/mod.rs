//! Measures of single pictures and of pairs.

/// A grey picture, row after row, top row first; values as they are in the file (0..255 for 8 bits).
#[derive(Clone, Debug, PartialEq)]
pub struct Grey {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// `width · height` values.
    pub values: Vec<f64>,
}

//! A frame of a data set before it is written.

use crate::data::dataset::{Origin, Truth};

/// A reduced frame with its provenance.
pub struct LabelledFrame {
    /// Its pixels.
    pub picture: Vec<u8>,
    /// Where it comes from.
    pub origin: Origin,
    /// What is true of its pixels, if that was asked.
    pub truth: Option<Truth>,
}

//! A picture with labels, as a step of a training sees it.

use data::dataset::LabelledBox;

/// A picture with what is true of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// RGB, row after row.
    pub picture: Vec<u8>,
    /// The class of each pixel.
    pub mask: Vec<u8>,
    /// The boxes of all bodies.
    pub boxes: Vec<LabelledBox>,
}

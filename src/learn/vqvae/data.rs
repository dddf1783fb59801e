//! Sizes that follow from the pictures and the settings.

use super::Settings;
use crate::ImageShape;
use crate::net::transformer;

/// Sizes of the autoencoder and its prior.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VqVaeConfig {
    /// Shape of the pictures.
    pub shape: ImageShape,
    /// Dimensions of a codebook vector.
    pub embedding: usize,
    /// Channels at a quarter, half and the whole of the side.
    pub widths: [usize; 3],
    /// Of the prior: the codes, row after row, are its symbols.
    pub prior: transformer::TransformerConfig,
}

impl VqVaeConfig {
    /// For pictures of a shape, in classes.
    pub fn of(s: &Settings, shape: ImageShape, classes: usize) -> Self {
        let width = s.width as usize;
        let prior = transformer::TransformerConfig {
            symbols: s.codes as usize,
            places: (shape.side / 4) * (shape.side / 4),
            classes,
            layers: s.layers as usize,
            heads: s.heads as usize,
            head: s.head as usize,
        };
        let widths = [width, (width / 2).max(1), (width / 4).max(1)];
        Self { shape, embedding: s.embedding as usize, widths, prior }
    }
    /// Side of the grid of codes.
    pub fn small(&self) -> usize {
        self.shape.side / 4
    }
    /// Codes of a picture.
    pub fn places(&self) -> usize {
        self.prior.places
    }
}

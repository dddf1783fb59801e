//! Sizes that follow from the pictures and the settings.

use super::Settings;
use crate::ImageShape;

/// Sizes of both networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaeConfig {
    /// Shape of the pictures.
    pub shape: ImageShape,
    /// Number of classes.
    pub classes: usize,
    /// Latent dimensions.
    pub latent: usize,
    /// Channels at a quarter, half and the whole of the side.
    pub widths: [usize; 3],
}

impl VaeConfig {
    /// For pictures of a shape, in classes.
    pub fn of(s: &Settings, shape: ImageShape, classes: usize) -> Self {
        let width = s.width as usize;
        Self {
            shape,
            classes,
            latent: s.latent as usize,
            widths: [width, (width / 2).max(1), (width / 4).max(1)],
        }
    }
    /// Side of the smallest planes.
    pub fn small(&self) -> usize {
        self.shape.side / 4
    }
    /// Values in the smallest planes.
    pub fn flat(&self) -> usize {
        self.widths[0] * self.small() * self.small()
    }
}

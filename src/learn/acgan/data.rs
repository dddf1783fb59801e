//! Sizes of both networks.

use super::Settings;
use crate::ImageShape;

/// Sizes of both networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcganConfig {
    /// Shape of the pictures.
    pub shape: ImageShape,
    /// Number of classes.
    pub classes: usize,
    /// Latent dimensions.
    pub latent: usize,
    /// Channels of the generator at each size, the smallest size first.
    pub widths: Vec<usize>,
}

impl AcganConfig {
    /// For pictures of a shape, in classes: three sizes, four from 48 pixels on.
    pub fn of(s: &Settings, shape: ImageShape, classes: usize) -> Self {
        let levels = if shape.side < 48 { 3 } else { 4 };
        let width = |level: usize| ((s.width as usize >> level) / 8 * 8).max(8);
        Self { shape, classes, latent: s.latent as usize, widths: (0..levels).map(width).collect() }
    }
    /// Pixels a side of the smallest planes.
    pub fn small(&self) -> usize {
        self.shape.side >> (self.widths.len() - 1)
    }
    /// Values in the generator's smallest planes.
    pub fn flat(&self) -> usize {
        self.widths[0] * self.small() * self.small()
    }
    /// Classes that condition the generator and that the discriminator predicts; 0 if there is only one.
    pub fn conditions(&self) -> usize {
        if self.classes > 1 { self.classes } else { 0 }
    }
    /// Channels of the discriminator at each halving, the largest size first, and of its last layer.
    pub fn discriminator_widths(&self) -> Vec<usize> {
        let halvings = self.widths[..self.widths.len() - 1].iter().rev();
        halvings.copied().chain([2 * self.widths[0]]).collect()
    }
}

//! Binary masks.

use super::Grey;
use super::grey::fills;
use crate::metrics::MetricError;

/// Which pixels are lit, row-major, top row first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    width: usize,
    height: usize,
    lit: Vec<bool>,
}

impl Mask {
    /// A mask from its row-major pixels.
    ///
    /// # Errors
    /// No pixels, or a number of them other than `width · height`.
    pub fn new(width: usize, height: usize, lit: Vec<bool>) -> Result<Self, MetricError> {
        fills("a mask", width, height, 1, lit.len())?;
        Ok(Self { width, height, lit })
    }

    /// A mask from pixels that are known to fill it; unchecked.
    pub(super) fn filled(width: usize, height: usize, lit: Vec<bool>) -> Self {
        debug_assert_eq!(lit.len(), width * height);
        Self { width, height, lit }
    }

    /// Threshold: lit where the 8-bit level is above `level`.
    pub fn above(picture: &Grey, level: u8) -> Self {
        let lit = picture.levels().iter().map(|&v| v > level).collect();
        Self::filled(picture.width(), picture.height(), lit)
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }
    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }
    /// All pixels, row-major.
    pub fn lit(&self) -> &[bool] {
        &self.lit
    }
    /// Number of lit pixels.
    pub fn count(&self) -> usize {
        self.lit.iter().filter(|&&lit| lit).count()
    }
    /// Whether the pixel at this position is lit; unlit outside.
    pub(super) fn at(&self, x: isize, y: isize) -> bool {
        let inside = (0..self.width as isize).contains(&x) && (0..self.height as isize).contains(&y);
        inside && self.lit[y as usize * self.width + x as usize]
    }
}

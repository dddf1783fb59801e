//! Lit and unlit pixels.

use super::Grey;
use super::grey::fills;
use crate::metrics::MetricError;

/// Which pixels are lit, row after row, top row first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    width: usize,
    height: usize,
    lit: Vec<bool>,
}

impl Mask {
    /// A mask from its pixels, row after row.
    ///
    /// # Errors
    /// No pixels, or another number of them than `width · height`.
    pub fn new(width: usize, height: usize, lit: Vec<bool>) -> Result<Self, MetricError> {
        fills("a mask", width, height, 1, lit.len())?;
        Ok(Self { width, height, lit })
    }

    /// Pixels that are known to fill the mask: no check.
    pub(super) fn filled(width: usize, height: usize, lit: Vec<bool>) -> Self {
        debug_assert_eq!(lit.len(), width * height);
        Self { width, height, lit }
    }

    /// The pixels whose 8-bit level is greater than this one.
    pub fn above(picture: &Grey, level: u8) -> Self {
        let lit = picture.levels().iter().map(|&v| v > level).collect();
        Self::filled(picture.width(), picture.height(), lit)
    }

    /// Pixels across.
    pub fn width(&self) -> usize {
        self.width
    }
    /// Pixels down.
    pub fn height(&self) -> usize {
        self.height
    }
    /// All pixels, row after row.
    pub fn lit(&self) -> &[bool] {
        &self.lit
    }
    /// How many are lit.
    pub fn count(&self) -> usize {
        self.lit.iter().filter(|&&lit| lit).count()
    }
    /// Whether the pixel at this place is lit; there is none outside.
    pub(super) fn at(&self, x: isize, y: isize) -> bool {
        let inside = (0..self.width as isize).contains(&x) && (0..self.height as isize).contains(&y);
        inside && self.lit[y as usize * self.width + x as usize]
    }
}

//! Fast style transfer (Johnson et al. 2016): a small network that learned to paint whatever it is shown in one style, in a
//! single pass.
//!
//! A picture goes through a quarter of its size and back: patches of 2 × 2 pixels, a convolution that halves them, residual
//! blocks, and patches again (Shi et al. 2016), each convolution after an instance normalisation (Ulyanov et al. 2016). What
//! comes out is added to the picture. It sees the picture with a grain of noise: where a picture is flat, nothing else
//! tells one pixel from the next, so that no texture could begin. [`network`] runs it, with the same bits on every machine; [`training`] teaches it by
//! the gradient of the [`perceptual`](super::perceptual) loss at what it paints.

#[cfg(feature = "judge")]
pub mod model;
pub mod network;
#[cfg(feature = "judge")]
pub mod pipeline;
#[cfg(feature = "judge")]
pub mod training;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use world::params;
use world::params::Params as _;
use world::rng::Rng;

/// Method in the headers of its files.
pub const METHOD: &str = "style";
/// Pixels a side of the cells in its middle; the sides of a picture are multiples of it.
pub const CELL: usize = 4;
/// Pixels a side of a patch.
pub const PATCH: usize = 2;

/// Pixels that are painted round a picture, mirrored at its edges, and cut off again: what the borders of layers do stays
/// outside of it.
pub const MARGIN: usize = 16;
/// Deviation of the grain.
const GRAIN: f32 = 0.2;

/// The grain of a pixel, grey.
pub fn grain(pixel: u64, rng: Rng) -> f32 {
    GRAIN * rng.normal(pixel)
}

params! {
    /// Settings of a network that paints in a style, and of its training.
    pub struct Settings {
        /// Channels of the middle.
        channels: u32 = 24 in 8..=64;
        /// Residual blocks in the middle.
        blocks: u32 = 3 in 1..=8;
        /// Channels of the patches on the way back.
        fine: u32 = 16 in 4..=64;
        /// Pixels a side of the parts of pictures that it learns from, a multiple of 8.
        side: u32 = 128 in 64..=256;
        /// How much the texture of the style counts.
        style: f64 = 10.0 in 0.0..=1000.0;
        /// How much its colours count.
        colour: f64 = 5.0 in 0.0..=1000.0;
        /// How much the content counts.
        content: f64 = 1.0 in 0.0..=1000.0;
        /// How much differences of neighbouring pixels count.
        smooth: f64 = 20.0 in 0.0..=1000.0;
        /// Decay per step of the moving average of the weights, which are kept.
        average: f64 = 0.995 in 0.0..=0.99999;
    }
}

impl Settings {
    /// Every setting by name, at its default.
    pub fn values() -> BTreeMap<String, f64> {
        Self::SPECS.iter().map(|s| (s.name.to_string(), s.default)).collect()
    }
}

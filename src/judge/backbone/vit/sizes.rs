//! Sizes of the vision transformer.

use crate::architecture::Architecture;
use crate::layer_options::{Activation, Global};
use learn::net::encoder::EncoderConfig;

/// Dimensions of a token.
pub const WIDTH: usize = 64;

/// Pixels a side of a patch.
pub fn patch(shape: &Architecture) -> usize {
    if shape.side < 48 { 4 } else { 8 }
}

/// Patches along a side.
pub fn across(shape: &Architecture) -> usize {
    shape.side.div_ceil(patch(shape))
}

/// How the tokens become features.
pub fn global(shape: &Architecture) -> Global {
    shape.layers.global.unwrap_or(Global::Mean)
}

/// Sizes of the encoder.
pub fn encoder(shape: &Architecture) -> EncoderConfig {
    let activation = shape.layers.activation.unwrap_or(Activation::Gelu);
    EncoderConfig { width: WIDTH, heads: 4, layers: 4, hidden: 4 * WIDTH, activation }
}

/// Values of a patch.
pub fn inputs(shape: &Architecture) -> usize {
    patch(shape) * patch(shape) * shape.channels
}

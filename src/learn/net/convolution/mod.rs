//! A convolution as implicit matrix products in registers ([`tile`]).

pub mod compute;
pub mod depthwise;
mod lanes;
pub mod tile;

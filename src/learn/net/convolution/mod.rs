//! A convolution as implicit matrix products in registers ([`tile`]).

pub mod compute;
mod lanes;
pub mod tile;

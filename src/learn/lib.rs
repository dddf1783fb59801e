//! Learning: generators trained from pictures.
//!
//! Each method has a folder with the same files: `mod` (its entry in the catalogue), `data` (sizes, or the form
//! it gives the pictures), `model` (the network in training), `training` (one step, validation), `inference` (a
//! [`Model`], which samples pictures). Inference runs on [`net`]: no library, the same bits everywhere. Training runs
//! on burn (feature `judge`) with kernels of this crate (`convolution`), except for methods that need neither. Reading
//! order: [`model`], [`methods`], [`training`], then one method.

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod acgan;
pub mod checkpoint;
pub mod data;
pub mod diffusion;
pub mod dynamics;
pub mod file;
pub mod gmm;
pub mod half;
pub mod header;
pub mod language;
pub mod method;
pub mod methods;
pub mod model;
pub mod nca;
pub mod net;
pub mod pipeline;
pub mod pixelwise;
pub mod sequential;
pub mod sheet;
pub mod store;
pub mod training;
pub mod unet;
pub mod vae;
pub mod vqvae;

#[cfg(feature = "judge")]
pub mod average;
#[cfg(feature = "judge")]
pub mod convolution;
#[cfg(feature = "judge")]
pub mod descent;
#[cfg(feature = "judge")]
pub mod glue;
#[cfg(feature = "judge")]
pub mod loss;
#[cfg(feature = "judge")]
pub mod modulation;
#[cfg(feature = "judge")]
pub mod optimiser;
#[cfg(test)]
pub mod trials;

pub use ::data::DataError as LearnError;
pub use file::File;
pub use model::{ImageShape, Model};

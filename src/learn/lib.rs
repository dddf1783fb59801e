//! Learning: generators trained from pictures.
//!
//! Each method has a folder with the same files: `data` (what it sees of the pictures), `model` (the network in
//! training), `training` (one step, validation), `inference` (a [`Model`] that answers an address with a picture). What
//! is read from a file runs on [`net`]: no library, the same bits everywhere; training (feature `judge`) is burn's, with
//! kernels of ours ([`convolution`]). Reading order: [`model`], [`methods`], [`training`], then one method.

pub mod acgan;
pub mod data;
pub mod diffusion;
pub mod file;
pub mod gmm;
pub mod methods;
pub mod model;
pub mod nca;
pub mod net;
pub mod sheet;
pub mod store;
pub mod vae;
pub mod vqvae;

#[cfg(feature = "judge")]
pub mod average;
#[cfg(feature = "judge")]
pub mod checkpoint;
#[cfg(feature = "judge")]
pub mod convolution;
#[cfg(feature = "judge")]
pub mod glue;
#[cfg(feature = "judge")]
pub mod lesson;
#[cfg(feature = "judge")]
pub mod modulation;
#[cfg(feature = "judge")]
pub mod training;
#[cfg(all(test, feature = "judge"))]
pub mod trials;

pub use ::data::DataError as LearnError;
pub use file::File;
pub use model::{Model, Shape};

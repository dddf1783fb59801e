//! A U-Net (Ronneberger et al. 2015) of residual blocks, each modulated by a conditioning vector (FiLM, Perez et al.
//! 2018); on the way up, skip connections add the activations of the same size.
//!
//! [`config`] has the sizes, [`network`] inference on plain slices, [`model`] the same network in training.

pub mod config;
#[cfg(feature = "judge")]
pub mod model;
pub mod network;

pub use config::UNetConfig;

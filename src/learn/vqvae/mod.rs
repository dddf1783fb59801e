//! Vector-quantised variational autoencoder (van den Oord, Vinyals and Kavukcuoglu 2017) with an autoregressive prior
//! over its codes: a small causal transformer (Vaswani et al. 2017), conditioned on the class.
//!
//! | | encoder | codes | decoder |
//! | --- | --- | --- | --- |
//! | 28 × 28 | 32 × 14 × 14 → 64 × 7 × 7 → 64 × 7 × 7 → 16 × 7 × 7 | 7 × 7 of 128 | 64 × 7 × 7 → 32 × 14 × 14 → 16 × 28 × 28 → picture |
//!
//! The first epochs train the autoencoder, the rest the prior over its frozen codes.

#[cfg(feature = "judge")]
pub mod codebook;
pub mod data;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
#[cfg(feature = "judge")]
pub mod prior;
mod settings;
#[cfg(feature = "judge")]
pub mod training;

use super::method::{Method, trained_by_burn};
use super::training::TrainingConfig;
pub use settings::Settings;
use world::params::Params;

/// The method.
pub const METHOD: Method = Method {
    name: "vqvae",
    about: "vector-quantised autoencoder with a causal transformer over its codes (van den Oord et al. 2017)",
    settings: Settings::SPECS,
    conditional: true,
    plan: TrainingConfig {
        epochs: 4,
        batch: 64,
        rate: 0.002,
        clip: 1.0,
        patience: 0,
        validation: 0.02,
        seed: 1,
    },
    small: &[&[("width", 8.0), ("codes", 8.0), ("layers", 1.0), ("heads", 1.0), ("head", 8.0)]],
    open: inference::open,
    backend: trained_by_burn!(training::trainer),
};

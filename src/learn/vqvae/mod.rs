//! Vector-quantised variational autoencoder (van den Oord, Vinyals and Kavukcuoglu 2017) with an autoregressive prior over
//! its codes: a small causal transformer (Vaswani et al. 2017) that is told the class.
//!
//! | | encoder | codes | decoder |
//! | --- | --- | --- | --- |
//! | 28 × 28 | 32 × 14 × 14 → 64 × 7 × 7 → 64 × 7 × 7 → 16 × 7 × 7 | 7 × 7 of 128 | 64 × 7 × 7 → 32 × 14 × 14 → 16 × 28 × 28 → picture |
//!
//! The first epochs train the autoencoder, the rest the prior over codes that stay as they are.

#[cfg(feature = "judge")]
pub mod codebook;
pub mod data;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
#[cfg(feature = "judge")]
pub mod prior;
#[cfg(feature = "judge")]
pub mod training;

use super::methods::{Method, taught_by_burn};
use super::training::TrainingConfig;
use world::params;
use world::params::Params;

params! {
    /// Settings of autoencoder and prior.
    pub struct Settings {
        /// Vectors in the codebook.
        codes: u32 = 128 in 2..=1024;
        /// Numbers in a vector of the codebook.
        embedding: u32 = 16 in 1..=128;
        /// Channels at a quarter of the side; half as many at a half, a quarter at the whole.
        width: u32 = 64 in 8..=256;
        /// Weight of the commitment loss, which holds the encoder to the codes it has chosen.
        commitment: f32 = 0.25 in 0.0..=10.0;
        /// Part of the epochs that train the autoencoder (at least one); the rest train the prior.
        autoencoder: f32 = 0.5 in 0.01..=0.99;
        /// Layers of the prior.
        layers: u32 = 3 in 1..=12;
        /// Heads of its attention.
        heads: u32 = 4 in 1..=16;
        /// Numbers in a head.
        head: u32 = 24 in 4..=64;
        /// What the prior's logits are divided by when codes are drawn: less is more usual, more is more various.
        temperature: f32 = 1.0 in 0.05..=2.0;
    }
}

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
    teaching: taught_by_burn!(training::learner),
};

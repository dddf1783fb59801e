//! Variational autoencoder (Kingma and Welling 2014; β of Higgins et al. 2017), convolutional, told the class on both
//! sides (Sohn, Lee and Yan 2015).
//!
//! | | encoder | decoder |
//! | --- | --- | --- |
//! | 28 × 28 | 32 × 14 × 14 → 64 × 7 × 7 → 2 × latent | latent + classes → 64 × 7 × 7 → 32 × 14 × 14 → 16 × 28 × 28 → picture |

pub mod data;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
#[cfg(feature = "judge")]
pub mod training;

use super::methods::{Method, taught_by_burn};
use super::training::TrainingConfig;
use world::params;
use world::params::Params;

world::choices! {
    /// What a pixel is taken for.
    pub enum Likelihood {
        /// A coin's chance.
        Bernoulli: "bernoulli",
        /// A mean with a deviation of a tenth.
        Gaussian: "gaussian",
    }
}

params! {
    /// Settings of the autoencoder.
    pub struct Settings {
        /// Latent numbers.
        latent: u32 = 16 in 1..=256;
        /// β: weight of the Kullback–Leibler divergence from normal numbers.
        beta: f32 = 1.0 in 0.0..=100.0;
        /// What a pixel is taken for: a coin's chance, or a mean with a deviation of a tenth.
        likelihood: Choice of Likelihood = "bernoulli";
        /// Channels at a quarter of the side; half as many at a half, a quarter at the whole.
        width: u32 = 64 in 8..=256;
    }
}

/// The method.
pub const METHOD: Method = Method {
    name: "vae",
    about: "variational autoencoder, convolutional and conditional (Kingma and Welling 2014)",
    settings: Settings::SPECS,
    conditional: true,
    plan: TrainingConfig {
        epochs: 6,
        batch: 64,
        rate: 0.0015,
        clip: 200.0,
        patience: 3,
        validation: 0.02,
        seed: 1,
    },
    small: &[&[("width", 8.0), ("latent", 4.0)]],
    open: inference::open,
    teaching: taught_by_burn!(training::learner),
};

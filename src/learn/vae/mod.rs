//! Variational autoencoder (Kingma and Welling 2014; β of Higgins et al. 2017), convolutional, conditioned on
//! the class on both sides (Sohn, Lee and Yan 2015).
//!
//! | | encoder | decoder |
//! | --- | --- | --- |
//! | 28 × 28 | 32 × 14 × 14 → 64 × 7 × 7 → 2 × latent | latent + classes → 64 × 7 × 7 → 32 × 14 × 14 → 16 × 28 × 28 → picture |

pub mod data;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
mod settings;
#[cfg(feature = "judge")]
pub mod training;

use super::method::{Method, trained_by_burn};
use super::training::TrainingConfig;
pub use settings::{Likelihood, Settings};
use world::params::Params;

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
    backend: trained_by_burn!(training::trainer),
};

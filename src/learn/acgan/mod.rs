//! Adversarial networks with a class head (ACGAN: Odena, Olah and Shlens 2017): a generator against a discriminator that
//! also names the class. The loss is the non-saturating one (Goodfellow et al. 2014) or, as an option, the earth mover's
//! distance seen by a critic (Arjovsky et al. 2017) whose slope is held at one (Gulrajani et al. 2017).
//!
//! | | 28 × 28 |
//! | --- | --- |
//! | generator | latent + classes → 64 × 7 × 7 → 32 × 14 × 14 → 16 × 28 × 28 → picture; batch normalisation |
//! | discriminator | picture → 32 × 14 × 14 → 64 × 7 × 7 → 128 × 7 × 7 → real?, classes; group normalisation, dropout |

pub mod data;
pub mod inference;
#[cfg(feature = "judge")]
pub mod losses;
#[cfg(feature = "judge")]
pub mod model;
#[cfg(feature = "judge")]
pub mod penalty;
#[cfg(feature = "judge")]
pub mod training;

#[cfg(all(test, feature = "judge"))]
mod tests;

use super::methods::{Method, taught_by_burn};
use super::training::TrainingConfig;
use world::params;
use world::params::Params;

params! {
    /// Settings of the adversaries.
    pub struct Settings {
        /// Latent numbers.
        latent: u32 = 32 in 1..=256;
        /// Channels at the generator's smallest size; half as many at each doubling.
        width: u32 = 64 in 16..=256;
        /// Whether the critic measures the earth mover's distance, its slope held at one.
        wasserstein: bool = false;
        /// Weight of the slope's penalty under `wasserstein`.
        penalty: f32 = 10.0 in 0.0..=1000.0;
        /// Deviation of the noise on what the discriminator sees at first; it is gone at the end. Not under `wasserstein`.
        noise: f32 = 0.2 in 0.0..=2.0;
        /// Decay of the averaged weights that pictures are made with, a step.
        average: f64 = 0.995 in 0.0..=0.99999;
    }
}

/// The method.
pub const METHOD: Method = Method {
    name: "acgan",
    about: "generator against a discriminator with a class head (ACGAN, Odena, Olah and Shlens 2017)",
    settings: Settings::SPECS,
    conditional: true,
    plan: TrainingConfig {
        epochs: 8,
        batch: 64,
        rate: 0.0006,
        clip: 20.0,
        patience: 0,
        validation: 0.0,
        seed: 1,
    },
    small: &[&[("width", 16.0), ("latent", 4.0)], &[("width", 16.0), ("latent", 4.0), ("wasserstein", 1.0)]],
    open: inference::open,
    teaching: taught_by_burn!(training::learner),
};

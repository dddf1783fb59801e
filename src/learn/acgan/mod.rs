//! Adversarial networks with a class head (ACGAN: Odena, Olah and Shlens 2017): a generator against a discriminator
//! that also predicts the class. The loss is the non-saturating one (Goodfellow et al. 2014) or, as an option, the
//! Wasserstein loss (Arjovsky et al. 2017) with a gradient penalty (Gulrajani et al. 2017).
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
mod settings;
#[cfg(feature = "judge")]
pub mod training;

#[cfg(all(test, feature = "judge"))]
mod tests;

use super::method::{Method, trained_by_burn};
use super::training::TrainingConfig;
pub use settings::Settings;
use world::params::Params;

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
    backend: trained_by_burn!(training::trainer),
};

//! Denoising diffusion (Ho, Jain and Abbeel 2020) on the cosine schedule (Nichol and Dhariwal 2021), predicting
//! velocity (Salimans and Ho 2022), sampled deterministically in few steps (DDIM: Song, Meng and Ermon 2021), with
//! classifier-free guidance (Ho and Salimans 2022) or guidance by any gradient (Dhariwal and Nichol 2021).
//!
//! The U-Net, for 28 × 28: residual blocks of two convolutions; on the way up, skip connections add the activations of
//! the same size.
//!
//! | | 28 × 28 | 14 × 14 | 7 × 7 |
//! | --- | --- | --- | --- |
//! | down | 24 | 48 | 96 |
//! | middle | | | 96, 96 |
//! | up | 24 → picture | 48 | |

#[cfg(feature = "judge")]
mod augment;
pub mod data;
pub mod distil;
#[cfg(feature = "judge")]
pub mod guide;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
pub mod network;
mod settings;
#[cfg(feature = "judge")]
pub mod training;

#[cfg(test)]
mod tests;

use super::method::{Method, trained_by_burn};
use super::training::TrainingConfig;
pub use settings::Settings;
use world::params::Params;

/// The method.
pub const METHOD: Method = Method {
    name: "diffusion",
    about: "denoising diffusion with a small U-Net, sampled by DDIM (Ho et al. 2020; Song et al. 2021)",
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
    small: &[
        &[("width", 16.0), ("steps", 2.0)],
        &[("width", 16.0), ("steps", 2.0), ("roll", 1.0), ("mirror", 1.0), ("blocks", 2.0)],
    ],
    open: inference::open,
    backend: trained_by_burn!(training::trainer),
};

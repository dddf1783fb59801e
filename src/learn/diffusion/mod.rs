//! Denoising diffusion (Ho, Jain and Abbeel 2020) on the cosine schedule (Nichol and Dhariwal 2021), predicting velocity
//! (Salimans and Ho 2022), sampled without chance in few steps (DDIM: Song, Meng and Ermon 2021), with guidance that needs
//! no classifier (Ho and Salimans 2022) or by any gradient (Dhariwal and Nichol 2021).
//!
//! The U-Net, for 28 × 28: every block is two convolutions added to what came in; going up, what was seen at the same size
//! on the way down is added.
//!
//! | | 28 × 28 | 14 × 14 | 7 × 7 |
//! | --- | --- | --- | --- |
//! | down | 24 | 48 | 96 |
//! | middle | | | 96, 96 |
//! | up | 24 → picture | 48 | |

pub mod data;
#[cfg(feature = "judge")]
pub mod guide;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
pub mod network;
#[cfg(feature = "judge")]
pub mod training;

#[cfg(test)]
mod tests;

use super::methods::{Method, taught_by_burn};
use super::training::TrainingConfig;
use world::params;
use world::params::Params;

params! {
    /// Settings of the diffusion.
    pub struct Settings {
        /// Channels at the smallest size; half as many at each doubling. Rounded down to eights.
        width: u32 = 96 in 16..=256;
        /// Steps from noise to picture.
        steps: u32 = 25 in 1..=1000;
        /// How much the class counts: 1 is what was learned, above exaggerates it at twice the work, 0 leaves it out.
        guidance: f32 = 1.0 in 0.0..=20.0;
        /// Decay of the averaged weights that pictures are made with, a step.
        average: f64 = 0.998 in 0.0..=0.99999;
    }
}

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
    small: &[&[("width", 16.0), ("steps", 2.0)]],
    open: inference::open,
    teaching: taught_by_burn!(training::learner),
};

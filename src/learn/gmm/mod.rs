//! Gaussian mixture on principal components, one mixture a class, fitted by expectation and maximisation (Dempster,
//! Laird and Rubin 1977; Pearson 1901 for the components).

pub mod data;
pub mod inference;
pub mod model;
pub mod training;

use super::methods::{Method, Teaching};
use super::training::TrainingConfig;
use world::params;
use world::params::Params;

params! {
    /// Settings of the mixture.
    pub struct Settings {
        /// Principal components that the pictures are described by.
        principal: u32 = 48 in 2..=256;
        /// Gaussians in the mixture of each class.
        gaussians: u32 = 8 in 1..=64;
        /// Added to each variance, as a part of the mean variance: keeps a Gaussian from shrinking onto a picture.
        floor: f64 = 0.002 in 0.00001..=0.5, Log;
    }
}

/// The method.
pub const METHOD: Method = Method {
    name: "gmm",
    about: "Gaussian mixture on principal components, fitted by EM (Dempster, Laird and Rubin 1977)",
    settings: Settings::SPECS,
    conditional: true,
    // Rate and clip mean nothing to EM.
    plan: TrainingConfig {
        epochs: 30,
        batch: 0,
        rate: 1.0,
        clip: 1.0,
        patience: 4,
        validation: 0.05,
        seed: 1,
    },
    small: &[&[("principal", 12.0), ("gaussians", 2.0)]],
    open: inference::open,
    teaching: Teaching::Plain(training::learner),
};

//! Gaussian mixture on principal components, one mixture a class, fitted by expectation maximisation (Dempster, Laird
//! and Rubin 1977; Pearson 1901 for the components).

pub mod data;
pub mod inference;
pub mod model;
mod settings;
pub mod training;

use super::method::{Method, TrainingBackend};
use super::training::TrainingConfig;
pub use settings::Settings;
use world::params::Params;

/// The method.
pub const METHOD: Method = Method {
    name: "gmm",
    about: "Gaussian mixture on principal components, fitted by EM (Dempster, Laird and Rubin 1977)",
    settings: Settings::SPECS,
    conditional: true,
    // EM uses neither rate nor clip.
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
    backend: TrainingBackend::Plain(training::trainer),
};

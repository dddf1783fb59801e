//! Neural cellular automaton (Mordvintsev, Randazzo, Niklasson and Levin 2020): every cell runs the same small network
//! on its 3 × 3 neighbourhood and updates its state in small steps.
//!
//! Three goals. *Varied*: pictures of a set; every cell carries the same genome (class and latent vector), from which
//! the initial state, a quarter of the side, is decoded too; the world doubles twice on the way, and genomes are
//! inferred as in a variational autoencoder (Palm, Duque, Sudhakaran and Risi 2022). *Grow*: one picture from one cell,
//! which regenerates after damage. *Texture*: a texture, measured by correlations of the responses of random filters
//! (Gatys et al. 2015; Ustyuzhaninov et al. 2017; Niklasson et al. 2021).
//!
//! The perception is learned here (3 × 3 × channels → hidden); the first paper fixes it to Sobel filters.

pub mod cells;
pub mod data;
pub mod flow;
#[cfg(feature = "judge")]
mod goals;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
pub mod motion;
mod settings;
#[cfg(test)]
mod tests;
pub mod texture;
#[cfg(feature = "judge")]
pub mod training;

use super::method::{Method, trained_by_burn};
use super::training::TrainingConfig;
pub use settings::{ALIVE, Goal, SIZES, Settings};
use world::params::Params;

/// The method.
pub const METHOD: Method = Method {
    name: "nca",
    about: "neural cellular automaton: a local rule that grows pictures or maintains a texture (Mordvintsev et al. 2020)",
    settings: Settings::SPECS,
    conditional: true,
    plan: TrainingConfig {
        epochs: 3,
        batch: 32,
        rate: 0.002,
        clip: 1.0,
        patience: 0,
        validation: 0.02,
        seed: 1,
    },
    small: &[&[("channels", 6.0), ("hidden", 8.0), ("latent", 4.0)]],
    open: inference::open,
    backend: trained_by_burn!(training::trainer),
};

//! Neural cellular automaton (Mordvintsev, Randazzo, Niklasson and Levin 2020): every cell holds the same small network,
//! sees its eight neighbours, and changes its state a little at a time.
//!
//! Three goals. *Varied* pictures of a set: each cell carries the same genome (class and latent numbers), which also lays the
//! egg of a quarter of the side; the world doubles twice on the way, and genomes are found as in a variational autoencoder (Palm, Duque, Sudhakaran and Risi 2022). *Grow*
//! one picture from one cell, and heal it. Keep up a *texture*, known by the correlations of what random filters answer
//! (Gatys et al. 2015; Ustyuzhaninov et al. 2017; Niklasson et al. 2021).
//!
//! The perception here is learned (3 × 3 × channels → hidden) where the first paper fixes it to Sobel filters.

#[cfg(feature = "judge")]
pub mod data;
#[cfg(feature = "judge")]
mod goals;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
#[cfg(test)]
mod tests;
#[cfg(feature = "judge")]
mod texture;
#[cfg(feature = "judge")]
pub mod training;

use super::methods::{Method, taught_by_burn};
use super::training::TrainingConfig;
use world::params;
use world::params::Params;

world::choices! {
    /// What an automaton learns to do.
    pub enum Goal {
        /// Pictures like those of a set.
        Varied: "varied",
        /// One picture grown from one cell.
        Grow: "grow",
        /// A texture.
        Texture: "texture",
    }
}

params! {
    /// Settings of the automaton.
    pub struct Settings {
        /// What it learns to do: pictures like those of a set, one picture grown from a cell, or a texture.
        goal: Choice of Goal = "varied";
        /// Numbers in the state of a cell, those shown included.
        channels: u32 = 16 in 6..=64;
        /// Hidden numbers of a cell's network.
        hidden: u32 = 48 in 8..=256;
        /// Latent numbers of a genome.
        latent: u32 = 24 in 2..=128;
        /// Weight of the Kullback–Leibler divergence of genomes from normal numbers.
        beta: f32 = 1.0 in 0.0..=10.0;
        /// Steps at each size of the world (varied), or at least (grow, texture).
        steps: u32 = 8 in 4..=96;
        /// Part of the cells that change in a step.
        fire: f32 = 0.5 in 0.1..=1.0;
    }
}

/// Sizes that a varied world goes through: a quarter, half, whole.
pub const SIZES: usize = 3;

/// A cell is alive where one of the nine cells about it is more opaque than this (grow).
pub const ALIVE: f32 = 0.1;

/// The method.
pub const METHOD: Method = Method {
    name: "nca",
    about: "neural cellular automaton: a local rule that grows pictures or keeps up a texture (Mordvintsev et al. 2020)",
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
    teaching: taught_by_burn!(training::learner),
};

//! Learned cells: a small network learns the rule of a cellular automaton from frames, and its rule is then enumerated
//! and compared with the data: a proof (Springer and Kenyon 2020).
//!
//! Networks of the least size that could hold a rule rarely find it, several times as wide ones nearly always.
//! `dynamics::discrete` says what they learn from and how the proof is made.

pub mod inference;
pub mod layers;
pub mod network;
mod settings;
pub mod training;

#[cfg(test)]
mod tests;

use super::method::DynamicsMethod;
use crate::training::TrainingConfig;
pub use settings::Settings;
use world::params::Params;

/// Learned cells.
pub const CELLS: DynamicsMethod = DynamicsMethod {
    name: "cells",
    about: "small network that learns a cellular automaton exactly, proved by enumeration (Springer and Kenyon 2020)",
    settings: Settings::SPECS,
    defaults: &[],
    plan: TrainingConfig {
        epochs: 15,
        batch: 4,
        rate: 0.01,
        clip: 1.0,
        patience: 0,
        validation: 0.1,
        seed: 1,
    },
    open: inference::open,
    begin: Some(training::trainer),
    report: inference::report,
};

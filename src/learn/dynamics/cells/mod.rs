//! The learned automaton: a small convolutional network (3 × 3, then twice 1 × 1) that learns the rule of a discrete
//! world from its boards (Springer and Kenyon 2020). What it has learned can be enumerated: if it decides every
//! neighbourhood as the rule does, it is the rule, on every board and for any number of steps.
//!
//! Networks of the least size that could hold a rule rarely find it; several times as wide ones always do.

pub mod inference;
pub mod network;
pub mod proof;
mod settings;
pub mod table;
pub mod training;

#[cfg(test)]
mod tests;

use super::method::DynamicsMethod;
use crate::training::TrainingConfig;
pub use settings::Settings;
use world::params::Params;

/// The method.
pub const CELLS: DynamicsMethod = DynamicsMethod {
    name: "cells",
    about: "small network that learns the rule of a cellular automaton, and is proved by enumeration (Springer and Kenyon 2020)",
    settings: Settings::SPECS,
    defaults: &[],
    plan: TrainingConfig {
        epochs: 10,
        batch: 4,
        rate: 0.01,
        clip: 10.0,
        patience: 0,
        validation: 0.1,
        seed: 1,
    },
    open: inference::open,
    begin: Some(training::trainer),
    report: proof::report,
};

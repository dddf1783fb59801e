//! Learned gates: a circuit of two-input gates learns the rule of a cellular automaton by gradients, is rounded, and is
//! then evaluated on bits, 64 cells a word (Petersen et al. 2022; Miotti et al. 2025).
//!
//! Reading order: [`codec`] (states as bits), [`wiring`] and [`relaxed`] (what learns), [`mend`] and [`simplify`] (from
//! relaxed gates to a [`circuit`]), [`training`], [`inference`]. `dynamics::discrete` says what it learns from and how
//! the proof is made.

pub mod circuit;
pub mod codec;
pub mod inference;
pub mod mend;
pub mod relaxed;
mod settings;
pub mod simplify;
pub mod training;
pub mod wiring;

#[cfg(test)]
mod tests;

use super::method::DynamicsMethod;
use crate::training::TrainingConfig;
pub use settings::Settings;
use world::params::Params;

/// Learned gates.
pub const GATES: DynamicsMethod = DynamicsMethod {
    name: "gates",
    about: "circuit of learned logic gates, exact on bits, proved by enumeration (Petersen et al. 2022; Miotti et al. 2025)",
    settings: Settings::SPECS,
    defaults: &[],
    // The epoch of the fewest wrong decisions is kept: 20 epochs an attempt.
    plan: TrainingConfig {
        epochs: 80,
        batch: 64,
        rate: 0.03,
        clip: 10.0,
        patience: 80,
        validation: 0.1,
        seed: 1,
    },
    open: inference::open,
    begin: Some(training::trainer),
    report: inference::report,
};

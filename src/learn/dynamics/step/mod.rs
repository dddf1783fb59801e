//! The learned step: a residual U-Net predicts the change from the last frames to the next, in units of its deviation.
//!
//! It learns single steps with input noise first (Sanchez-Gonzalez et al. 2020; Stachenfeld et al. 2022), then steps
//! unrolled in small batches (Kohl et al. 2023; List et al. 2024). Knobs of the scene and the size of each plane of the
//! state modulate every block: without the sizes, normalisation would hide from the network how strong the motion is.
//! With `refinements`, a few denoising steps sharpen what the squared error neglects (Lippe et al. 2023).

pub mod config;
pub mod inference;
#[cfg(feature = "judge")]
pub mod model;
mod settings;
#[cfg(feature = "judge")]
pub mod training;

#[cfg(test)]
mod tests;

use super::method::{DynamicsMethod, NewWorldTrainer};
use crate::training::TrainingConfig;
pub use settings::Settings;
use world::params::Params;

#[cfg(feature = "judge")]
const BEGIN: Option<NewWorldTrainer> = Some(training::trainer);
#[cfg(not(feature = "judge"))]
const BEGIN: Option<NewWorldTrainer> = None;

const PLAN: TrainingConfig =
    TrainingConfig { epochs: 40, batch: 6, rate: 0.001, clip: 1.0, patience: 0, validation: 0.1, seed: 1 };

/// The learned step.
pub const STEP: DynamicsMethod = DynamicsMethod {
    name: "step",
    about: "residual U-Net that predicts the next frame, unrolled in training (Stachenfeld et al. 2022; Kohl et al. 2023)",
    settings: Settings::SPECS,
    defaults: &[],
    plan: PLAN,
    open: inference::open,
    begin: BEGIN,
    report: |_, _| Vec::new(),
};

/// The learned step with refinements, learned by single steps.
pub const REFINE: DynamicsMethod = DynamicsMethod {
    name: "refine",
    about: "the same with three denoising steps on top (PDE-Refiner, Lippe et al. 2023)",
    defaults: &[("refinements", 3.0), ("single", 1.0), ("noise", 0.0)],
    ..STEP
};

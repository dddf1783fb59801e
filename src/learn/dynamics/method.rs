//! The declaration of a method that learns a world's step.

use super::WorldModel;
use super::trajectories::Trajectories;
use crate::header::ModelHeader;
use crate::net::weights::Weights;
use crate::training::{Trainer, TrainingConfig};
use std::collections::BTreeMap;
use world::params::ParamSpec;

/// A method of learning the step of a world.
pub struct DynamicsMethod {
    /// Name on the command line and in files.
    pub name: &'static str,
    /// What it is, in one sentence with its source.
    pub about: &'static str,
    /// Its settings.
    pub settings: &'static [ParamSpec],
    /// Settings whose defaults differ from those that are declared.
    pub defaults: &'static [(&'static str, f64)],
    /// Default training configuration; `validation` is the share of the worlds that is held out.
    pub plan: TrainingConfig,
    /// Opens a learned world from its weights.
    pub open: OpenWorld,
    /// Builds a trainer; `None` if the program was built without the feature `judge` and the method needs it.
    pub begin: Option<NewWorldTrainer>,
    /// What is to be said of a trained world, as lines.
    pub report: fn(&ModelHeader, &Weights) -> Vec<String>,
}

impl DynamicsMethod {
    /// The constructor of its trainer.
    ///
    /// # Errors
    /// It needs burn, and the program was built without it.
    pub fn trainer(&self) -> Result<NewWorldTrainer, String> {
        self.begin.ok_or_else(|| {
            format!(
                "training {} needs the feature `judge`, and this program was built without it; build it with its default features",
                self.name
            )
        })
    }

    /// Every setting by name, at its default unless given.
    pub fn values(&self, given: &[(&str, f64)]) -> BTreeMap<String, f64> {
        let declared = self.settings.iter().map(|s| (s.name, s.default));
        let all = declared.chain(self.defaults.iter().copied()).chain(given.iter().copied());
        all.map(|(name, v)| (name.to_string(), v)).collect()
    }
}

/// Opens a learned world from its weights, or reports what is wrong with them.
pub type OpenWorld = fn(&ModelHeader, &Weights) -> Result<Box<dyn WorldModel>, String>;

/// What a trainer is constructed from.
pub struct WorldTrainingInputs<'a> {
    /// Worlds to train on.
    pub data: Trajectories,
    /// Worlds held out.
    pub held: Trajectories,
    /// Settings of the method by name.
    pub settings: &'a BTreeMap<String, f64>,
    /// Training configuration.
    pub plan: &'a TrainingConfig,
}

/// Builds a trainer with fresh weights, or reports why these worlds cannot be trained on.
pub type NewWorldTrainer = fn(WorldTrainingInputs) -> Result<Box<dyn Trainer>, String>;

//! The declaration of a method: what it is, how it is trained, how its generators are opened.

use std::collections::BTreeMap;

use super::Model;
use super::header::ModelHeader;
use super::net::weights::Weights;
use super::training::{Trainer, TrainingConfig, TrainingInputs};
use world::params::{ParamSpec, Params};

/// A method of learning to generate pictures.
pub struct Method {
    /// Name on the command line and in files.
    pub name: &'static str,
    /// What it is, in one sentence with its source.
    pub about: &'static str,
    /// Its settings.
    pub settings: &'static [ParamSpec],
    /// Whether it can be conditioned on a class.
    pub conditional: bool,
    /// Default training configuration.
    pub plan: TrainingConfig,
    /// Settings that train in moments, for tests: one set per variant of the method.
    pub small: &'static [&'static [(&'static str, f64)]],
    /// Opens a generator from its weights.
    pub open: LoadModel,
    /// What its training runs on.
    pub backend: TrainingBackend,
}

/// Builds a generator from its weights, or reports what is wrong with them.
pub type LoadModel = fn(&ModelHeader, &Weights) -> Result<Box<dyn Model>, String>;

/// Builds a trainer with fresh weights from pictures and settings, or reports why these pictures cannot be trained on.
pub type NewTrainer = fn(&TrainingInputs) -> Result<Box<dyn Trainer>, String>;

/// What the training of a method runs on.
pub enum TrainingBackend {
    /// This program alone.
    Plain(NewTrainer),
    /// burn; `None` if the program was built without the feature `judge`.
    Burn(Option<NewTrainer>),
}

impl Method {
    /// The constructor of its trainer.
    ///
    /// # Errors
    /// It needs burn, and the program was built without it.
    pub fn begin(&self) -> Result<NewTrainer, String> {
        match self.backend {
            TrainingBackend::Plain(begin) | TrainingBackend::Burn(Some(begin)) => Ok(begin),
            TrainingBackend::Burn(None) => Err(format!(
                "training {} needs the feature `judge`, and this program was built without it; build it with its default features",
                self.name
            )),
        }
    }

    /// Every setting by name, at its default unless given.
    pub fn values(&self, given: &[(&str, f64)]) -> BTreeMap<String, f64> {
        let defaults = self.settings.iter().map(|s| (s.name, s.default));
        defaults.chain(given.iter().copied()).map(|(name, v)| (name.to_string(), v)).collect()
    }
}

/// The backend of a method that trains on burn, from the constructor of its trainer.
macro_rules! trained_by_burn {
    ($begin:path) => {{
        #[cfg(feature = "judge")]
        let begin: Option<$crate::method::NewTrainer> = Some($begin);
        #[cfg(not(feature = "judge"))]
        let begin: Option<$crate::method::NewTrainer> = None;
        $crate::method::TrainingBackend::Burn(begin)
    }};
}
pub(super) use trained_by_burn;

/// Settings by name as a method's own struct; those not named keep their defaults.
pub fn settings<P: Params>(values: &BTreeMap<String, f64>) -> P {
    let mut settings = P::default();
    for (i, spec) in P::SPECS.iter().enumerate() {
        if let Some(v) = values.get(spec.name) {
            settings.set(i, *v);
        }
    }
    settings
}

//! The catalogue of methods: one line each, in [`METHODS`]. Each has its entry in its own folder.

use std::collections::BTreeMap;

use super::file::ModelHeader;
use super::net::weights::Weights;
use super::training::{Trainer, TrainingConfig, TrainingInputs};
use super::{Model, acgan, diffusion, gmm, nca, vae, vqvae};
use world::params::{ParamSpec, Params};

/// A method of learning to generate pictures.
pub struct Method {
    /// Name on the command line and in files.
    pub name: &'static str,
    /// What it is, in one sentence with its source.
    pub about: &'static str,
    /// Its settings.
    pub settings: &'static [ParamSpec],
    /// Whether it can be asked for a class.
    pub conditional: bool,
    /// How it is trained unless told otherwise.
    pub plan: TrainingConfig,
    /// Settings that learn in moments, once for each way that it has: what tests train.
    pub small: &'static [&'static [(&'static str, f64)]],
    /// A generator from its weights, or what is wrong with them.
    pub open: LoadModel,
    /// What teaches it.
    pub teaching: Teaching,
}

/// Weights become a generator.
pub type LoadModel = fn(&ModelHeader, &Weights) -> Result<Box<dyn Model>, String>;

/// Pictures and settings become a trainer with fresh weights, or the reason why these pictures cannot be learned from.
pub type NewTrainer = fn(&TrainingInputs) -> Result<Box<dyn Trainer>, String>;

/// What a method's training needs.
pub enum Teaching {
    /// Nothing but this program.
    Plain(NewTrainer),
    /// burn: nothing where the program was built without the feature `judge`.
    Burn(Option<NewTrainer>),
}

/// What begins the training in a method's module `training`, where burn is built in.
macro_rules! taught_by_burn {
    ($begin:path) => {{
        #[cfg(feature = "judge")]
        let begin: Option<$crate::methods::NewTrainer> = Some($begin);
        #[cfg(not(feature = "judge"))]
        let begin: Option<$crate::methods::NewTrainer> = None;
        $crate::methods::Teaching::Burn(begin)
    }};
}
pub(super) use taught_by_burn;

/// Every method, in the order of the manual.
pub const METHODS: &[Method] = &[
    // One line a method.
    gmm::METHOD,
    vae::METHOD,
    vqvae::METHOD,
    acgan::METHOD,
    diffusion::METHOD,
    nca::METHOD,
];

/// Names of all methods, in the order of the manual.
pub fn names() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|m| m.name)
}

/// The method of that name.
///
/// # Errors
/// There is none; the message names those there are.
pub fn find(name: &str) -> Result<&'static Method, String> {
    METHODS.iter().find(|m| m.name == name).ok_or_else(|| {
        let known: Vec<&str> = names().collect();
        format!("expected a method among {}, found `{name}`", known.join(", "))
    })
}

impl Method {
    /// What begins its training.
    ///
    /// # Errors
    /// It needs burn, and the program was built without.
    pub fn begin(&self) -> Result<NewTrainer, String> {
        match self.teaching {
            Teaching::Plain(begin) | Teaching::Burn(Some(begin)) => Ok(begin),
            Teaching::Burn(None) => Err(format!(
                "{} needs the feature `judge` to learn, and this program was built without; build it with its default features",
                self.name
            )),
        }
    }

    /// Every setting by name at its default, but for those given.
    pub fn values(&self, given: &[(&str, f64)]) -> BTreeMap<String, f64> {
        let defaults = self.settings.iter().map(|s| (s.name, s.default));
        defaults.chain(given.iter().copied()).map(|(name, v)| (name.to_string(), v)).collect()
    }
}

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

#[cfg(test)]
mod tests;

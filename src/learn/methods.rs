//! The catalogue: one line a method.

use std::collections::BTreeMap;

use super::file::Header;
use super::net::weights::Weights;
use super::{Model, acgan, diffusion, gmm, nca, vae, vqvae};
use world::params::{Params, Spec};

#[cfg(feature = "judge")]
use super::training::{Learner, Lesson, Plan};

/// A method of learning to generate pictures.
pub struct Method {
    /// Name on the command line and in files.
    pub name: &'static str,
    /// What it is, in one sentence with its source.
    pub about: &'static str,
    /// Its settings.
    pub settings: &'static [Spec],
    /// Whether it can be asked for a class.
    pub conditional: bool,
    /// A generator from its weights, or what is wrong with them.
    pub open: Open,
    /// How it is trained unless told otherwise.
    #[cfg(feature = "judge")]
    pub plan: Plan,
    /// A learner that knows nothing yet, or why these pictures cannot be learned from.
    #[cfg(feature = "judge")]
    pub learner: Begin,
}

/// Weights become a generator.
pub type Open = fn(&Header, &Weights) -> Result<Box<dyn Model>, String>;

/// A lesson becomes a learner.
#[cfg(feature = "judge")]
pub type Begin = fn(&Lesson) -> Result<Box<dyn Learner>, String>;

/// Every method, in the order of the manual.
pub const METHODS: &[Method] =
    &[gmm::METHOD, vae::METHOD, vqvae::METHOD, acgan::METHOD, diffusion::METHOD, nca::METHOD];

/// The method of that name.
pub fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|m| m.name == name)
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

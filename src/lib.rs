//! `untrained`: moving pictures and sound without a model, watched live by a small network trained here.
//!
//! Each room is a crate of its own; this one has the command line and names them all. Reading order: [`world`] (fields,
//! systems, scenes, engine, frames), then one system of [`systems`].

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub use ::{bench, control, data, judge, learn, output, performance, show, sound, systems, verify, world};
#[cfg(feature = "stage")]
pub use ::stage;

pub mod cli;

/// What scenes may name: every system, every kind of voice and, where there is a stage, each of its effects.
pub const CATALOGUE: world::scene::Catalogue = world::scene::Catalogue {
    systems: systems::CATALOGUE,
    voices: Some(sound::voices::KINDS),
    #[cfg(feature = "stage")]
    effects: Some(stage::effects::NAMES),
    #[cfg(not(feature = "stage"))]
    effects: None,
};

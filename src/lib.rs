//! `untrained`: moving pictures and sound without a model, watched live by a small network trained here.
//!
//! Each room is a crate of its own; this one has the command line and names them all. Reading order: [`world`] (fields,
//! systems, scenes, engine, frames), then one system of [`systems`].

pub use ::{bench, control, data, judge, learn, output, performance, show, sound, systems, world};
#[cfg(feature = "stage")]
pub use ::stage;

pub mod cli;

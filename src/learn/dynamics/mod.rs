//! Learned worlds: networks that learn the *step* of a world from its frames alone, and then run in its place.
//!
//! [`trajectories`] is what they learn from, [`world_model`] the interface of a trained one, [`methods`] the catalogue:
//! one line a method, each in its own folder.

pub mod cells;
pub mod discrete;
pub mod gates;
pub mod method;
pub mod methods;
pub mod pipeline;
pub mod projection;
pub mod step;
pub mod strip;
pub mod trajectories;
pub mod world_model;

#[cfg(feature = "judge")]
pub mod projected;

pub use trajectories::{Trajectories, Trajectory, WorldSpec};
pub use world_model::{HiddenState, WorldModel};

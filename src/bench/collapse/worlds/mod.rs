//! Learned worlds trained recursively on their own roll-outs.
//!
//! Generation 1 learns a scene's trajectories; each later one learns roll-outs of the generation before, from the start
//! states of the origin's own worlds and driven from outside as they were. [`training_set`] has the regimes, [`measure`]
//! holds a generation against the rule on worlds that none of them saw.

pub mod measure;
pub mod recursion;
pub mod training_set;

pub use measure::{HeldOut, WorldMetrics};
pub use recursion::{RecursiveWorld, WorldOrigin};

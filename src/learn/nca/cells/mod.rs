//! The update rule of a cell on plain slices, forward and backward.
//!
//! [`halo`] holds cells so that windows can be read in place, [`rule`] is the network of a cell, [`unrolled`] its steps
//! with their gradient, [`descent`] what turns gradients into weights, [`pool`] the worlds that it learns on, [`learner`]
//! all of these together, [`overflow`] the bounds of states. Cells that do not fire cost nothing, neither forward nor backward.

pub mod descent;
pub mod halo;
pub mod learner;
pub mod overflow;
pub mod pool;
pub mod products;
pub mod rule;
pub mod unrolled;

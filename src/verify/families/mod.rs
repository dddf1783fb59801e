//! The families: a folder each.

pub mod automata;
pub mod golly;
pub mod hard_discs;
pub mod lattice_gas;
pub mod metrics;
pub mod nn;
pub mod rayleigh_benard;
pub mod stable_fluids;
pub mod swarm;
pub mod water;

//! Gases and liquids.

pub mod convection;
pub mod discs;
pub mod drops;
pub mod lattice_gas;
pub mod lbm;
pub mod liquid;
pub mod membrane;
pub mod smoke;
pub mod water;

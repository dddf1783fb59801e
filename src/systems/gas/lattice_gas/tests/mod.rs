//! The gas against plain versions of itself, and against physics.

mod driven;
mod hostile;
pub mod plain;
mod speed;
mod viscosity;
mod waves;

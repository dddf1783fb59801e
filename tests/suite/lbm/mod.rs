//! The lattice Boltzmann gas against laws, published tables and a plain version of itself.
mod dye;
mod flow;
mod plain;
mod sides;
mod stage;

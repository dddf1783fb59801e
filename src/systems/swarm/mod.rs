//! Many small agents that sense each other and fields, and leave traces in them.

pub mod bins;
pub mod boids;
pub mod particle_lenia;
pub mod particle_life;
pub mod physarum;
pub mod subsumption;
pub mod synchrony;
pub mod turmites;

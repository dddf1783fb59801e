//! Numbers with units, for people.

pub use world::units::{count, metric, seconds};

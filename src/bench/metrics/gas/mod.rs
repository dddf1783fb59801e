//! Measures of a moving gas, for imitators of one: divergence, drift of its mass, and how its energy is spread over scales.
//!
//! A [`Flow`] is a clip of density and velocity; [`course`] takes what is measured of each of its frames, and
//! [`catalogue`] holds two clips against each other.

pub mod catalogue;
mod course;
mod divergence;
mod energy;
mod flow;
mod mass;
#[cfg(test)]
mod samples;

pub use course::ClipSeries;
pub use divergence::{Gradients, divergence_error, gradients};
pub use energy::{Spectrum, energy_spectrum, spectral_distance};
pub use flow::Flow;
pub use mass::{mass, mass_drift};

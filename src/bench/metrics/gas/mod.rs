//! Metrics of gas flows, for evaluating imitators: divergence, mass drift and energy spectrum.
//!
//! A [`Flow`] is a clip of density and velocity; [`ClipSeries`] holds measurements of each frame, and [`catalogue`]
//! compares clips.

pub mod catalogue;
mod divergence;
mod energy;
mod flow;
mod mass;
#[cfg(test)]
mod samples;
mod series;

pub use divergence::{Gradients, divergence_error, gradients};
pub use energy::{Spectrum, energy_spectrum, spectral_distance, spectrum_of};
pub use flow::Flow;
pub use mass::{mass, mass_drift};
pub use series::ClipSeries;

//! Few-step sampling, distilled from a diffusion's own trajectories: a student of the same architecture learns to take
//! in one step of DDIM what the teacher takes several for (after Luhman and Luhman 2021; Salimans and Ho 2022).
//!
//! No picture is needed: the teacher samples from noise, its states at the student's times are kept, and each of them
//! with the next one tells which picture the student has to predict between them. Guidance by class is learned with
//! them, so the student does without.

mod pipeline;
mod settings;
mod student;
#[cfg(feature = "judge")]
mod training;
mod trajectories;

#[cfg(all(test, feature = "judge"))]
mod tests;

pub use pipeline::{DEFAULTS, NAME, distil, steps, task};
pub use settings::Settings;

/// What it is, in one sentence with its source.
pub const ABOUT: &str = "a diffusion that samples in a few steps, learned from the trajectories of another (after Salimans and Ho 2022)";

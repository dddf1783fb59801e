//! Trivial opponents: generators that need no training, only some training frames. They tell what a figure means, and
//! whoever was trained on these frames should beat them. [`TRIVIAL`] lists them, a file each; opponents that are rules
//! are [`Generator::coarser`](super::Generator::coarser) and [`Generator::perturbed`](super::Generator::perturbed).

pub mod blur;
mod fourier;
mod frames;
pub mod gaussian;
pub mod nearest;
pub mod persistence;
pub mod phase;
pub mod tiles;
mod trivial;

pub use frames::{FrameSets, TrainingFrames};
pub use trivial::{Opponent, Trivial};

/// All trivial opponents that are made of training frames; the first five are those to beat.
pub const TRIVIAL: &[Trivial] = &[
    persistence::TRIVIAL,
    tiles::TRIVIAL,
    phase::TRIVIAL,
    gaussian::TRIVIAL,
    nearest::TRIVIAL,
    blur::TRIVIAL,
];

//! The judge: a small network that sees the picture and names the process that made it.
//!
//! Frames with true labels ([`data`]) → training → weights → a [`verdict`] on each frame, which goes back into
//! the world as signals. Data, looking and verdicts need no library for learning; training does (feature `judge`).

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod augment;
pub mod backbone;
pub mod calibration;
pub mod classifier;
pub mod inference;
pub mod novelty;
pub mod ood;
pub mod verdict;

#[cfg(feature = "judge")]
pub mod guide;
#[cfg(feature = "judge")]
pub mod model;
#[cfg(feature = "judge")]
pub mod model_card;
#[cfg(feature = "judge")]
pub mod pipeline;
#[cfg(feature = "judge")]
pub mod progress;
#[cfg(feature = "judge")]
pub mod training;

pub use data::DataError as JudgeError;
pub use inference::{Judge, shipped};

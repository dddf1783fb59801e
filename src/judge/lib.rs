//! The judge: a small network that classifies the picture by the process that made it.
//!
//! Frames with true labels ([`data`]) → training → weights → a [`verdict`] on each frame, which feeds
//! back into the world as signals. Inference needs no machine-learning library; training does (feature `judge`).

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod answer;
pub mod architecture;
pub mod augment;
pub mod backbone;
pub mod calibration;
pub mod classifier;
pub mod inference;
pub mod layer_options;
pub mod novelty;
pub mod ood;
pub mod open_set;
pub mod score;
pub mod sight;
pub mod standardise;
pub mod style;
pub mod taste;
pub mod verdict;
mod views;

#[cfg(feature = "judge")]
pub mod fresh;
#[cfg(feature = "judge")]
pub mod grow;
#[cfg(feature = "judge")]
pub mod guide;
#[cfg(feature = "judge")]
pub mod model;
#[cfg(feature = "judge")]
pub mod model_card;
#[cfg(feature = "judge")]
pub mod network;
#[cfg(feature = "judge")]
pub mod penalty;
#[cfg(feature = "judge")]
pub mod pipeline;
#[cfg(feature = "judge")]
pub mod progress;
#[cfg(feature = "judge")]
pub mod training;
#[cfg(feature = "judge")]
pub mod training_config;

pub use data::DataError as JudgeError;
pub use inference::{Judge, shipped};

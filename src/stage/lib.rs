//! The stage: the only crate that depends on macroquad and egui.
//!
//! Reading order: [`show`] (the simulation thread), [`window`], [`performance`] (one frame), [`output`] and [`effects`]
//! (from picture to light), [`panel`] (built from the parameter specs), [`keys`].

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "no scene depends on a window")]

mod capture;
#[cfg(test)]
mod drawn_text;
pub mod effects;
mod gaze_overlay;
mod gpu;
mod help;
mod input;
mod key_actions;
pub mod keys;
pub mod labels;
mod live_output;
pub mod monitors;
mod notifications;
mod options;
mod output;
mod pace;
mod panel;
mod pending_open;
mod performance;
mod safety;
mod script;
mod side_labels;
mod touch;
mod video_capture;
mod window;

pub use options::Options;
pub use script::Script;
pub use window::{StageError, display, run};

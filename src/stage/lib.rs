//! The stage: the only room that names macroquad and egui.
//!
//! Reading order: [`show`] (the world's own thread), [`window`], [`performance`] (one frame), [`output`] and
//! [`effects`] (from picture to light), [`panel`] (made from the Specs), [`keys`].

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "no scene hangs on a window")]

mod acting;
mod capture;
#[cfg(test)]
mod drawn;
pub mod effects;
mod feed;
mod film;
mod gpu;
mod help;
mod input;
pub mod keys;
pub mod labels;
pub mod monitors;
mod notes;
mod opening;
mod output;
mod pace;
mod panel;
mod performance;
mod safety;
mod script;
mod sides;
mod touch;
mod window;

pub use script::Script;
pub use window::{Options, StageError, display, run};

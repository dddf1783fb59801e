//! What a judge sees: which parts of a picture its verdict rests on, what its units respond to, and what it has learned.
//!
//! All of it stands on the gradients of the network at inference ([`Observer`]), which are bit-identical on every machine,
//! so that worlds may follow the judge's gaze.

pub mod class_map;
pub mod dream;
mod gaze;
pub mod map;
pub mod neighbours;
mod observer;
pub mod occlusion;
pub mod pca;
pub mod saliency;
pub mod units;
mod window;

pub use observer::{Objective, Observer, Response};

#[cfg(test)]
mod tests;

//! The engine: worlds, scenes and frames, independent of any particular system, window, device or network.

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod audible;
pub mod audio_signals;
pub mod body;
pub mod brush;
pub mod engine;
pub mod field;
pub mod frame;
pub mod limits;
pub mod names;
pub mod node;
pub mod params;
pub mod ports;
pub mod proportion;
pub mod rng;
pub mod room_sound;
pub mod scene;
pub mod signal;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
pub mod stencil;
pub mod system;
pub mod tape;
pub mod taste;
pub mod units;
pub mod vectors;
pub mod view;
pub mod voice;
pub mod votes;
pub mod widest;

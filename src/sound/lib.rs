//! Sound: what the room says becomes signals, and the worlds are heard. Nothing but `device` knows a sound device.
//!
//! ```text
//!   Engine ──tick──► Score ──orders (ring)──► Synth ──► Played (rodio's Source) ──► rodio's mixer and stream ──► device
//!                      knobs, levels, grains    voices, echo, guard, limiter └──► WAV
//!   microphone (cpal) or file ──► Analyser ──► signals `sound.*`
//! ```
//! The synth never allocates, locks or drops; what it no longer needs goes back over a second ring. [`source`] says what
//! is rodio's here, and why the rest is not.

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod analysis;
pub mod command;
#[cfg(feature = "sound")]
pub mod device;
pub mod feedback_suppressor;
pub mod file;
#[cfg(test)]
mod heap;
pub mod live;
pub mod master;
mod math;
pub mod offline;
mod rate_adapter;
pub mod resample;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
pub mod sonify;
pub mod source;
pub mod synth;
#[cfg(test)]
mod tests;
pub mod voices;

pub use command::{Grain, SynthCommand};
pub use file::{Clip, ClipAnalyser, FileError, WavWriter};
pub use live::LiveAudio;
pub use offline::Offline;
/// The version whose sources, mixers and streams fit those of this crate.
pub use rodio;
pub use sonify::Sonifier;
pub use source::{Played, Stereo};
pub use synth::{Synth, SynthHandle, synth};

/// Sample rate of what is written to files, and wished for from devices, Hz.
pub const RATE: u32 = 48_000;

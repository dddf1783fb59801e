//! Sound: audio input becomes signals, and the worlds are sonified. Only `device` uses sound devices.
//!
//! ```text
//!   Engine ──tick──► Sonifier ──commands──► Synth ──► Played (rodio's Source) ──► rodio's mixer, stream ──► device
//!                      knobs, levels, grains     voices, reverb, volume, limiter └──► WAV
//!   microphone (cpal) or file ──► Analyser ──► signals `sound.*`
//! ```
//! The synth never allocates, locks or drops; what it no longer needs is returned over a second ring. [`source`] says
//! what rodio does here, and why it does not do the rest.

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod analysis;
pub mod command;
#[cfg(feature = "sound")]
pub mod device;
pub mod feedback_suppressor;
pub mod file;
pub mod grain;
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

pub use command::SynthCommand;
pub use file::{Clip, ClipAnalyser, FileError, WavWriter};
pub use grain::Grain;
pub use live::LiveAudio;
pub use offline::Offline;
/// The version whose sources, mixers and streams are compatible with this crate.
pub use rodio;
pub use sonify::Sonifier;
pub use source::{Played, Stereo};
pub use synth::{Synth, SynthHandle, synth};

/// Sample rate of files written, and preferred for devices, Hz.
pub const RATE: u32 = 48_000;

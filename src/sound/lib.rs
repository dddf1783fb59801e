//! Sound: what the room says becomes signals, and the worlds are heard. Nothing but `device` knows a sound device.
//!
//! ```text
//!   Engine ──tick──► Score ──orders (ring)──► Synth ──► device, WAV
//!                      knobs, levels, grains    voices, echo, guard, limiter
//!   microphone or file ──► Analyser ──► signals `sound.*`
//! ```
//! The synth never allocates, locks or drops; what it no longer needs goes back over a second ring.

pub mod analysis;
mod bridge;
#[cfg(feature = "sound")]
pub mod device;
pub mod file;
pub mod guard;
pub mod live;
pub mod master;
mod math;
pub mod offline;
pub mod order;
pub mod resample;
pub mod score;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
pub mod synth;
#[cfg(test)]
mod tests;
pub mod voices;

pub use file::{Clip, FileError, Listening, WavWriter};
pub use live::Live;
pub use offline::Offline;
pub use order::{Grain, Order};
pub use score::Score;
pub use synth::{Synth, Wires, synth};

/// Sample rate of what is written to files, and wished for from devices, Hz.
pub const RATE: u32 = 48_000;

/// Allocation can be forbidden to a thread of the unit tests.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

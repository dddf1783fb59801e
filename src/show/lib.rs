//! The show: what plays, how it passes from one scene to the next, and what keeps it safe. Nothing here knows a
//! window, a device or a network.
//!
//! ```text
//!   window, MIDI, OSC, web ──commands──►  Hub ──►  show thread: World::tick, 60 a second
//!                          ◄──newest state─┘          │ newest picture (triple buffer)
//!                                                     ▼
//!                                                   window
//! ```
//! No side ever waits for another.

#![allow(clippy::disallowed_types, reason = "a show keeps time; `director` and `flash` do not")]
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests may measure"))]

mod board;
mod clock;
mod command;
pub mod director;
mod face;
pub mod favourites;
mod finish;
pub mod flash;
pub mod health;
pub mod history;
mod hub;
mod inbox;
mod learn;
pub mod lock;
pub mod log;
mod master;
pub mod program;
mod record;
mod reel;
pub mod report;
pub mod saved;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
pub mod source;
pub mod tempo;
mod thread;
mod times;
pub mod watchdog;
mod worker;

pub use board::{
    CueFace, CueState, DeviceState, Face, HealthState, LayerFace, LayerState, LimiterState, LinkFace,
    LinkState, NodeFace, NodeState, RecordState, SideState, State, TempoState, VerdictState, VoiceFace, Way,
};
pub use clock::Clock;
pub use command::{Command, Cue, Turn};
pub use director::Director;
pub use finish::{Finish, Shown};
pub use hub::{Hub, PREVIEW, Preview, SoundDesk, StageState, Wishes};
pub use inbox::Inbox;
pub use learn::{LearnDesk, LearnState};
pub use master::{Light, Master, Standing};
pub use record::Recorder;
pub use reel::Reel;
pub use thread::{Show, World};
pub use times::{TICK_BOUNDS, Times};
pub use worker::Worker;

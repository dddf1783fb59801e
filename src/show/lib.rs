//! The show: what plays, transitions between scenes, and what keeps it safe. Nothing here depends on a window, a device
//! or a network.
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

pub mod autosave;
mod clock;
mod command;
mod command_queue;
mod comparison;
mod description;
pub mod director;
pub mod favourites;
pub mod flash;
mod gaze;
pub mod health;
pub mod history;
mod hub;
pub mod lock;
pub mod log;
mod mapping;
mod master;
mod output_chain;
pub mod program;
mod record;
pub mod report;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
pub mod source;
mod state;
mod tape_writer;
mod taste;
pub mod tempo;
mod thread;
mod time_histogram;
mod verdict;
pub mod watchdog;
mod worker;

pub use clock::Clock;
pub use command::{Command, CueTarget, SplitCommand, TasteCommand, VoteCommand};
pub use command_queue::CommandReceiver;
pub use comparison::{PictureDistance, SideState, SplitMode, TrainingState, VoteState, energy_note};
pub use director::Director;
pub use gaze::GazeState;
pub use hub::{Hub, PREVIEW, Preview, SoundControl, StageRequests, StageState};
pub use mapping::{MappingControl, MappingState};
pub use master::{Master, MasterFade, MasterState};
pub use output_chain::{OutputChain, OutputMix};
pub use record::Recorder;
pub use state::{
    CueDescription, CueState, DeviceState, HealthState, LayerDescription, LayerState, LimiterState,
    LinkDescription, LinkState, NodeDescription, NodeState, RecordState, SceneDescription, ShowState,
    TempoState, VoiceDescription,
};
pub use tape_writer::TapeWriter;
pub use taste::TasteState;
pub use thread::{ShowDriver, ShowThread};
pub use time_histogram::{TICK_BOUNDS, TimeHistogram};
pub use verdict::VerdictState;
pub use worker::Worker;

//! What a generator costs: its description, its training, time and energy of a frame, memory, and how far it can be
//! steered.
//!
//! A [`Meter`] measures a piece of work; its energy comes from the processor's counters ([`rapl`]) where they can be
//! read, and is otherwise an estimate that is marked as one ([`energy`]). [`survey()`] runs a generator alone, a
//! [`Profile`] holds what it says of itself, a [`Price`] collects both. [`break_even()`] tells when a training is paid
//! for; [`page`] shows prices, [`table`] writes them.

pub mod break_even;
pub mod energy;
pub mod meter;
pub mod page;
pub mod profile;
pub mod rapl;
pub mod row;
pub mod survey;
pub mod table;

pub use break_even::{BreakEven, break_even};
pub use energy::{Energy, EnergySource, WATTS};
pub use meter::{Measured, Meter};
pub use profile::{Foreign, ForeignTime, Latency, Profile, StatedTraining, Steering};
pub use row::{Price, Spread, Training, against};
pub use survey::{FrameCost, FrameCosts, survey};

//! `untrained`: moving pictures and sound without a model, watched live by a small network trained here.
//!
//! Reading order: [`world`] (fields, systems, scenes, engine, frames), then one system of [`systems`].

pub mod bench;
pub mod cli;
pub mod control;
pub mod data;
pub mod judge;
pub mod learn;
pub mod output;
pub mod performance;
pub mod show;
#[cfg(test)]
#[allow(dead_code, reason = "the integration tests use it too")]
#[path = "../tests/suite/skip.rs"]
mod skip;
pub mod sound;
#[cfg(feature = "stage")]
pub mod stage;
pub mod systems;
pub mod world;

/// What allocates for the unit tests can be counted, and forbidden to a thread.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: bench::memory::Counted<assert_no_alloc::AllocDisabler> =
    bench::memory::Counted(assert_no_alloc::AllocDisabler);

//! The bench: generators compared on equal terms.
//!
//! [`sets`] of pictures or of features are read from files and folders; [`metrics`] evaluate them, independently of
//! what generated them. `backbones` compares those of the judge; [`compare`] compares [`generator`]s; [`collapse`] trains
//! them recursively on their own output; [`datasheet`] says what is in a set; [`look`] shows what a judge sees;
//! [`masks`] evaluates what is said of every pixel; [`price`] says what a generator costs, [`shelf`] holds those of
//! others; [`votes`] evaluates what people made out; `experiments` show how learning goes wrong;
//! [`report`] writes pages.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "it measures what others make")]

#[cfg(feature = "judge")]
pub mod backbones;
pub mod collapse;
pub mod compare;
pub mod datasheet;
#[cfg(feature = "judge")]
pub mod experiments;
pub mod forecast;
pub mod generator;
pub mod look;
pub mod masks;
pub mod memory;
pub mod metrics;
pub mod price;
pub mod report;
pub mod rollout;
#[cfg(feature = "judge")]
pub mod runs;
pub mod sets;
pub mod shelf;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
pub mod votes;

/// Counts memory in the unit tests.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: memory::Counted<std::alloc::System> = memory::Counted(std::alloc::System);

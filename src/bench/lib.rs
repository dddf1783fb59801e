//! The bench: generators compared on equal terms.
//!
//! [`sets`] of pictures or of features are read from files and folders; [`metrics`] measure them. Nothing of these knows what
//! made them. [`collapse`] feeds generators their own output; [`report`] writes pages.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "it measures what others make")]

pub mod collapse;
pub mod compare;
pub mod generator;
pub mod memory;
pub mod metrics;
pub mod report;
pub mod sets;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;

/// Memory can be counted in the unit tests.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: memory::Counted<std::alloc::System> = memory::Counted(std::alloc::System);

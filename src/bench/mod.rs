//! The bench: generators compared on equal terms.
//!
//! [`metrics`] measure sets of pictures or of their features; nothing here knows what made them.

pub mod metrics;

//! The bench: generators compared on equal terms.
//!
//! [`sets`] of pictures or of features are read from files and folders; [`metrics`] measure them. Nothing here knows what
//! made them.

pub mod metrics;
pub mod sets;

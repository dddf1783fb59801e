//! Counters of a simulated user.

use std::sync::atomic::AtomicU64;

/// What a simulated user has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserStats {
    /// Knobs moved.
    pub moves: u64,
    /// Previews seen.
    pub previews: u64,
    /// Times the connection was lost.
    pub losses: u64,
}

/// The counters while it runs.
#[derive(Default)]
pub struct UserCounters {
    /// Knobs moved.
    pub moves: AtomicU64,
    /// Previews seen.
    pub previews: AtomicU64,
    /// Times the connection was lost.
    pub losses: AtomicU64,
}

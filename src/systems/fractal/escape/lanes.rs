//! Orbits that are followed side by side.

/// Orbits in a tile.
pub const LANES: usize = 64;

//! What a body feels of all others within its sight.

/// Sums over the others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums<R> {
    /// How many are in sight.
    pub count: R,
    /// Of their velocities.
    pub velocity: [R; 2],
    /// Of the ways to them.
    pub offset: [R; 2],
    /// Of −d/|d|² over those that are close (Reynolds 1987).
    pub separation: [R; 2],
}

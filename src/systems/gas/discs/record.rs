//! What happened: each collision, and sums over all of them.

use super::arena::Side;

/// What a disc collided with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Struck {
    /// Another disc.
    Disc(u32),
    /// A wall.
    Wall(Side),
    /// An obstacle.
    Solid,
}

/// A collision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collision {
    /// When, steps since the last tick.
    pub time: f64,
    /// Where the bodies touched, cells.
    pub place: [f64; 2],
    /// The disc; of two the one with the lower number.
    pub disc: u32,
    /// What it collided with.
    pub struck: Struck,
    /// Momentum transferred, mass·cells/step.
    pub impulse: f64,
}

/// Collisions that are kept, at most; all others are only counted.
pub const KEPT: usize = 1 << 16;

/// Sums over collisions since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Time, steps.
    pub time: f64,
    /// Collisions of two discs.
    pub pairs: u64,
    /// Collisions with walls and obstacles.
    pub bounces: u64,
    /// Changes from one cell to the next.
    pub crossings: u64,
    /// Searches for the next event of a disc.
    pub searches: u64,
    /// Work: pairs and parts of obstacles looked at, and some for each search.
    pub work: u64,
    /// Momentum given to each wall, by [`Side`]; mass·cells/step.
    pub walls: [f64; 4],
    /// Distance of the centres times momentum transferred, over collisions of two discs: the virial.
    pub virial: f64,
}

impl Tally {
    /// All collisions.
    pub fn collisions(&self) -> u64 {
        self.pairs + self.bounces
    }

    /// What has been added since an earlier one.
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            time: self.time - earlier.time,
            pairs: self.pairs - earlier.pairs,
            bounces: self.bounces - earlier.bounces,
            crossings: self.crossings - earlier.crossings,
            searches: self.searches - earlier.searches,
            work: self.work - earlier.work,
            walls: std::array::from_fn(|k| self.walls[k] - earlier.walls[k]),
            virial: self.virial - earlier.virial,
        }
    }
}

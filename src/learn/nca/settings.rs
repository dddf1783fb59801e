//! Settings of the automaton.

use super::cells::rule::CellShape;
use world::params;

world::choices! {
    /// What an automaton learns to do.
    pub enum Goal {
        /// Pictures like those of a set.
        Varied: "varied",
        /// One picture grown from one cell.
        Grow: "grow",
        /// A texture.
        Texture: "texture",
    }
}

params! {
    /// Settings of the automaton.
    pub struct Settings {
        /// What it learns to do: pictures like those of a set, one picture grown from a cell, or a texture.
        goal: Choice of Goal = "varied";
        /// Channels of a cell's state, visible ones included.
        channels: u32 = 16 in 6..=64;
        /// Hidden units of a cell's network.
        hidden: u32 = 48 in 8..=256;
        /// Distance of the neighbours that a cell sees besides the nearest, in cells; 0 for the nearest only (only for
        /// `texture`).
        far: u32 = 0 in 0..=16;
        /// Latent dimensions of a genome.
        latent: u32 = 24 in 2..=128;
        /// Weight of the Kullback–Leibler divergence of genomes from their prior.
        beta: f32 = 1.0 in 0.0..=10.0;
        /// Steps at each size of the world (only for the goal `varied`).
        steps: u32 = 8 in 4..=96;
        /// Fraction of the cells that update in a step.
        fire: f32 = 0.5 in 0.1..=1.0;
        /// Cells a side of the worlds that learn a texture, at most the pictures' side (only for `texture`).
        crop: u32 = 32 in 8..=128;
        /// Worlds of a step of training (only for `texture`).
        worlds: u32 = 4 in 1..=64;
        /// Worlds that are kept between steps of training (only for `texture`).
        pool: u32 = 128 in 8..=1024;
        /// Mean steps of a world between two steps of training: from half to one and a half as many (only for
        /// `texture`).
        rollout: u32 = 32 in 2..=256;
        /// Sizes at which a texture is compared, each half the one before (only for `texture`).
        scales: u32 = 4 in 1..=6;
        /// Steps of an epoch (only for `texture`).
        rounds: u32 = 250 in 1..=100000;
    }
}

/// Sizes that a varied world goes through: a quarter, half, whole.
pub const SIZES: usize = 3;

/// A cell is alive if a cell of its 3 × 3 neighbourhood is more opaque than this (grow).
pub const ALIVE: f32 = 0.1;

impl Settings {
    /// Sizes of a cell's network.
    pub fn shape(&self) -> CellShape {
        let far = if self.goal == Goal::Texture { self.far } else { 0 };
        let [channels, hidden, far] = [self.channels, self.hidden, far].map(|n| n as usize);
        CellShape { channels, given: 0, hidden, far }
    }
}

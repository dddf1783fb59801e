//! The bodies that behaviours move.

use crate::swarm::subsumption::lanes::{LANES, MessageLine};
use crate::swarm::subsumption::steer::Vec2;

/// The bodies of a block, as seen by behaviours.
pub struct Bodies<'a> {
    /// Number of the first agent.
    pub first: u64,
    /// Number of agents.
    pub len: usize,
    /// Positions.
    pub x: &'a [f32; LANES],
    /// Positions, down.
    pub y: &'a [f32; LANES],
    /// Directions they face, of length one.
    pub hx: &'a [f32; LANES],
    /// Directions they face, down.
    pub hy: &'a [f32; LANES],
    /// Speed of each, as a fraction of full speed.
    pub pace: &'a [f32; LANES],
    /// 1 for those that carry food.
    pub load: &'a [u8; LANES],
}

impl Bodies<'_> {
    /// An agent's position.
    #[inline(always)]
    pub fn at(&self, i: usize) -> Vec2 {
        Vec2::new(self.x[i], self.y[i])
    }
    /// The direction it faces.
    #[inline(always)]
    pub fn facing(&self, i: usize) -> Vec2 {
        Vec2::new(self.hx[i], self.hy[i])
    }
}

/// A heading message, or its default.
#[inline(always)]
pub fn heading_or(line: &MessageLine, i: usize, or: Vec2) -> Vec2 {
    if line.has_message(i) { Vec2::new(line.x[i], line.y[i]) } else { or }
}

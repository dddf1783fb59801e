//! The agents of one species: each senses the trail ahead in three places, turns towards the most, moves and leaves a mark.
//!
//! A heading is kept as a unit vector and turned by rotation, so that no angle function is evaluated. Marks are counts of
//! agents by cell, and counts may be added in any order: the trail does not depend on who came first, nor on threads.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::block::{BLOCK, Block, Bodies};
use super::law::{Chance, Ground, Law, rotation};
use crate::real::Real;

/// Agents that one task moves.
const TASK: usize = 8192;

/// The agents of a species.
#[derive(Clone, Debug, Default)]
pub struct Agents<R> {
    /// Positions, cells.
    pub x: Vec<R>,
    /// Positions, cells.
    pub y: Vec<R>,
    /// Headings, right.
    pub cos: Vec<R>,
    /// Headings, down.
    pub sin: Vec<R>,
}

impl<R: Real> Agents<R> {
    /// Adds an agent: position in cells, heading in degrees from the right clockwise.
    pub fn push(&mut self, place: [R; 2], degrees: R) {
        let [cos, sin] = rotation(degrees);
        self.x.push(place[0]);
        self.y.push(place[1]);
        self.cos.push(cos);
        self.sin.push(sin);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// Heading of an agent, degrees, −180 to 180.
    pub fn degrees(&self, agent: usize) -> R {
        self.sin[agent].angle(self.cos[agent]) * R::of(180.0 / std::f64::consts::PI)
    }

    /// All sense, turn, move and mark the cell where they are then.
    pub fn step(&mut self, law: &Law<R>, ground: &Ground<R>, chance: &impl Chance<R>, marks: &[AtomicU32]) {
        let places = self.x.par_chunks_mut(TASK).zip(self.y.par_chunks_mut(TASK));
        let headings = self.cos.par_chunks_mut(TASK).zip(self.sin.par_chunks_mut(TASK));
        places.zip(headings).enumerate().for_each(|(task, ((x, y), (cos, sin)))| {
            let mut block = Block::new(law);
            let blocks = x.chunks_mut(BLOCK).zip(y.chunks_mut(BLOCK));
            let headings = cos.chunks_mut(BLOCK).zip(sin.chunks_mut(BLOCK));
            for (k, ((x, y), (cos, sin))) in blocks.zip(headings).enumerate() {
                let first = (task * TASK + k * BLOCK) as u64;
                block.step(&mut Bodies { x, y, cos, sin }, law, ground, (chance, first));
                for &cell in &block.cells[..x.len()] {
                    marks[cell as usize].fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
}

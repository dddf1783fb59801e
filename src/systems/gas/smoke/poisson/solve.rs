//! V-cycles until the residual is small enough.

use super::super::sides::Faces;
use super::hierarchy::{Goal, Hierarchy, Outcome};
use super::krylov::Directions;
use super::level::Level;
use crate::real::Real;

/// A cycle that leaves more of the residual than this is slow: conjugate gradients take over,
const SLOW: f64 = 0.4;
/// unless so little is left of the first residual that it may be rounding.
const LITTLE: f64 = 1e-3;
/// If conjugate gradients leave less than this a cycle, the next solve does without.
const QUICK: f64 = 0.1;
/// Progress below which rounding is all that is left.
const STALLED: f64 = 0.8;

/// A solver for one grid.
#[derive(Clone, Debug)]
pub struct Solver<T> {
    grids: Hierarchy<T>,
    directions: Directions<T>,
}

impl<T: Real> Solver<T> {
    /// For these faces.
    pub fn new(faces: Faces<T>) -> Self {
        Self { grids: Hierarchy::new(faces), directions: Directions::default() }
    }

    /// The finest grid.
    pub fn finest(&self) -> &Level<T> {
        self.grids.finest()
    }
    /// The finest grid, to set its right-hand side and first guess.
    pub fn finest_mut(&mut self) -> &mut Level<T> {
        self.grids.finest_mut()
    }
    /// After a change of the finest grid's faces.
    pub fn rebuild(&mut self) {
        self.grids.rebuild();
    }
    /// Norm of the right-hand side.
    pub fn norm(&self) -> f64 {
        self.grids.norm()
    }
    /// The solution, row after row, with a ring of ghosts.
    pub fn solution(&mut self) -> &[T] {
        self.grids.solution()
    }
    /// The finest faces, and the solution as [`solution`](Self::solution) last gave it.
    pub fn solved(&self) -> (&Faces<T>, &[T]) {
        self.grids.solved()
    }

    /// Improves the unknowns until a goal is reached or nothing improves any more.
    pub fn run(&mut self, goal: Goal) -> Outcome {
        if self.grids.scales() {
            return self.accelerate(goal, 0);
        }
        let (mut first, mut before) = (0.0, f64::INFINITY);
        for cycles in 0..=goal.cycles {
            let left = self.grids.descend(0);
            first = if cycles == 0 { left } else { first };
            let stalled = cycles > 2 && left > STALLED * before;
            if left <= goal.residual || cycles == goal.cycles || (stalled && left < LITTLE * first) {
                return Outcome { residual: left, cycles };
            }
            if cycles > 1 && left > SLOW * before && left > LITTLE * first {
                return self.accelerate(goal, cycles);
            }
            before = left;
            self.grids.ascend(0);
        }
        Outcome::default()
    }

    fn accelerate(&mut self, goal: Goal, done: usize) -> Outcome {
        self.grids.scale(true);
        let (outcome, before) = self.directions.run(&mut self.grids, goal, done);
        let cycles = (outcome.cycles - done) as f64;
        self.grids.scale(outcome.residual > before * libm::pow(QUICK, cycles));
        outcome
    }
}

//! Conjugate gradients, preconditioned by V-cycles (flexible: Notay 2000): each step takes the correction of a cycle,
//! makes it conjugate to the last one, and goes along it as far as the error's energy falls. The corrections of all levels
//! are scaled alike (Reusken 1991), for where doors and thin walls are not seen by a coarse grid its correction may be
//! many times too long.

use super::algebra::{Planes, combine, dot, residuals};
use super::hierarchy::{Goal, Hierarchy, Outcome};
use crate::real::Real;

/// Steps in a row without progress after which rounding is all that is left.
const PATIENCE: usize = 6;

/// What is kept between steps.
#[derive(Clone, Debug, Default)]
pub struct Directions<T> {
    sum: Planes<T>,
    step: Planes<T>,
    effect: Planes<T>,
    last_step: Planes<T>,
    last_effect: Planes<T>,
}

impl<T: Real> Directions<T> {
    /// Solves on from the unknowns of the finest grid, after `done` cycles; also the residual before. The right-hand
    /// side is used up.
    pub fn run(&mut self, grids: &mut Hierarchy<T>, goal: Goal, done: usize) -> (Outcome, f64) {
        let shape = grids.finest().shape;
        for planes in
            [&mut self.sum, &mut self.step, &mut self.effect, &mut self.last_step, &mut self.last_effect]
        {
            planes.iter_mut().for_each(|plane| plane.resize(shape.len(), T::ZERO));
        }
        // From here on the right-hand side is what is left.
        let level = grids.finest_mut();
        residuals(level, &mut self.effect);
        std::mem::swap(&mut self.effect, &mut level.b);
        std::mem::swap(&mut self.sum, &mut level.x);
        let mut residual = dot(shape, &grids.finest().b, &grids.finest().b).sqrt();
        let before = residual;
        let (mut cycles, mut last_square, mut poor, mut best) = (done, 0.0, 0, residual);
        while residual > goal.residual && cycles < goal.cycles && poor < PATIENCE {
            residual = self.advance(grids, &mut last_square);
            poor = if residual > 0.99 * best { poor + 1 } else { 0 };
            best = residual.min(best);
            cycles += 1;
        }
        std::mem::swap(&mut self.sum, &mut grids.finest_mut().x);
        (Outcome { residual, cycles }, before)
    }

    /// One step; the norm of what is left.
    fn advance(&mut self, grids: &mut Hierarchy<T>, last_square: &mut f64) -> f64 {
        let shape = grids.finest().shape;
        grids.finest_mut().x.iter_mut().for_each(|x| x.fill(T::ZERO));
        grids.cycle(0);
        let level = grids.finest_mut();
        residuals(level, &mut self.effect);
        std::mem::swap(&mut self.step, &mut level.x);
        // The effect of a step is what it takes from the residual.
        for (effect, b) in self.effect.iter_mut().zip(&level.b) {
            combine(shape, effect, b, |left, b| b - left);
        }
        if *last_square > 0.0 {
            let share = T::of(dot(shape, &self.step, &self.last_effect) / *last_square);
            for colour in 0..2 {
                combine(shape, &mut self.effect[colour], &self.last_effect[colour], |v, w| v - share * w);
                combine(shape, &mut self.step[colour], &self.last_step[colour], |v, w| v - share * w);
            }
        }
        let square = dot(shape, &self.step, &self.effect);
        if square > 0.0 {
            let along = T::of(dot(shape, &level.b, &self.step) / square);
            for colour in 0..2 {
                combine(shape, &mut self.sum[colour], &self.step[colour], |v, w| v + along * w);
                combine(shape, &mut level.b[colour], &self.effect[colour], |v, w| v - along * w);
            }
        }
        *last_square = square;
        std::mem::swap(&mut self.step, &mut self.last_step);
        std::mem::swap(&mut self.effect, &mut self.last_effect);
        dot(shape, &level.b, &level.b).sqrt()
    }
}

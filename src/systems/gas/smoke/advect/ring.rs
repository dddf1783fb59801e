//! MacCormack's two passes as one: a row is predicted shortly before it is needed, and kept for as long as it is, so that what
//! the first pass writes is still in the cache when the second reads it.

use std::sync::{Mutex, PoisonError};

use super::correct::{Predicted, correct_clamp, correct_free, correct_revert};
use super::nodes::{Nodes, Rows, reach, resolve};
use super::predict::{Step, predict, predict_within};
use super::scheme::Scheme;
use super::trace::Place;
use crate::real::Real;

/// Predicted rows, and the limits of their values.
#[derive(Clone, Debug, Default)]
pub struct Ring<T, const C: usize> {
    guess: Vec<[T; C]>,
    low: Vec<[T; C]>,
    high: Vec<[T; C]>,
    /// How many rows there are room for.
    count: usize,
    /// Whether each goes round.
    round: bool,
}

impl<T: Real, const C: usize> Ring<T, C> {
    /// Carries the rows of a band, whose first is given; `finish` is called with each.
    pub fn carry(
        &mut self,
        band: &mut [[T; C]],
        step: Step<T, C>,
        first: usize,
        scheme: Scheme,
        mut finish: impl FnMut(usize, &mut [[T; C]]),
    ) {
        let Nodes { w, h, period } = step.nodes;
        let end = first + band.len() / w;
        let [up, down] = reached(step, first, end);
        let within = |y: i32| if period[1] > 0 { y } else { y.clamp(0, h as i32 - 1) };
        // Rows that a row needs.
        let window = (down - up + 1) as usize;
        let (mut next, all) = (within(first as i32 + up), window >= h);
        self.make_room(if all { h } else { window.next_power_of_two() }, !all, w, scheme);
        if all {
            (0..h).for_each(|y| self.predict(step, y as i32, scheme));
        }
        for (y, row) in (first..end).zip(band.chunks_mut(w)) {
            while !all && next <= within(y as i32 + down) {
                self.predict(step, next, scheme);
                next += 1;
            }
            let predicted = self.predicted(y, w, scheme);
            match scheme {
                Scheme::Clamp => correct_clamp(row, predicted, step, y),
                Scheme::Revert => correct_revert(row, predicted, step, y),
                _ => correct_free(row, predicted, step, y),
            }
            finish(y, row);
        }
    }

    fn make_room(&mut self, count: usize, round: bool, w: usize, scheme: Scheme) {
        (self.count, self.round) = (count, round);
        let grow = |plane: &mut Vec<[T; C]>, rows: usize| {
            if plane.len() < rows * w {
                plane.resize(rows * w, [T::ZERO; C]);
            }
        };
        grow(&mut self.guess, count + 1);
        if limits(scheme) {
            grow(&mut self.low, count);
            grow(&mut self.high, count);
        }
    }

    fn rows(&self) -> Rows {
        if self.round { Rows::ring(self.count) } else { Rows::ALL }
    }

    /// Predicts a row, which may lie beyond a border where the world repeats.
    fn predict(&mut self, step: Step<T, C>, y: i32, scheme: Scheme) {
        let w = step.nodes.w;
        let slot = self.rows().place(y) as usize;
        let here = slot * w..(slot + 1) * w;
        let y = resolve(y, step.nodes.h, step.nodes.period[1]);
        if limits(scheme) {
            let rows =
                [&mut self.guess[here.clone()], &mut self.low[here.clone()], &mut self.high[here.clone()]];
            predict_within(rows, step, y);
        } else {
            predict(&mut self.guess[here.clone()], step, y);
        }
        if self.round && slot == 0 {
            self.guess.copy_within(here, self.count * w);
        }
    }

    fn predicted(&self, y: usize, w: usize, scheme: Scheme) -> Predicted<'_, T, C> {
        let slot = self.rows().place(y as i32) as usize;
        let here = slot * w..(slot + 1) * w;
        let limits =
            if limits(scheme) { [&self.low[here.clone()], &self.high[here.clone()]] } else { [&[][..]; 2] };
        Predicted { all: &self.guess, rows: self.rows(), here: &self.guess[here], limits }
    }
}

fn limits(scheme: Scheme) -> bool {
    matches!(scheme, Scheme::Clamp | Scheme::Revert)
}

/// How far up and down of their own the rows lie that those of a band need.
fn reached<T: Real, const C: usize>(step: Step<T, C>, first: usize, end: usize) -> [i32; 2] {
    let (nodes, ahead) = (step.nodes, &step.traces.ahead.y);
    let w = if step.place == Place::Across { nodes.w - 1 } else { nodes.w };
    let h = ahead.len() / w;
    // At a face it is the mean of two cells, in worlds that repeat of the first and the last.
    let [mut up, mut down] = reach(&ahead[first.saturating_sub(1) * w..end.min(h) * w]);
    if nodes.period[1] > 0 {
        for row in [&ahead[..w], &ahead[(h - 1) * w..]] {
            let [more_up, more_down] = reach(row);
            (up, down) = (up.min(more_up), down.max(more_down));
        }
    }
    [up, down]
}

/// Rings that are not in use: as many as threads have needed at once.
#[derive(Debug, Default)]
pub struct Rings<T, const C: usize>(Mutex<Vec<Ring<T, C>>>);

impl<T, const C: usize> Clone for Rings<T, C> {
    /// None: a ring holds nothing from one step to the next.
    fn clone(&self) -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T: Real, const C: usize> Rings<T, C> {
    /// Lends a ring.
    pub fn take(&self, f: impl FnOnce(&mut Ring<T, C>)) {
        let free = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ring = free().pop().unwrap_or_default();
        f(&mut ring);
        free().push(ring);
    }
}

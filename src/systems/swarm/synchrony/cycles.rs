//! Who runs ahead of the others, or falls behind, by full turns.

use core::f32::consts::TAU;

use rayon::prelude::*;

use super::waves::TASK;

/// Units of time over which turns are counted.
const WINDOW: f64 = 100.0;

/// Turns relative to the mean.
#[derive(Clone, Debug, Default)]
pub struct Cycles {
    /// How far each phase went since the window began, radians.
    pub wound: Vec<f32>,
    /// How far all went together.
    all: f64,
    is_done: Vec<bool>,
    time: f64,
    share: Option<f32>,
}

impl Cycles {
    /// Of so many.
    pub fn new(n: usize) -> Self {
        Self { wound: vec![0.0; n], is_done: vec![false; n], ..Self::default() }
    }

    /// After a tick of so much time, in which all went so far together.
    pub fn take(&mut self, time: f64, way: f64) {
        self.time += time;
        self.all += way;
        let mean = (self.all / self.wound.len().max(1) as f64) as f32;
        let pairs = self.is_done.par_iter_mut().zip(&self.wound).with_min_len(TASK);
        pairs.for_each(|(is_done, wound)| *is_done |= (wound - mean).abs() >= TAU);
        if self.time >= WINDOW {
            let share = self.now();
            *self = Self { share: Some(share), ..Self::new(self.wound.len()) };
        }
    }

    fn now(&self) -> f32 {
        let count = self.is_done.iter().filter(|is_done| **is_done).count();
        count as f32 / self.is_done.len().max(1) as f32
    }

    /// Share of those who made a full turn in the last window, or so far in the first.
    pub fn share(&self) -> f32 {
        self.share.unwrap_or_else(|| self.now())
    }
}

//! The trail of one species: marks are added, it diffuses by a 3×3 mean and decays (Jones 2010).

use std::sync::atomic::AtomicU32;

use rayon::prelude::*;

use crate::real::Real;
use world::field::rows_per_task;

/// Trails below this are 0: what fades must not become a subnormal, which is slow.
const GONE: f64 = 1e-18;

/// A trail, cell by cell.
#[derive(Debug, Default)]
pub struct Trail<R> {
    /// What is left of the marks.
    pub now: Vec<R>,
    spare: Vec<R>,
    /// How many agents marked each cell in this step.
    pub marks: Vec<AtomicU32>,
    size: (usize, usize),
}

world::widest! {
    /// One row of the 3×3 mean, times nine `keep`.
    fn mean_row<T: Real>(up: &[T], here: &[T], down: &[T], keep: T, torus: bool, out: &mut [T]) {
        let n = out.len();
        let (up, here, down) = (&up[..n], &here[..n], &down[..n]);
        let gone = T::of(GONE);
        for x in 1..n.saturating_sub(1) {
            let left = up[x - 1] + here[x - 1] + down[x - 1];
            let middle = up[x] + here[x] + down[x];
            let right = up[x + 1] + here[x + 1] + down[x + 1];
            let mean = (left + middle + right) * keep;
            out[x] = if mean > gone { mean } else { T::ZERO };
        }
        for x in [0, n - 1] {
            let before = if x > 0 { x - 1 } else if torus { n - 1 } else { 0 };
            let after = if x + 1 < n { x + 1 } else if torus { 0 } else { n - 1 };
            let left = up[before] + here[before] + down[before];
            let middle = up[x] + here[x] + down[x];
            let right = up[after] + here[after] + down[after];
            let mean = (left + middle + right) * keep;
            out[x] = if mean > gone { mean } else { T::ZERO };
        }
    }
}

impl<R: Real> Trail<R> {
    /// No trail.
    pub fn new(size: (usize, usize)) -> Self {
        let cells = size.0 * size.1;
        let marks = (0..cells).map(|_| AtomicU32::new(0)).collect();
        Self { now: vec![R::ZERO; cells], spare: vec![R::ZERO; cells], marks, size }
    }

    /// Adds what agents left, `deposit` each, spreads it, and keeps all but `decay` of it. Beyond a wall the border goes on.
    pub fn settle(&mut self, deposit: R, decay: R, torus: bool) {
        let (w, h) = self.size;
        let tall = rows_per_task(w);
        let marks = self.marks.par_chunks_mut(w).with_min_len(tall);
        self.now.par_chunks_mut(w).with_min_len(tall).zip(marks).for_each(|(row, marks)| {
            for (value, mark) in row.iter_mut().zip(marks) {
                *value += deposit * R::of(std::mem::take(mark.get_mut()) as f64);
            }
        });
        let (now, keep) = (&self.now, (R::ONE - decay) / R::of(9.0));
        let row = |y: usize| &now[y * w..][..w];
        self.spare.par_chunks_mut(w).with_min_len(tall).enumerate().for_each(|(y, out)| {
            let (up, down) = match torus {
                true => ((y + h - 1) % h, (y + 1) % h),
                false => (y.saturating_sub(1), (y + 1).min(h - 1)),
            };
            mean_row(row(up), row(y), row(down), keep, torus, out);
        });
        std::mem::swap(&mut self.now, &mut self.spare);
    }
}

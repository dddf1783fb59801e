//! How a mask moves: the velocity of each place from two frames (Lucas and Kanade 1981), on blurred masks, so that edges
//! give a slope to follow. Along a straight edge only the velocity across it can be seen, and is all that gas feels.

use rayon::prelude::*;
use world::field::rows_per_task;

/// Blur of the masks, cells: motion is followed up to about this far a tick.
const BLUR: usize = 4;
/// Window of the fit, cells.
const WINDOW: usize = 4;
/// Slopes below this say nothing.
const LEAST: f32 = 0.02;

/// A velocity, at most as fast as can be followed: what blinks does not move.
fn within(v: [f32; 2]) -> [f32; 2] {
    v.map(|v| v.clamp(-(BLUR as f32), BLUR as f32))
}

/// Two frames of a mask.
#[derive(Clone, Debug, Default)]
pub struct Motion {
    last: Vec<f32>,
    now: Vec<f32>,
    spare: Vec<f32>,
    terms: [Vec<f32>; 5],
}

impl Motion {
    /// Forgets the last frame.
    pub fn clear(&mut self) {
        self.last.clear();
    }

    /// Takes a frame (not 0 is solid) and writes the velocities since the last one, cells a tick; 0 at the first.
    pub fn follow(&mut self, mask: &[u8], (w, h): (usize, usize), into: &mut [[f32; 2]]) {
        self.now.clear();
        self.now.extend(mask.iter().map(|&s| (s != 0) as u8 as f32));
        blur(&mut self.now, &mut self.spare, (w, h), BLUR);
        if self.last.len() != w * h {
            self.last.clone_from(&self.now);
        }
        self.slopes((w, h));
        for term in &mut self.terms {
            blur(term, &mut self.spare, (w, h), WINDOW);
        }
        let [xx, xy, yy, xt, yt] = &self.terms;
        let area = ((2 * WINDOW + 1) * (2 * WINDOW + 1)) as f32;
        into.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate().for_each(|(y, row)| {
            for (x, v) in row.iter_mut().enumerate() {
                let i = y * w + x;
                *v = within(solve([xx[i], xy[i], yy[i], xt[i], yt[i]].map(|t| t * area)));
            }
        });
        std::mem::swap(&mut self.last, &mut self.now);
    }

    fn slopes(&mut self, (w, h): (usize, usize)) {
        let (last, now) = (&self.last, &self.now);
        for (k, term) in self.terms.iter_mut().enumerate() {
            term.resize(w * h, 0.0);
            term.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate().for_each(|(y, row)| {
                let rows = [y.saturating_sub(1), (y + 1).min(h - 1)];
                for (x, value) in row.iter_mut().enumerate() {
                    let columns = [x.saturating_sub(1), (x + 1).min(w - 1)];
                    let both = |i: usize| last[i] + now[i];
                    let gx = 0.25 * (both(y * w + columns[1]) - both(y * w + columns[0]));
                    let gy = 0.25 * (both(rows[1] * w + x) - both(rows[0] * w + x));
                    let gt = now[y * w + x] - last[y * w + x];
                    *value = [gx * gx, gx * gy, gy * gy, gx * gt, gy * gt][k];
                }
            });
        }
    }
}

/// The velocity that explains a change: (Σ g gᵀ + λ) v = −Σ g ∂t.
fn solve([xx, xy, yy, xt, yt]: [f32; 5]) -> [f32; 2] {
    let (a, d) = (xx + LEAST, yy + LEAST);
    let determinant = a * d - xy * xy;
    [(xy * yt - d * xt) / determinant, (xy * xt - a * yt) / determinant]
}

/// Mean over squares of 2r + 1 cells; the border's value goes on beyond it.
fn blur(plane: &mut [f32], spare: &mut Vec<f32>, (w, h): (usize, usize), r: usize) {
    spare.resize(w * h, 0.0);
    let share = 1.0 / (2 * r + 1) as f32;
    let source = &*plane;
    spare.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate().for_each(|(y, row)| {
        let from = &source[y * w..(y + 1) * w];
        for (x, value) in row.iter_mut().enumerate() {
            let sum: f32 = (0..2 * r + 1).map(|i| from[(x + i).saturating_sub(r).min(w - 1)]).sum();
            *value = sum * share;
        }
    });
    let source = &*spare;
    plane.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate().for_each(|(y, row)| {
        row.fill(0.0);
        for i in 0..2 * r + 1 {
            let from = &source[(y + i).saturating_sub(r).min(h - 1) * w..][..w];
            row.iter_mut().zip(from).for_each(|(v, &f)| *v += f * share);
        }
    });
}

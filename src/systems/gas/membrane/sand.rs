//! Sand: grains that hop where the skin moves fast and so gather where it does not (Chladni 1787).
//!
//! A grain on skin whose speed is above a threshold is thrown, as far as the speed is above it, in any direction. Nothing
//! pulls it to the nodes: they are where it is not thrown any more.

use rayon::prelude::*;

use super::outline::Outline;
use world::rng::Rng;

/// Grains of a task.
const TASK: usize = 4096;
/// Farthest that a grain is thrown in a tick, cells.
const FARTHEST: f32 = 2.5;

/// Grains.
#[derive(Default)]
pub struct Sand {
    /// Places, cells.
    grains: Vec<[f32; 2]>,
    /// Grains that were not thrown in the last tick.
    settled: usize,
}

impl Sand {
    /// The grains' places, in cells.
    pub fn grains(&self) -> &[[f32; 2]] {
        &self.grains
    }

    /// Share of the grains that lie still.
    pub fn settled(&self) -> f32 {
        self.settled as f32 / self.grains.len().max(1) as f32
    }

    /// Makes it so many grains; new ones are strewn over the skin.
    pub fn strew(&mut self, outline: &Outline, number: usize, rng: Rng) {
        let from = self.grains.len();
        self.grains.truncate(number);
        if from >= number {
            return;
        }
        let place = |i: usize| strewn(outline, rng.fork(i as u64));
        self.grains.extend((from..number).map(place));
    }

    /// One tick. `speed` is the skin's, `per` one over the threshold; `hop` scales throws.
    pub fn hop(&mut self, outline: &Outline, speed: &[f32], [per, hop]: [f32; 2], rng: Rng) {
        let is = |[x, y]: [f32; 2]| {
            let inside = x >= 0.0 && y >= 0.0 && x < outline.width as f32 && y < outline.height as f32;
            inside && outline.skin[outline.at(x as usize, y as usize)] > 0.0
        };
        let counts: Vec<usize> = self
            .grains
            .par_chunks_mut(TASK)
            .enumerate()
            .map(|(task, grains)| {
                let mut still = 0;
                for (i, grain) in grains.iter_mut().enumerate() {
                    let r = rng.fork((task * TASK + i) as u64);
                    if !is(*grain) {
                        // The skin under it is gone.
                        *grain = strewn(outline, r.fork(1));
                        continue;
                    }
                    let over = per * between(outline, speed, *grain) - 1.0;
                    if over <= 0.0 {
                        still += 1;
                        continue;
                    }
                    let angle = core::f32::consts::TAU * r.unit(0);
                    let far = (hop * over * r.unit(1)).min(FARTHEST);
                    let to = [grain[0] + far * libm::cosf(angle), grain[1] + far * libm::sinf(angle)];
                    if is(to) {
                        *grain = to;
                    }
                }
                still
            })
            .collect();
        self.settled = counts.iter().sum();
    }

    /// Grains on every cell of a row-after-row field.
    pub fn density(&self, outline: &Outline) -> Vec<f32> {
        let mut density = vec![0.0; outline.width * outline.height];
        for [x, y] in &self.grains {
            let (x, y) = ((*x as usize).min(outline.width - 1), (*y as usize).min(outline.height - 1));
            density[y * outline.width + x] += 1.0;
        }
        density
    }
}

/// A place on the skin, or near it where tries ran out.
fn strewn(outline: &Outline, r: Rng) -> [f32; 2] {
    let place = |k: u64| [r.unit(2 * k) * outline.width as f32, r.unit(2 * k + 1) * outline.height as f32];
    let on_skin = |[x, y]: [f32; 2]| {
        outline.skin[outline.at((x as usize).min(outline.width - 1), (y as usize).min(outline.height - 1))]
            > 0.0
    };
    (0..24).map(place).find(|at| on_skin(*at)).unwrap_or_else(|| place(24))
}

/// Value of a plane between cells.
fn between(outline: &Outline, plane: &[f32], [x, y]: [f32; 2]) -> f32 {
    let axis = |v: f32, n: usize| {
        let at = (v - 0.5).clamp(0.0, (n - 1) as f32);
        let i = at as usize;
        (i, (i + 1).min(n - 1), at - i as f32)
    };
    let ((i, i1, s), (j, j1, t)) = (axis(x, outline.width), axis(y, outline.height));
    let value = |x: usize, y: usize| plane[outline.at(x, y)];
    let (above, below) =
        (value(i, j) + s * (value(i1, j) - value(i, j)), value(i, j1) + s * (value(i1, j1) - value(i, j1)));
    above + t * (below - above)
}

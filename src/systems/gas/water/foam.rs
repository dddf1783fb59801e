//! Foam: made where water breaks (converges faster than waves can carry it away, or shoots), carried along, fading. And
//! how damp the ground is.

use rayon::prelude::*;

use super::shallow::Shallow;
use world::field::rows_per_task;

/// Convergence over the speed of waves, per cell, above which water breaks.
const STEEP: f32 = 0.04;
/// Speed over that of waves above which water is white.
const SHOOTING: f32 = 0.9;
/// Time in which foam fades, and in which ground dries, s.
const FADE: f32 = 1.5;
const DRYING: f32 = 14.0;
/// Foam a second where water breaks at full strength.
const RATE: f32 = 16.0;
/// Depth from which ground counts as under water, cells.
pub const WET: f32 = 0.02;

/// Foam and what makes it.
pub struct Foam {
    foam: Vec<f32>,
    next: Vec<f32>,
    breaking: Vec<f32>,
    damp: Vec<f32>,
}

impl Foam {
    /// None yet, on so many cells.
    pub fn new(cells: usize) -> Self {
        let plane = || vec![0.0; cells];
        Self { foam: plane(), next: plane(), breaking: plane(), damp: plane() }
    }
    /// Foam, 0..1.
    pub fn foam(&self) -> &[f32] {
        &self.foam
    }
    /// How strongly water breaks, 0..1.
    pub fn breaking(&self) -> &[f32] {
        &self.breaking
    }
    /// How damp the ground is: 1 under water.
    pub fn damp(&self) -> &[f32] {
        &self.damp
    }

    /// One tick.
    pub fn step(&mut self, water: &Shallow, seconds: f32) {
        let (w, wraps) = (water.size().0, water.sides().wraps());
        let rows = self.breaking.par_chunks_mut(w).zip(self.damp.par_chunks_mut(w)).enumerate();
        let dries = libm::expf(-seconds / DRYING);
        rows.with_min_len(rows_per_task(w)).for_each(|(y, (breaking, damp))| {
            break_row(water, wraps, y, breaking);
            damp.iter_mut().zip(water.depth(y)).for_each(|(d, &h)| {
                *d = (*d * dries).max((h * (0.2 / WET)).min(1.0));
                *d = if *d < 1e-4 { 0.0 } else { *d };
            });
        });
        let (foam, breaking) = (&self.foam, &self.breaking);
        let fades = libm::expf(-seconds / FADE);
        let rows = self.next.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, row)| carry_row(water, wraps, [foam, breaking], y, [seconds, fades], row));
        std::mem::swap(&mut self.foam, &mut self.next);
    }
}

/// The index before and the one behind, wrapped or held at the border.
pub fn neighbours(i: usize, n: usize, wrap: bool) -> [usize; 2] {
    match wrap {
        true => [(i + n - 1) % n, (i + 1) % n],
        false => [i.saturating_sub(1), (i + 1).min(n - 1)],
    }
}

fn break_row(water: &Shallow, wraps: [bool; 2], y: usize, into: &mut [f32]) {
    let (w, h) = water.size();
    let [above, below] = neighbours(y, h, wraps[1]);
    let (depth, u, v) = (water.depth(y), water.velocity(0, y), water.velocity(1, y));
    let (va, vb, gravity) = (water.velocity(1, above), water.velocity(1, below), water.physics.gravity);
    let mut cell = |x: usize, [left, right]: [usize; 2]| {
        let d = depth[x];
        let wave = (gravity * d).sqrt() + 4.0;
        let meets = 0.5 * ((u[left] - u[right]) + (va[x] - vb[x]));
        let shoots = (u[x] * u[x] + v[x] * v[x]).sqrt() / wave - SHOOTING;
        let strength = (meets / wave - STEEP).max(0.0) + 0.1 * shoots.max(0.0);
        into[x] = (strength * d / (d + 0.6)).min(1.0);
    };
    (1..w.saturating_sub(1)).for_each(|x| cell(x, [x - 1, x + 1]));
    [0, w - 1].into_iter().for_each(|x| cell(x, neighbours(x, w, wraps[0])));
}

fn carry_row(
    water: &Shallow,
    wraps: [bool; 2],
    [foam, breaking]: [&[f32]; 2],
    y: usize,
    [seconds, fades]: [f32; 2],
    into: &mut [f32],
) {
    let (w, h) = water.size();
    let (depth, u, v) = (water.depth(y), water.velocity(0, y), water.velocity(1, y));
    for (x, out) in into.iter_mut().enumerate() {
        let at = [x as f32 - seconds * u[x], y as f32 - seconds * v[x]];
        let old = bilinear(foam, (w, h), wraps, at);
        let made = RATE * seconds * breaking[y * w + x];
        let keep = if depth[x] > WET { fades } else { 0.8 * fades };
        let new = (old * keep + made).min(1.0);
        *out = if new < 1e-5 { 0.0 } else { new };
    }
}

/// Value of a plane between cells, wrapped or held at the borders.
#[inline(always)]
fn bilinear(plane: &[f32], (w, h): (usize, usize), wraps: [bool; 2], [x, y]: [f32; 2]) -> f32 {
    let axis = |t: f32, n: usize, wrap: bool| {
        let t = if wrap { t } else { t.clamp(0.0, (n - 1) as f32) };
        let cell = t.floor();
        let i = if wrap { (cell as i32).rem_euclid(n as i32) as usize } else { cell as usize };
        let j = if i + 1 < n {
            i + 1
        } else if wrap {
            0
        } else {
            i
        };
        (i, j, t - cell)
    };
    let ((i, i1, s), (j, j1, t)) = (axis(x, w, wraps[0]), axis(y, h, wraps[1]));
    let (a, b) = (&plane[j * w..(j + 1) * w], &plane[j1 * w..(j1 + 1) * w]);
    let (above, below) = (a[i] + s * (a[i1] - a[i]), b[i] + s * (b[i1] - b[i]));
    above + t * (below - above)
}

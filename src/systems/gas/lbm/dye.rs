//! Dye: three colours carried by the gas.
//!
//! Semi-Lagrangian with cubic interpolation, held within the four values round the departure point (Bermejo and
//! Staniforth 1992): it makes no new extremes and smears little. The departure point is found by the midpoint rule.
//! Solid cells next to the gas repeat the mean of their fluid neighbours, so that no dark rim is drawn in.

use rayon::prelude::*;

use super::d2q9::{CX, CY, Q};
use super::lattice::Lattice;

/// Red, green, blue (linear light) and one unused, so that a cell is one short vector.
pub type Colour = [f32; 4];

/// Most dye a cell holds.
pub const MOST: f32 = 8.0;

/// A world's dye.
pub struct Dye {
    now: Vec<Colour>,
    next: Vec<Colour>,
}

/// Where a row or column beyond the border is read: wrapped, or the border itself.
#[inline(always)]
fn resolve(i: isize, n: usize, wrap: bool) -> usize {
    // Nearly always inside; the division of the other case is slow.
    if (i as usize) < n {
        return i as usize;
    }
    match wrap {
        true => i.rem_euclid(n as isize) as usize,
        false => i.clamp(0, n as isize - 1) as usize,
    }
}

impl Dye {
    /// Clear gas.
    pub fn new(cells: usize) -> Self {
        Self { now: vec![[0.0; 4]; cells], next: vec![[0.0; 4]; cells] }
    }
    /// All cells, row after row.
    pub fn cells(&self) -> &[Colour] {
        &self.now
    }
    /// All cells, to change.
    pub fn cells_mut(&mut self) -> &mut [Colour] {
        &mut self.now
    }

    /// Carries the dye over `steps` lattice steps of the present velocity, and multiplies it by `keep`.
    pub fn carry(&mut self, lattice: &Lattice, steps: f32, keep: f32) {
        let carrier = Carrier::new(lattice, &self.now, steps, keep);
        let w = lattice.size().0;
        self.next.par_chunks_mut(w).enumerate().for_each(|(y, row)| carrier.carry(y, row));
        std::mem::swap(&mut self.now, &mut self.next);
        self.coat(lattice);
    }

    /// Gives solid cells beside the gas its mean colour, and clears the others.
    fn coat(&mut self, lattice: &Lattice) {
        let (w, h) = lattice.size();
        let now = &self.now;
        let coats: Vec<(usize, Colour)> = (0..h)
            .into_par_iter()
            .filter(|&y| lattice.has_solid(y))
            .flat_map_iter(|y| {
                let solid = (0..w).filter(move |&x| lattice.solid_row(y)[x] != 0);
                solid.map(move |x| (y * w + x, mean_round(now, lattice, x, y)))
            })
            .collect();
        coats.into_iter().for_each(|(cell, colour)| self.now[cell] = colour);
    }
}

fn mean_round(cells: &[Colour], lattice: &Lattice, x: usize, y: usize) -> Colour {
    let (w, h) = lattice.size();
    let (mut sum, mut count) = ([0.0; 4], 0.0);
    for i in 1..Q {
        let (Some(nx), Some(ny)) = (x.checked_add_signed(CX[i]), y.checked_add_signed(CY[i])) else {
            continue;
        };
        if nx < w && ny < h && lattice.solid()[ny * w + nx] == 0 {
            (0..4).for_each(|c| sum[c] += cells[ny * w + nx][c]);
            count += 1.0;
        }
    }
    if count > 0.0 { sum.map(|s| s / count) } else { sum }
}

/// What carrying needs.
struct Carrier<'a> {
    lattice: &'a Lattice,
    from: &'a [Colour],
    steps: f32,
    keep: f32,
    across: bool,
    down: bool,
}

/// Weights of Lagrange's cubic through four points, at 0..1 between the middle two.
#[inline(always)]
fn cubic(t: f32) -> [f32; 4] {
    let (a, b, c) = (t + 1.0, t - 1.0, t - 2.0);
    [t * b * c * (-1.0 / 6.0), a * b * c * 0.5, a * t * c * -0.5, a * t * b * (1.0 / 6.0)]
}

/// Whole cells and the rest of a displacement.
#[inline(always)]
fn split(d: f32) -> (isize, f32) {
    let mut whole = d as i32;
    whole -= (d < whole as f32) as i32;
    (whole as isize, d - whole as f32)
}

impl<'a> Carrier<'a> {
    fn new(lattice: &'a Lattice, from: &'a [Colour], steps: f32, keep: f32) -> Self {
        let (across, down) = (lattice.edges().wraps_across(), lattice.edges().wraps_down());
        Self { lattice, from, steps, keep, across, down }
    }

    fn carry(&self, y: usize, into: &mut [Colour]) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has the features that the function is compiled for.
            return unsafe { self.row_avx2(y, into) };
        }
        self.row(y, into);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn row_avx2(&self, y: usize, into: &mut [Colour]) {
        self.row(y, into);
    }

    #[inline(always)]
    fn row(&self, y: usize, into: &mut [Colour]) {
        let (u, v) = (self.lattice.moment(1, y), self.lattice.moment(2, y));
        let solid = self.lattice.has_solid(y).then(|| self.lattice.solid_row(y));
        for (x, out) in into.iter_mut().enumerate() {
            if solid.is_some_and(|s| s[x] != 0) {
                *out = [0.0; 4];
                continue;
            }
            let (mu, mv) = self.velocity(x, y, -0.5 * self.steps * u[x], -0.5 * self.steps * v[x]);
            let colour = self.sample(x, y, -self.steps * mu, -self.steps * mv);
            *out = colour.map(|c| c * self.keep);
        }
    }

    /// Velocity at a displacement from a cell, bilinear.
    #[inline(always)]
    fn velocity(&self, x: usize, y: usize, dx: f32, dy: f32) -> (f32, f32) {
        let (w, h) = self.lattice.size();
        let ((ix, tx), (iy, ty)) = (split(dx), split(dy));
        let (x0, y0) = (x as isize + ix, y as isize + iy);
        let (xa, xb) = (resolve(x0, w, self.across), resolve(x0 + 1, w, self.across));
        let (ya, yb) = (resolve(y0, h, self.down), resolve(y0 + 1, h, self.down));
        let part = |which: usize| {
            let (a, b) = (self.lattice.moment(which, ya), self.lattice.moment(which, yb));
            let top = a[xa] + (a[xb] - a[xa]) * tx;
            let bottom = b[xa] + (b[xb] - b[xa]) * tx;
            top + (bottom - top) * ty
        };
        (part(1), part(2))
    }

    /// Colour at a displacement from a cell, cubic and without overshoot.
    #[inline(always)]
    fn sample(&self, x: usize, y: usize, dx: f32, dy: f32) -> Colour {
        let (w, h) = self.lattice.size();
        let ((ix, tx), (iy, ty)) = (split(dx), split(dy));
        let (x0, y0) = (x as isize + ix - 1, y as isize + iy - 1);
        let inside = x0 >= 0 && x0 + 4 <= w as isize;
        let (wx, wy) = (cubic(tx), cubic(ty));
        let (mut sum, mut lo, mut hi) = ([0.0; 4], [f32::INFINITY; 4], [f32::NEG_INFINITY; 4]);
        for (j, wj) in wy.into_iter().enumerate() {
            let from = resolve(y0 + j as isize, h, self.down) * w;
            let taps: [Colour; 4] = match inside {
                true => {
                    let first = from + x0 as usize;
                    self.from[first..first + 4].try_into().expect("four cells")
                }
                false => core::array::from_fn(|k| self.from[from + resolve(x0 + k as isize, w, self.across)]),
            };
            let [a, b, c, d] = taps;
            sum = core::array::from_fn(|k| {
                sum[k] + ((a[k] * wx[0] + b[k] * wx[1]) + (c[k] * wx[2] + d[k] * wx[3])) * wj
            });
            if j == 1 || j == 2 {
                lo = core::array::from_fn(|k| lesser(lesser(lo[k], b[k]), c[k]));
                hi = core::array::from_fn(|k| greater(greater(hi[k], b[k]), c[k]));
            }
        }
        core::array::from_fn(|c| lesser(greater(sum[c], lo[c]), hi[c]))
    }
}

// Plain comparisons: one instruction each, where `f32::min` has to care about NaN.
#[inline(always)]
fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}
#[inline(always)]
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

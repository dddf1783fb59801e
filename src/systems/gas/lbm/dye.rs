//! Dye: three colours carried by the gas.
//!
//! Semi-Lagrangian with cubic interpolation, clamped to the four values round the departure point (Bermejo and
//! Staniforth 1992): it creates no new extremes and diffuses little. The departure point is found by the midpoint rule.
//! Solid cells next to the gas take the mean of their fluid neighbours, so that no dark rim is drawn in.

use rayon::prelude::*;

use super::d2q9::{CX, CY, Q};
use super::lattice::Lattice;
use world::widest;

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

    /// Advects the dye over `steps` lattice steps of the current velocity, and multiplies it by `keep`.
    pub fn carry(&mut self, lattice: &Lattice, steps: f32, keep: f32) {
        let carrier = Advection::new(lattice, &self.now, steps, keep);
        let w = lattice.size().0;
        self.next.par_chunks_mut(w).enumerate().for_each(|(y, row)| carry_row(&carrier, y, row));
        std::mem::swap(&mut self.now, &mut self.next);
        self.coat(lattice);
    }

    /// Gives solid cells next to the gas its mean colour, and clears the others.
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

/// Inputs of the advection.
struct Advection<'a> {
    lattice: &'a Lattice,
    from: &'a [Colour],
    steps: f32,
    keep: f32,
    across: bool,
    down: bool,
}

/// Weights of Cubic Lagrange interpolation through four points, at 0..1 between the middle two.
#[inline(always)]
fn cubic(t: f32) -> [f32; 4] {
    let (a, b, c) = (t + 1.0, t - 1.0, t - 2.0);
    [t * b * c * (-1.0 / 6.0), a * b * c * 0.5, a * t * c * -0.5, a * t * b * (1.0 / 6.0)]
}

/// Cells whose departure points are found together.
const BLOCK: usize = 64;

/// Points between cells: the cell up and left of each, and how far beyond it.
struct BackTraces {
    x: [i32; BLOCK],
    y: [i32; BLOCK],
    tx: [f32; BLOCK],
    ty: [f32; BLOCK],
}

impl BackTraces {
    /// Points at displacements `scale · (dx, dy)` from the cells of row `y` from `x` on.
    #[inline(always)]
    fn displace(&mut self, (x, y): (usize, usize), scale: f32, dx: &[f32], dy: &[f32]) {
        for (i, (dx, dy)) in dx.iter().zip(dy).take(BLOCK).enumerate() {
            let (dx, dy) = (scale * dx, scale * dy);
            let (left, top) = (dx.floor(), dy.floor());
            (self.x[i], self.y[i]) = ((x + i) as i32 + left as i32, y as i32 + top as i32);
            (self.tx[i], self.ty[i]) = (dx - left, dy - top);
        }
    }
}

impl<'a> Advection<'a> {
    fn new(lattice: &'a Lattice, from: &'a [Colour], steps: f32, keep: f32) -> Self {
        let (across, down) = (lattice.edges().wraps_across(), lattice.edges().wraps_down());
        Self { lattice, from, steps, keep, across, down }
    }

    #[inline(always)]
    fn row(&self, y: usize, into: &mut [Colour]) {
        let (u, v) = (self.lattice.moment(1, y), self.lattice.moment(2, y));
        let (none, empty) = ([0; BLOCK], [0.0; BLOCK]);
        let mut points = BackTraces { x: none, y: none, tx: empty, ty: empty };
        let (mut across, mut down) = (empty, empty);
        for (k, out) in into.chunks_mut(BLOCK).enumerate() {
            let (x, n) = (k * BLOCK, out.len());
            points.displace((x, y), -0.5 * self.steps, &u[x..x + n], &v[x..x + n]);
            for i in 0..n {
                (across[i], down[i]) =
                    self.velocity((points.x[i], points.y[i]), (points.tx[i], points.ty[i]));
            }
            points.displace((x, y), -self.steps, &across[..n], &down[..n]);
            for (i, out) in out.iter_mut().enumerate() {
                let colour = self.sample((points.x[i], points.y[i]), (points.tx[i], points.ty[i]));
                for c in 0..4 {
                    out[c] = colour[c] * self.keep;
                }
            }
        }
        if self.lattice.has_solid(y) {
            let solid = self.lattice.solid_row(y).iter().zip(into);
            solid.filter(|(s, _)| **s != 0).for_each(|(_, out)| *out = [0.0; 4]);
        }
    }

    /// Velocity at a point, bilinear.
    #[inline(always)]
    fn velocity(&self, (x, y): (i32, i32), (tx, ty): (f32, f32)) -> (f32, f32) {
        let (w, h) = self.lattice.size();
        let (x, y) = (x as isize, y as isize);
        if (x as usize) >= w - 1 || (y as usize) >= h - 1 {
            return self.velocity_at_border((x, y), (tx, ty));
        }
        // A row is one of density, one across and one down.
        let at = (3 * y as usize + 1) * w + x as usize;
        let near = &self.lattice.moments()[at..at + 4 * w + 2];
        let part = |i: usize| between([near[i], near[i + 1], near[i + 3 * w], near[i + 3 * w + 1]], tx, ty);
        (part(0), part(w))
    }

    #[cold]
    fn velocity_at_border(&self, (x0, y0): (isize, isize), (tx, ty): (f32, f32)) -> (f32, f32) {
        let (w, h) = self.lattice.size();
        let (xa, xb) = (resolve(x0, w, self.across), resolve(x0 + 1, w, self.across));
        let (ya, yb) = (resolve(y0, h, self.down), resolve(y0 + 1, h, self.down));
        let part = |which: usize| {
            let (a, b) = (self.lattice.moment(which, ya), self.lattice.moment(which, yb));
            between([a[xa], a[xb], b[xa], b[xb]], tx, ty)
        };
        (part(1), part(2))
    }

    /// Colour at a point, cubic and without overshoot.
    #[inline(always)]
    fn sample(&self, (x, y): (i32, i32), t: (f32, f32)) -> Colour {
        let (w, h) = self.lattice.size();
        let (x0, y0) = (x as isize - 1, y as isize - 1);
        if x0 < 0 || y0 < 0 || x0 + 4 > w as isize || y0 + 4 > h as isize {
            return smooth(&self.taps_at_border(x0, y0), 4, t);
        }
        let first = y0 as usize * w + x0 as usize;
        smooth(&self.from[first..first + 3 * w + 4], w, t)
    }

    /// The 4×4 cells from a place on.
    #[cold]
    fn taps_at_border(&self, x0: isize, y0: isize) -> [Colour; 16] {
        let (w, h) = self.lattice.size();
        core::array::from_fn(|i| {
            let row = resolve(y0 + (i / 4) as isize, h, self.down) * w;
            self.from[row + resolve(x0 + (i % 4) as isize, w, self.across)]
        })
    }
}

widest! {
    fn carry_row(carrier: &Advection, y: usize, into: &mut [Colour]) {
        carrier.row(y, into);
    }
}

/// Between four values: top left, top right, bottom left, bottom right.
#[inline(always)]
fn between(v: [f32; 4], tx: f32, ty: f32) -> f32 {
    let top = v[0] + (v[1] - v[0]) * tx;
    let bottom = v[2] + (v[3] - v[2]) * tx;
    top + (bottom - top) * ty
}

/// Cubic through 4×4 cells, `stride` apart from row to row, clamped to the middle four.
#[inline(always)]
fn smooth(cells: &[Colour], stride: usize, (tx, ty): (f32, f32)) -> Colour {
    let (wx, wy) = (cubic(tx), cubic(ty));
    let mut sum = [0.0; 4];
    for (j, wj) in wy.into_iter().enumerate() {
        let row = &cells[j * stride..j * stride + 4];
        for k in 0..4 {
            let left = row[0][k] * wx[0] + row[1][k] * wx[1];
            let right = row[2][k] * wx[2] + row[3][k] * wx[3];
            sum[k] += (left + right) * wj;
        }
    }
    let (above, below) = (&cells[stride + 1..stride + 3], &cells[2 * stride + 1..2 * stride + 3]);
    for k in 0..4 {
        let (a, b, c, d) = (above[0][k], above[1][k], below[0][k], below[1][k]);
        let (lo, hi) = (lesser(lesser(a, b), lesser(c, d)), greater(greater(a, b), greater(c, d)));
        sum[k] = lesser(greater(sum[k], lo), hi);
    }
    sum
}

// Plain comparisons: one instruction each, whereas `f32::min` has to handle NaN.
#[inline(always)]
fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}
#[inline(always)]
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

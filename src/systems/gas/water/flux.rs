//! What crosses a face: hydrostatic reconstruction (Audusse, Bouchut, Bristeau, Klein and Perthame 2004) and the
//! Riemann solver HLLC with two-rarefaction wave speeds and dry fronts (Toro, Spruce and Speares 1994; Toro 2001).
//!
//! Momentum is kept as its difference from the hydrostatic pressure of the water on either side of the face. What the
//! ground adds to a cell is then its depth times the slope of its surface, and where the surface is level every term
//! is zero, not a difference of large numbers. The contact wave of HLLC moves the way the mass does: the numerators of
//! its speed and of the mass flux are the same but for a sign, so the velocity across is that of the side that gives.

use world::widest;

use super::reconstruct::{Cells, Line, Pace};

/// Greatest speed of water, cells (or metres) a second; whatever is faster is limited to it.
pub const SPEED_LIMIT: f32 = 4000.0;

/// Depths and speeds below it are 0: numbers that fade into the subnormal are slow.
const LEAST: f32 = 1e-18;

#[inline(always)]
fn still(u: f32) -> f32 {
    if u.abs() < LEAST { 0.0 } else { u }
}

/// Mass, momentum along for the cell before the face and for the one behind it, momentum across.
pub type Flux = [Line; 4];

/// Nothing crosses.
pub const NO_FLUX: Flux = [[0.0; super::reconstruct::LINE]; 4];

widest! {
    /// Fluxes over `n` faces: depth, surface, velocity along and across on the side before each and behind it.
    pub fn cross(before: [&[f32]; 4], behind: [&[f32]; 4], gravity: f32, n: usize, into: &mut Flux) {
        let [hl, el, ul, vl] = before.map(|l| &l[..n]);
        let [hr, er, ur, vr] = behind.map(|l| &l[..n]);
        let [mass, left, right, aside] = into.each_mut().map(|l| &mut l[..n]);
        for i in 0..n {
            let (ul, ur, hl, hr, vl, vr) = (ul[i], ur[i], hl[i], hr[i], vl[i], vr[i]);
            let (zl, zr) = (el[i] - hl, er[i] - hr);
            let sill = zl.max(zr);
            let (dl, dr) = ((el[i] - sill).max(0.0), (er[i] - sill).max(0.0));
            let [slow, fast] = speeds([dl, dr], [ul, ur], gravity);
            let (slow, fast) = (slow.min(0.0), fast.max(0.0));
            let per = 1.0 / (fast - slow).max(1e-12);
            let (ql, qr) = (dl * ul, dr * ur);
            let flow = (fast * ql - slow * qr + (slow * fast) * (dr - dl)) * per;
            let step = (0.5 * gravity) * ((dr - dl) * (dr + dl));
            let push = (fast * (ql * ul) - slow * (qr * ur + step) + (slow * fast) * (qr - ql)) * per;
            // The lower side has ground before it up to the sill.
            let up = zl < zr;
            let wall = blocked(if up { hl - dl } else { hr - dr }, if up { ul } else { -ur }, dl + dr > 0.0, gravity);
            mass[i] = flow;
            left[i] = push + if up { wall } else { 0.0 };
            right[i] = push - step + if up { 0.0 } else { wall };
            aside[i] = flow * if flow > 0.0 { vl } else { vr };
        }
    }
}

/// Push of water that runs at `u` into the part of a face that is ground, up to `depth`: that of a wall (the solver's
/// answer to its mirror image). Without it, water that meets a cliff is not stopped. Water that runs away is held back
/// only where the face is all ground.
#[inline(always)]
fn blocked(depth: f32, u: f32, open: bool, gravity: f32) -> f32 {
    let c = (gravity * depth.max(0.0)).sqrt();
    let wave = (c - u).max(c + 0.5 * u);
    let push = depth.max(0.0) * u * (u + wave);
    if open & (u < 0.0) { 0.0 } else { push }
}

/// Speeds of the slowest and the fastest wave.
#[inline(always)]
fn speeds(h: [f32; 2], u: [f32; 2], gravity: f32) -> [f32; 2] {
    let c = h.map(|h| (gravity * h).sqrt());
    let middle = 0.5 * (u[0] + u[1]) + (c[0] - c[1]);
    let wave = (0.5 * (c[0] + c[1]) + 0.25 * (u[0] - u[1])).max(0.0);
    let (slow, fast) = ((u[0] - c[0]).min(middle - wave), (u[1] + c[1]).max(middle + wave));
    // Next to dry ground the front is a rarefaction that ends at depth zero.
    let slow = if h[0] > 0.0 { slow } else { u[1] - 2.0 * c[1] };
    let fast = if h[0] > 0.0 { fast } else { u[1] + c[1] };
    let (slow, fast) = if h[1] > 0.0 { (slow, fast) } else { (u[0] - c[0], u[0] + 2.0 * c[0]) };
    [slow, fast]
}

widest! {
    /// Share of what it would give over its two faces that each of `n` cells can give.
    pub fn ration(depth: &[f32], before: &[f32], behind: &[f32], ratio: f32, n: usize, into: &mut Line) {
        let (depth, before, behind, into) = (&depth[..n], &before[..n], &behind[..n], &mut into[..n]);
        for i in 0..n {
            let given = ratio * (behind[i].max(0.0) - before[i].min(0.0));
            into[i] = if given > depth[i] { depth[i] / given } else { 1.0 };
        }
    }
}

/// Faces of a line of cells: fluxes over the faces before and behind, and how much of them the cells can give.
pub struct Around<'a> {
    /// Fluxes over the faces before the cells.
    pub before: [&'a [f32]; 4],
    /// Over those behind them.
    pub behind: [&'a [f32]; 4],
    /// Shares of the cells before, of the cells themselves, and of those behind.
    pub shares: [&'a [f32]; 3],
    /// Pull of the surface's slope.
    pub pull: &'a [f32],
}

widest! {
    /// The `n` cells of a line after the step: depth, velocity along and across.
    pub fn update(cells: Cells, around: &Around, pace: Pace, n: usize, into: [&mut [f32]; 3]) {
        let Pace { ratio, dry, .. } = pace;
        let [fb, _, pb, ab] = around.before.map(|l| &l[..n]);
        let [fc, pc, _, ac] = around.behind.map(|l| &l[..n]);
        let [s0, s1, s2] = around.shares.map(|l| &l[..n]);
        let pull = &around.pull[..n];
        let (h, u, v) = (&cells.depth[..n], &cells.along[..n], &cells.across[..n]);
        let [oh, ou, ov] = into.map(|l| &mut l[..n]);
        for i in 0..n {
            let (s0, s1, s2) = (s0[i], s1[i], s2[i]);
            let sb = if fb[i] > 0.0 { s0 } else { s1 };
            let sc = if fc[i] > 0.0 { s1 } else { s2 };
            let depth = (h[i] - ratio * (sc * fc[i] - sb * fb[i])).max(0.0);
            let along = h[i] * u[i] - ratio * ((sc * pc[i] - sb * pb[i]) + pull[i]);
            let across = h[i] * v[i] - ratio * (sc * ac[i] - sb * ab[i]);
            let per = per_depth(depth, dry);
            oh[i] = if depth < LEAST { 0.0 } else { depth };
            ou[i] = still((along * per).clamp(-SPEED_LIMIT, SPEED_LIMIT));
            ov[i] = still((across * per).clamp(-SPEED_LIMIT, SPEED_LIMIT));
        }
    }
}

/// What turns momentum into velocity: 1/depth, falling to zero below `dry` (Kurganov and Petrova 2007).
#[inline(always)]
pub fn per_depth(depth: f32, dry: f32) -> f32 {
    let square = depth * depth;
    2.0 * depth / (square + square.max(dry * dry))
}

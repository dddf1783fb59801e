//! Second order in space and time: limited slopes in a cell, and the states on its two faces half a step ahead (MUSCL
//! and Hancock: van Leer 1979, 1984).
//!
//! Slopes are those of depth, surface and velocity, so that a level surface has none, whatever the ground does below
//! (Audusse et al. 2004). The half step is taken with the equations of depth and velocity, in which the ground appears
//! only as the slope of the surface: a lake at rest keeps zeros.

use world::widest;

/// Cells of a line that are worked on at a time.
pub const TILE: usize = 128;
/// Length of a line of scratch: a tile and what it needs beyond its ends.
pub const LINE: usize = TILE + 16;

/// A line of scratch.
pub type Line = [f32; LINE];

/// Cells in a row: depth, velocity along the sweep, velocity across it, height of the ground.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    /// Depth.
    pub depth: &'a [f32],
    /// Velocity along the sweep.
    pub along: &'a [f32],
    /// Velocity across it.
    pub across: &'a [f32],
    /// Height of the ground.
    pub ground: &'a [f32],
}

/// States on the faces of cells, half a step ahead.
#[derive(Clone)]
pub struct Faces {
    /// Depth, surface, velocity along and across, on the face before the cell.
    pub before: [Line; 4],
    /// The same on the face behind it.
    pub behind: [Line; 4],
    /// Pull of the surface's slope on the water of the cell: g·h·δη.
    pub pull: Line,
}

impl Faces {
    /// Zeros.
    pub const ZERO: Self = Self { before: [[0.0; LINE]; 4], behind: [[0.0; LINE]; 4], pull: [0.0; LINE] };
}

/// Numbers of a sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Duration of the step over the size of a cell.
    pub ratio: f32,
    /// Acceleration of gravity.
    pub gravity: f32,
    /// Depth below which water hardly moves.
    pub dry: f32,
}

/// Steepest slope, in parts of the smaller difference. Below 2, so that on a face towards dry ground the ground stays
/// above the surface of the water by more than rounding.
const STEEPEST: f32 = 1.9;

/// The monotonised central slope between two differences (van Leer 1977).
#[inline(always)]
fn slope(before: f32, behind: f32) -> f32 {
    let least = (STEEPEST * before.abs().min(behind.abs())).min(0.5 * (before + behind).abs());
    if before * behind > 0.0 { if before > 0.0 { least } else { -least } } else { 0.0 }
}

/// Surface of a neighbour, as a cell with surface `e` sees it: a shore is a wall, not a slope of water.
#[inline(always)]
fn beside(depth: f32, ground: f32, e: f32, dry: f32) -> f32 {
    let surface = depth + ground;
    if (depth < dry) & (ground > e) { e } else { surface }
}

widest! {
    /// Face states of the first `n` cells of a line, from the cells before and behind them.
    pub fn reconstruct(before: Cells, here: Cells, behind: Cells, pace: Pace, n: usize, into: &mut Faces) {
        let Pace { ratio, gravity, dry } = pace;
        let half = 0.5 * ratio;
        let Cells { depth: h0, along: u0, across: v0, ground: z0 } = cut(before, n);
        let Cells { depth: h1, along: u1, across: v1, ground: z1 } = cut(here, n);
        let Cells { depth: h2, along: u2, across: v2, ground: z2 } = cut(behind, n);
        let [bh, be, bu, bv] = into.before.each_mut().map(|l| &mut l[..n]);
        let [ch, ce, cu, cv] = into.behind.each_mut().map(|l| &mut l[..n]);
        let pull = &mut into.pull[..n];
        for i in 0..n {
            let (h, u, v) = (h1[i], u1[i], v1[i]);
            let e = h + z1[i];
            let dh = slope(h - h0[i], h2[i] - h);
            let de = slope(e - beside(h0[i], z0[i], e, dry), beside(h2[i], z2[i], e, dry) - e);
            let du = slope(u - u0[i], u2[i] - u);
            let dv = slope(v - v0[i], v2[i] - v);
            let (hb, hc) = (h - 0.5 * dh, h + 0.5 * dh);
            let (ub, uc) = (u - 0.5 * du, u + 0.5 * du);
            let rise = (-half * (hc * uc - hb * ub)).max(-hb.min(hc));
            let (hb, hc) = ((hb + rise).max(0.0), (hc + rise).max(0.0));
            let faster = -half * (u * du + gravity * de);
            let aside = -half * (u * dv);
            bh[i] = hb;
            ch[i] = hc;
            be[i] = e - 0.5 * de + rise;
            ce[i] = e + 0.5 * de + rise;
            bu[i] = ub + faster;
            cu[i] = uc + faster;
            bv[i] = v - 0.5 * dv + aside;
            cv[i] = v + 0.5 * dv + aside;
            pull[i] = gravity * (0.5 * (hb + hc)) * de;
        }
    }
}

#[inline(always)]
fn cut(cells: Cells, n: usize) -> Cells {
    let Cells { depth, along, across, ground } = cells;
    Cells { depth: &depth[..n], along: &along[..n], across: &across[..n], ground: &ground[..n] }
}

//! One step in time of a row of cells: the wave equation with tension, stiffness and two sorts of damping (Bilbao 2009,
//! chapters 11 and 12), by explicit differences.
//!
//! Damping that rises with the square of the frequency needs the Laplacian of the step before; it is kept, not computed
//! again.

use world::widest;

/// Factors of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Factors {
    /// Of the displacement now.
    pub now: f32,
    /// Of the one before (taken away).
    pub before: f32,
    /// Of the Laplacian now.
    pub tension: f32,
    /// Of the one before (taken away).
    pub smooth: f32,
    /// Of the fourth derivative (taken away).
    pub stiff: f32,
}

/// A run of cells, with the runs of the same length before and behind them in the plane.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Above, left, here, right, below.
    pub five: [&'a [f32]; 5],
    /// 1 for skin, else 0.
    pub skin: &'a [f32],
    /// Diagonal of the Laplacian.
    pub diagonal: &'a [f32],
}

impl<'a> Run<'a> {
    /// `n` cells from position `at` of a plane on.
    #[inline(always)]
    pub fn new(
        plane: &'a [f32],
        skin: &'a [f32],
        diagonal: &'a [f32],
        at: usize,
        stride: usize,
        n: usize,
    ) -> Self {
        let five = [at - stride, at - 1, at, at + 1, at + stride].map(|from| &plane[from..from + n]);
        Self { five, skin: &skin[at..at + n], diagonal: &diagonal[at..at + n] }
    }
}

widest! {
    /// A step of a skin without stiffness. `old` holds the displacement before and takes the next; `laplacian` that of
    /// the step before, and takes that of now.
    pub fn pluck(run: Run, factors: Factors, old: &mut [f32], laplacian: &mut [f32]) {
        let n = old.len();
        let [north, west, here, east, south] = run.five.map(|l| &l[..n]);
        let (skin, diagonal, laplacian) = (&run.skin[..n], &run.diagonal[..n], &mut laplacian[..n]);
        let Factors { now, before, tension, smooth, .. } = factors;
        for i in 0..n {
            let sum = (north[i] + south[i]) + (west[i] + east[i]);
            let curve = skin[i] * sum - diagonal[i] * here[i];
            old[i] = (now * here[i] - before * old[i]) + (tension * curve - smooth * laplacian[i]);
            laplacian[i] = curve;
        }
    }
}

widest! {
    /// The Laplacian of a run.
    pub fn curve(run: Run, into: &mut [f32]) {
        let n = into.len();
        let [north, west, here, east, south] = run.five.map(|l| &l[..n]);
        let (skin, diagonal) = (&run.skin[..n], &run.diagonal[..n]);
        for i in 0..n {
            let sum = (north[i] + south[i]) + (west[i] + east[i]);
            into[i] = skin[i] * sum - diagonal[i] * here[i];
        }
    }
}

widest! {
    /// A step of a stiff skin. `bending` is what stiffness takes, times its factor; `laplacian` is that of now and
    /// that of the step before.
    pub fn bend(here: &[f32], laplacian: [&[f32]; 2], bending: &[f32], factors: Factors, old: &mut [f32]) {
        let n = old.len();
        let ([curve, last], here, bending) = (laplacian.map(|l| &l[..n]), &here[..n], &bending[..n]);
        let Factors { now, before, tension, smooth, stiff } = factors;
        for i in 0..n {
            old[i] = (now * here[i] - before * old[i]) + (tension * curve[i] - smooth * last[i]) - stiff * bending[i];
        }
    }
}

widest! {
    /// Adds a force that goes from one field to another: `base` + `part` of `change`, where there is skin.
    pub fn force(base: &[f32], change: &[f32], skin: &[f32], part: f32, scale: f32, into: &mut [f32]) {
        let n = into.len();
        let (base, change, skin) = (&base[..n], &change[..n], &skin[..n]);
        for i in 0..n {
            into[i] += scale * (skin[i] * (base[i] + part * change[i]));
        }
    }
}

widest! {
    /// Adds to what is seen of a tick: squares of displacement and of its change in a
    /// step, and displacement times cosine and
    /// sine of a tone.
    pub fn watch(here: &[f32], before: &[f32], tone: [f32; 2], into: [&mut [f32]; 4]) {
        let n = here.len();
        let before = &before[..n];
        let [square, shaking, inphase, quadrature] = into.map(|l| &mut l[..n]);
        for i in 0..n {
            let (u, a) = (here[i], here[i] - before[i]);
            square[i] += u * u;
            shaking[i] += a * a;
            inphase[i] += tone[0] * u;
            quadrature[i] += tone[1] * u;
        }
    }
}

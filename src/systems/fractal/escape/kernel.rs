//! The hot loop: 64 neighbouring orbits at a time.
//!
//! Once an orbit is beyond the escape radius it stays there (or ends as an infinity), so there is no need to test after
//! every iteration. A *blind* pass takes eight iterations of all 64 orbits and tests once; if all are still inside, it
//! stands. Otherwise its result is dropped and a *careful* pass repeats the eight, freezing each orbit at its first
//! point outside. After a careful pass in which some escaped the next is careful too; so is the first of a tile after
//! one that escaped early.
//!
//! An orbit that returns exactly to an earlier point is in a cycle for ever: compared with a point remembered at
//! iterations 8, 16, 32, … (Brent 1980), it is inside, by the same arithmetic that a longer loop would use.

use super::formula::{MOST_POWER, Real, square};
use super::lanes::LANES;
use super::orbit::{Orbit, OrbitBatch, OrbitParams, Plane};
use world::widest;

/// Iterations between escape tests.
const BLOCK: usize = 8;

/// Outputs to compute for an orbit; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrbitOutputs {
    /// Its escape count.
    Count,
    /// Its least distance to the trap.
    Trap,
    /// Its derivative by position, which gives the distance to the set.
    Slope,
}

/// Parameters of a run.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Which formula: see [`super::formula`].
    pub formula: u8,
    /// Maximum number of iterations.
    pub iterations: u32,
    /// Square of the escape radius.
    pub limit: f64,
    /// Whether the plane is the constant (Mandelbrot), not the start (Julia): what tangents are of.
    pub plane_is_constant: bool,
    /// Whether cycles end an orbit early.
    pub cycles: bool,
    /// Outputs to compute.
    pub follow: OrbitOutputs,
    /// Shape of the trap: 0 a point, 1 a cross, 2 a circle of radius ½.
    pub trap: usize,
    /// Where the trap is.
    pub trap_at: [f64; 2],
}

/// 64 orbits. Fill `x, y` (start), `cx, cy` (constant) and `live` (1, or 0 for a lane to leave alone), then run.
#[repr(align(64))]
#[derive(Clone)]
pub struct Tile<T> {
    /// Point of the orbit; after the run, the first point outside (0 if there is none).
    pub x: [T; LANES],
    /// Imaginary part.
    pub y: [T; LANES],
    /// Constant; overwritten by the run.
    pub cx: [T; LANES],
    /// Imaginary part.
    pub cy: [T; LANES],
    /// 1 while the orbit is iterated, else 0.
    pub live: [T; LANES],
    /// After the run, the number of iterations to the first point outside; 0 if there is none.
    pub count: [T; LANES],
    /// Square of the least distance of points 1, 2, … from the trap.
    pub trap: [T; LANES],
    /// Derivative of the point by the plane's real direction.
    pub ux: [T; LANES],
    /// Imaginary part.
    pub uy: [T; LANES],
    /// Derivative of the point by the plane's imaginary direction.
    pub vx: [T; LANES],
    /// Imaginary part.
    pub vy: [T; LANES],
    /// Whether an orbit of the last run escaped in the first block, so that this one starts with a careful pass too.
    early: bool,
}

impl<T: Real> Tile<T> {
    /// 64 lanes to leave alone.
    pub fn new() -> Self {
        let zero = [T::ZERO; LANES];
        Self {
            x: zero,
            y: zero,
            cx: zero,
            cy: zero,
            live: zero,
            count: zero,
            trap: [T::MAX; LANES],
            ux: zero,
            uy: zero,
            vx: zero,
            vy: zero,
            early: false,
        }
    }

    /// Iterates every live orbit to its end.
    pub fn run(&mut self, job: &Job) {
        const { assert!(MOST_POWER == 6) };
        match job.formula {
            0 => widest_run::<T, 0>(self, job),
            1 => widest_run::<T, 1>(self, job),
            2 => widest_run::<T, 2>(self, job),
            3 => widest_run::<T, 3>(self, job),
            4 => widest_run::<T, 4>(self, job),
            5 => widest_run::<T, 5>(self, job),
            _ => widest_run::<T, 6>(self, job),
        }
    }
}

impl<T: Real> Default for Tile<T> {
    fn default() -> Self {
        Self::new()
    }
}

widest! {
    fn widest_run<T: Real, const F: u8>(tile: &mut Tile<T>, job: &Job) {
        either::<T, F>(tile, job);
    }
}

#[inline(always)]
fn either<T: Real, const F: u8>(tile: &mut Tile<T>, job: &Job) {
    match job.follow {
        OrbitOutputs::Count => follow::<T, F, 0>(tile, job),
        OrbitOutputs::Trap => follow::<T, F, 1>(tile, job),
        OrbitOutputs::Slope => follow::<T, F, 2>(tile, job),
    }
}

#[inline(always)]
fn follow<T: Real, const F: u8, const W: u8>(t: &mut Tile<T>, job: &Job) {
    let aim = OrbitParams {
        limit: T::of(job.limit),
        most: T::of(job.iterations as f64),
        shape: job.trap,
        at: (T::of(job.trap_at[0]), T::of(job.trap_at[1])),
        e: if job.plane_is_constant { T::ONE } else { T::ZERO },
    };
    let (mut first, mut out) = (prepare(t, job), ([T::ZERO; LANES], [T::ZERO; LANES]));
    let mut second = first.clone();
    let mut seen = ([T::NAN; LANES], [T::NAN; LANES]);
    // Swapped when a blind pass holds.
    let (mut now, mut next) = (&mut first, &mut second);
    let (mut n, mut remember, mut escaping) = (0usize, BLOCK, t.early);
    let most = job.iterations as usize;
    let mut alive = any_alive(t);
    while n < most && alive {
        let steps = BLOCK.min(most - n);
        if !escaping && steps == BLOCK && blind::<T, F, W>(t, now, next, &aim) {
            std::mem::swap(&mut now, &mut next);
        } else {
            careful::<T, F, W>(t, now, n, &aim);
            escaping = retire(t, now, &mut out, aim.limit);
            alive = !escaping || any_alive(t);
        }
        if n == 0 {
            t.early = escaping;
        }
        n += steps;
        if job.cycles {
            if in_cycle(t, now, &seen) {
                end_cycles(t, now, &seen);
                alive = any_alive(t);
            }
            if n == remember {
                seen = (now.x, now.y);
                remember *= 2;
            }
        }
    }
    // Orbits still live were never outside.
    (0..LANES).for_each(|i| t.count[i] = if t.live[i] > T::ZERO { T::ZERO } else { t.count[i] });
    (t.x, t.y) = out;
    if W > 0 {
        t.trap = now.trap;
    }
    if W > 1 {
        (t.ux, t.uy, t.vx, t.vy) = (now.ux, now.uy, now.vx, now.vy);
    }
}

#[inline(always)]
fn prepare<T: Real>(t: &mut Tile<T>, job: &Job) -> OrbitBatch<T> {
    t.count = [T::ZERO; LANES];
    for i in 0..LANES {
        let keep = |v: T| if t.live[i] > T::ZERO { v } else { T::ZERO };
        (t.x[i], t.y[i], t.cx[i], t.cy[i]) = (keep(t.x[i]), keep(t.y[i]), keep(t.cx[i]), keep(t.cy[i]));
    }
    let (zero, start) = ([T::ZERO; LANES], [if job.plane_is_constant { T::ZERO } else { T::ONE }; LANES]);
    OrbitBatch { x: t.x, y: t.y, trap: [T::MAX; LANES], ux: start, uy: zero, vx: zero, vy: start }
}

#[inline(always)]
fn any_alive<T: Real>(t: &Tile<T>) -> bool {
    t.live.iter().fold(false, |any, &l| any | (l > T::ZERO))
}

/// Eight iterations of every orbit; whether all are still inside.
#[inline(always)]
fn blind<T: Real, const F: u8, const W: u8>(
    t: &Tile<T>,
    now: &OrbitBatch<T>,
    next: &mut OrbitBatch<T>,
    aim: &OrbitParams<T>,
) -> bool {
    let mut inside = true;
    for i in 0..LANES {
        let mut p = now.get(i);
        for _ in 0..BLOCK {
            p = p.on::<F, W>((t.cx[i], t.cy[i]), aim);
        }
        // Orbits at rest wander about zero, which does not affect their trap and slope.
        next.set::<W>(i, if W > 0 { Orbit::choose(t.live[i] > T::ZERO, p, now.get(i)) } else { p });
        inside &= square(p.x, p.y) <= aim.limit;
    }
    inside
}

/// The eight iterations after the first `n`, each orbit frozen at its first point outside, and none taken beyond the
/// maximum. Orbit after orbit, so that each stays in registers for all eight.
#[inline(always)]
fn careful<T: Real, const F: u8, const W: u8>(
    t: &mut Tile<T>,
    now: &mut OrbitBatch<T>,
    n: usize,
    aim: &OrbitParams<T>,
) {
    let mut counts = [T::ZERO; BLOCK];
    (0..BLOCK).for_each(|k| counts[k] = T::of((n + k + 1) as f64));
    // Orbits with derivatives do not fit the registers: they go one iteration at a time.
    let most = if W > 1 { 1 } else { BLOCK };
    for counts in counts.chunks_exact(most) {
        for i in 0..LANES {
            let (mut p, mut live, mut count) = (now.get(i), t.live[i], t.count[i]);
            for &c in counts {
                let on = (live > T::ZERO) & (c <= aim.most);
                let next = p.on::<F, W>((t.cx[i], t.cy[i]), aim);
                p = Orbit::choose(on, next, p);
                count = if on { c } else { count };
                let inside = square(next.x, next.y) <= aim.limit;
                live = if on & !inside { T::ZERO } else { live };
            }
            now.set::<W>(i, p);
            (t.live[i], t.count[i]) = (live, count);
        }
    }
}

/// Puts the points of orbits that just escaped aside and leaves zeros, which never escape; whether any did.
#[inline(always)]
fn retire<T: Real>(t: &mut Tile<T>, z: &mut OrbitBatch<T>, out: &mut Plane<T>, limit: T) -> bool {
    let mut any = false;
    for i in 0..LANES {
        // So that NaN counts as outside.
        let inside = square(z.x[i], z.y[i]) <= limit;
        let choose = |a: T, b: T| if inside { b } else { a };
        (out.0[i], out.1[i]) = (choose(z.x[i], out.0[i]), choose(z.y[i], out.1[i]));
        (z.x[i], z.y[i]) = (choose(T::ZERO, z.x[i]), choose(T::ZERO, z.y[i]));
        (t.cx[i], t.cy[i]) = (choose(T::ZERO, t.cx[i]), choose(T::ZERO, t.cy[i]));
        any |= !inside;
    }
    any
}

/// Whether a live orbit is where it was.
#[inline(always)]
fn in_cycle<T: Real>(t: &Tile<T>, z: &OrbitBatch<T>, seen: &Plane<T>) -> bool {
    let mut any = false;
    for i in 0..LANES {
        any |= (t.live[i] > T::ZERO) & (z.x[i] == seen.0[i]) & (z.y[i] == seen.1[i]);
    }
    any
}

#[cold]
fn end_cycles<T: Real>(t: &mut Tile<T>, z: &mut OrbitBatch<T>, seen: &Plane<T>) {
    for i in 0..LANES {
        if t.live[i] > T::ZERO && z.x[i] == seen.0[i] && z.y[i] == seen.1[i] {
            (t.live[i], t.count[i]) = (T::ZERO, T::ZERO);
            (z.x[i], z.y[i], t.cx[i], t.cy[i]) = (T::ZERO, T::ZERO, T::ZERO, T::ZERO);
        }
    }
}

//! The hot loop: 64 neighbouring orbits at a time.
//!
//! Once an orbit is beyond the escape radius it stays there (or ends as an infinity), so there is no need to ask
//! after every iteration. A *blind* pass takes eight iterations of all 64 orbits and asks once; if all are still
//! inside, that is that. Otherwise its result is dropped and a *careful* pass repeats the eight, freezing each orbit
//! at its first point outside. After a careful pass in which some escaped the next is careful too; so is the first
//! of a tile after one that escaped early.
//!
//! An orbit that returns exactly to an earlier point is in a cycle for ever: compared with a point remembered at
//! iterations 8, 16, 32, … (Brent 1980), it is inside, and by the very arithmetic that a longer loop would use.

use super::formula::{MOST_POWER, Real, square, step, tangent};

/// Orbits in a tile.
pub const LANES: usize = 64;
/// Iterations between two looks.
const BLOCK: usize = 8;

/// Which instructions to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 512-bit vectors.
    Wide512,
    /// 256-bit vectors.
    Wide256,
    /// Whatever the compiler takes for granted.
    Plain,
}

impl Width {
    /// Whether this processor can.
    pub fn available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return match self {
            Self::Wide512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("fma")
            }
            Self::Wide256 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Self::Plain => true,
        };
        #[cfg(not(target_arch = "x86_64"))]
        return self == Self::Plain;
    }

    /// The widest that this processor can.
    pub fn best() -> Self {
        [Self::Wide512, Self::Wide256].into_iter().find(|w| w.available()).unwrap_or(Self::Plain)
    }
}

/// What a run is to do.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Which formula: see [`super::formula`].
    pub formula: u8,
    /// Most iterations.
    pub iterations: u32,
    /// Square of the escape radius.
    pub limit: f64,
    /// Whether the plane is the constant (Mandelbrot), not the start (Julia): what tangents are of.
    pub plane_is_constant: bool,
    /// Whether cycles end an orbit early.
    pub cycles: bool,
    /// Whether trap and tangents are followed too.
    pub full: bool,
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
    /// Constant; spoiled by the run.
    pub cx: [T; LANES],
    /// Imaginary part.
    pub cy: [T; LANES],
    /// 1 while the orbit is followed, else 0.
    pub live: [T; LANES],
    /// After the run, the number of iterations to the first point outside; 0 if none was.
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
    /// Whether an orbit of the last run escaped in the first block, so that this one had better look closely too.
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

    /// Follows every live orbit to its end, with the widest instructions there are.
    pub fn run(&mut self, job: &Job) {
        self.run_at(job, Width::best());
    }

    /// Follows every live orbit to its end. All widths give the same bits; one that this processor lacks is not used.
    pub fn run_at(&mut self, job: &Job, width: Width) {
        const { assert!(MOST_POWER == 6) };
        match job.formula {
            0 => dispatch::<T, 0>(self, job, width),
            1 => dispatch::<T, 1>(self, job, width),
            2 => dispatch::<T, 2>(self, job, width),
            3 => dispatch::<T, 3>(self, job, width),
            4 => dispatch::<T, 4>(self, job, width),
            5 => dispatch::<T, 5>(self, job, width),
            _ => dispatch::<T, 6>(self, job, width),
        }
    }
}

impl<T: Real> Default for Tile<T> {
    fn default() -> Self {
        Self::new()
    }
}

fn dispatch<T: Real, const F: u8>(tile: &mut Tile<T>, job: &Job, width: Width) {
    #[cfg(target_arch = "x86_64")]
    if width.available() {
        match width {
            // SAFETY: the processor has the features, as was just asked.
            Width::Wide512 => return unsafe { wide512::<T, F>(tile, job) },
            // SAFETY: likewise.
            Width::Wide256 => return unsafe { wide256::<T, F>(tile, job) },
            Width::Plain => (),
        }
    }
    let _ = width;
    either::<T, F>(tile, job)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,fma")]
fn wide512<T: Real, const F: u8>(tile: &mut Tile<T>, job: &Job) {
    either::<T, F>(tile, job)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn wide256<T: Real, const F: u8>(tile: &mut Tile<T>, job: &Job) {
    either::<T, F>(tile, job)
}

#[inline(always)]
fn either<T: Real, const F: u8>(tile: &mut Tile<T>, job: &Job) {
    if job.full { follow::<T, F, true>(tile, job) } else { follow::<T, F, false>(tile, job) }
}

/// The points of 64 orbits.
#[repr(align(64))]
#[derive(Clone, Copy)]
struct Points<T>([T; LANES], [T; LANES]);

#[inline(always)]
fn follow<T: Real, const F: u8, const FULL: bool>(t: &mut Tile<T>, job: &Job) {
    let limit = T::of(job.limit);
    prepare(t, job);
    let none = Points([T::ZERO; LANES], [T::ZERO; LANES]);
    let (mut first, mut second, mut out) = (Points(t.x, t.y), none, none);
    let mut seen = Points([T::NAN; LANES], [T::NAN; LANES]);
    // Swapped when a blind pass holds.
    let (mut now, mut next) = (&mut first, &mut second);
    let (mut n, mut remember, mut escaping) = (0usize, BLOCK, t.early);
    let most = job.iterations as usize;
    let mut alive = any_alive(t);
    while n < most && alive {
        let steps = BLOCK.min(most - n);
        if !FULL && !escaping && steps == BLOCK && blind::<T, F>(t, now, next, limit) {
            std::mem::swap(&mut now, &mut next);
        } else {
            match FULL {
                true => careful_full::<T, F>(t, job, now, n, limit),
                false => careful::<T, F>(t, job, now, n, limit),
            }
            escaping = retire(t, now, &mut out, limit);
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
                seen = *now;
                remember *= 2;
            }
        }
    }
    // What is live still was never outside.
    (0..LANES).for_each(|i| t.count[i] = if t.live[i] > T::ZERO { T::ZERO } else { t.count[i] });
    (t.x, t.y) = (out.0, out.1);
}

#[inline(always)]
fn prepare<T: Real>(t: &mut Tile<T>, job: &Job) {
    t.count = [T::ZERO; LANES];
    for i in 0..LANES {
        let keep = |v: T| if t.live[i] > T::ZERO { v } else { T::ZERO };
        (t.x[i], t.y[i], t.cx[i], t.cy[i]) = (keep(t.x[i]), keep(t.y[i]), keep(t.cx[i]), keep(t.cy[i]));
    }
    if job.full {
        t.trap = [T::MAX; LANES];
        let start = if job.plane_is_constant { T::ZERO } else { T::ONE };
        (t.ux, t.uy) = ([start; LANES], [T::ZERO; LANES]);
        (t.vx, t.vy) = ([T::ZERO; LANES], [start; LANES]);
    }
}

#[inline(always)]
fn any_alive<T: Real>(t: &Tile<T>) -> bool {
    t.live.iter().fold(false, |any, &l| any | (l > T::ZERO))
}

/// Eight iterations of every orbit; whether all are still inside.
#[inline(always)]
fn blind<T: Real, const F: u8>(t: &Tile<T>, now: &Points<T>, next: &mut Points<T>, limit: T) -> bool {
    let mut inside = true;
    for i in 0..LANES {
        let (mut x, mut y) = (now.0[i], now.1[i]);
        for _ in 0..BLOCK {
            (x, y) = step::<T, F>(x, y, t.cx[i], t.cy[i]);
        }
        (next.0[i], next.1[i]) = (x, y);
        inside &= square(x, y) <= limit;
    }
    inside
}

/// The eight iterations after the first `n`, each orbit frozen at its first point outside, and none taken beyond the
/// most. Orbit after orbit, so that each stays in registers for all eight.
#[inline(always)]
fn careful<T: Real, const F: u8>(t: &mut Tile<T>, job: &Job, z: &mut Points<T>, n: usize, limit: T) {
    let mut counts = [T::ZERO; BLOCK];
    (0..BLOCK).for_each(|k| counts[k] = T::of((n + k + 1) as f64));
    let most = T::of(job.iterations as f64);
    for i in 0..LANES {
        let (mut x, mut y, mut live, mut count) = (z.0[i], z.1[i], t.live[i], t.count[i]);
        for c in counts {
            let on = (live > T::ZERO) & (c <= most);
            let (nx, ny) = step::<T, F>(x, y, t.cx[i], t.cy[i]);
            (x, y) = (if on { nx } else { x }, if on { ny } else { y });
            count = if on { c } else { count };
            let inside = square(nx, ny) <= limit;
            live = if on & !inside { T::ZERO } else { live };
        }
        (z.0[i], z.1[i], t.live[i], t.count[i]) = (x, y, live, count);
    }
}

/// The same with trap and tangents: too many for the registers, so iteration after iteration.
#[inline(always)]
fn careful_full<T: Real, const F: u8>(t: &mut Tile<T>, job: &Job, z: &mut Points<T>, n: usize, limit: T) {
    let e = if job.plane_is_constant { T::ONE } else { T::ZERO };
    let trap = [T::of(job.trap_at[0]), T::of(job.trap_at[1])];
    for n in n + 1..=(n + BLOCK).min(job.iterations as usize) {
        let count = T::of(n as f64);
        for i in 0..LANES {
            let (x, y, on) = (z.0[i], z.1[i], t.live[i] > T::ZERO);
            let choose = |a: T, b: T| if on { a } else { b };
            let (nx, ny) = step::<T, F>(x, y, t.cx[i], t.cy[i]);
            (z.0[i], z.1[i]) = (choose(nx, x), choose(ny, y));
            t.count[i] = choose(count, t.count[i]);
            let u = tangent::<T, F>(x, y, (t.ux[i], t.uy[i]), (e, T::ZERO));
            let v = tangent::<T, F>(x, y, (t.vx[i], t.vy[i]), (T::ZERO, e));
            (t.ux[i], t.uy[i]) = (choose(u.0, t.ux[i]), choose(u.1, t.uy[i]));
            (t.vx[i], t.vy[i]) = (choose(v.0, t.vx[i]), choose(v.1, t.vy[i]));
            let d = trap_square(job.trap, nx - trap[0], ny - trap[1]);
            t.trap[i] = if on & (d < t.trap[i]) { d } else { t.trap[i] };
            t.live[i] = if square(nx, ny) <= limit { t.live[i] } else { T::ZERO };
        }
    }
}

/// Square of the distance from the trap at the origin; for the circle to first order.
#[inline(always)]
fn trap_square<T: Real>(shape: usize, x: T, y: T) -> T {
    let (ax, ay) = (x * x, y * y);
    match shape {
        0 => ax + ay,
        1 => {
            if ax < ay {
                ax
            } else {
                ay
            }
        }
        _ => {
            // (r − ½)(r + ½) is r − ½ near the circle.
            let off = ax + ay - T::of(0.25);
            off * off
        }
    }
}

/// Puts the points of orbits that just escaped aside and leaves zeros, which never escape; whether any did.
#[inline(always)]
fn retire<T: Real>(t: &mut Tile<T>, z: &mut Points<T>, out: &mut Points<T>, limit: T) -> bool {
    let mut any = false;
    for i in 0..LANES {
        // So that NaN counts as outside.
        let inside = square(z.0[i], z.1[i]) <= limit;
        let choose = |a: T, b: T| if inside { b } else { a };
        (out.0[i], out.1[i]) = (choose(z.0[i], out.0[i]), choose(z.1[i], out.1[i]));
        (z.0[i], z.1[i]) = (choose(T::ZERO, z.0[i]), choose(T::ZERO, z.1[i]));
        (t.cx[i], t.cy[i]) = (choose(T::ZERO, t.cx[i]), choose(T::ZERO, t.cy[i]));
        any |= !inside;
    }
    any
}

/// Whether a live orbit is where it was.
#[inline(always)]
fn in_cycle<T: Real>(t: &Tile<T>, z: &Points<T>, seen: &Points<T>) -> bool {
    let mut any = false;
    for i in 0..LANES {
        any |= (t.live[i] > T::ZERO) & (z.0[i] == seen.0[i]) & (z.1[i] == seen.1[i]);
    }
    any
}

#[cold]
fn end_cycles<T: Real>(t: &mut Tile<T>, z: &mut Points<T>, seen: &Points<T>) {
    for i in 0..LANES {
        if t.live[i] > T::ZERO && z.0[i] == seen.0[i] && z.1[i] == seen.1[i] {
            (t.live[i], t.count[i]) = (T::ZERO, T::ZERO);
            (z.0[i], z.1[i], t.cx[i], t.cy[i]) = (T::ZERO, T::ZERO, T::ZERO, T::ZERO);
        }
    }
}

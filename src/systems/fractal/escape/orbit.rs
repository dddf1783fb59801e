//! The state of orbits under iteration, and one iteration of it.

use super::formula::{Real, step, tangent};
use super::lanes::LANES;

/// State of 64 orbits: position and, if `W` requires it (a [`super::kernel::OrbitOutputs`]), the square of the least
/// distance to the trap, and the derivatives by the plane's two directions.
#[repr(align(64))]
#[derive(Clone)]
pub struct OrbitBatch<T> {
    pub x: [T; LANES],
    pub y: [T; LANES],
    pub trap: [T; LANES],
    pub ux: [T; LANES],
    pub uy: [T; LANES],
    pub vx: [T; LANES],
    pub vy: [T; LANES],
}

/// Real and imaginary parts.
pub type Plane<T> = ([T; LANES], [T; LANES]);

/// One of [`OrbitBatch`].
#[derive(Clone, Copy)]
pub struct Orbit<T> {
    pub x: T,
    pub y: T,
    pub trap: T,
    pub ux: T,
    pub uy: T,
    pub vx: T,
    pub vy: T,
}

impl<T: Real> OrbitBatch<T> {
    #[inline(always)]
    pub fn get(&self, i: usize) -> Orbit<T> {
        let Self { x, y, trap, ux, uy, vx, vy } = self;
        Orbit { x: x[i], y: y[i], trap: trap[i], ux: ux[i], uy: uy[i], vx: vx[i], vy: vy[i] }
    }

    #[inline(always)]
    pub fn set<const W: u8>(&mut self, i: usize, p: Orbit<T>) {
        (self.x[i], self.y[i]) = (p.x, p.y);
        if W > 0 {
            self.trap[i] = p.trap;
        }
        if W > 1 {
            (self.ux[i], self.uy[i], self.vx[i], self.vy[i]) = (p.ux, p.uy, p.vx, p.vy);
        }
    }
}

impl<T: Real> Orbit<T> {
    /// The state after one more iteration.
    #[inline(always)]
    pub fn on<const F: u8, const W: u8>(self, c: (T, T), aim: &OrbitParams<T>) -> Self {
        let Self { x, y, trap, ux, uy, vx, vy } = self;
        let (nx, ny) = step::<T, F>(x, y, c.0, c.1);
        let mut next = Self { x: nx, y: ny, ..self };
        if W > 0 {
            let d = trap_square(aim.shape, nx - aim.at.0, ny - aim.at.1);
            next.trap = if d < trap { d } else { trap };
        }
        if W > 1 {
            (next.ux, next.uy) = tangent::<T, F>(x, y, (ux, uy), (aim.e, T::ZERO));
            (next.vx, next.vy) = tangent::<T, F>(x, y, (vx, vy), (T::ZERO, aim.e));
        }
        next
    }

    /// `a` if `on`, else `b`, number by number.
    #[inline(always)]
    pub fn choose(on: bool, a: Self, b: Self) -> Self {
        let or = |a: T, b: T| if on { a } else { b };
        Self {
            x: or(a.x, b.x),
            y: or(a.y, b.y),
            trap: or(a.trap, b.trap),
            ux: or(a.ux, b.ux),
            uy: or(a.uy, b.uy),
            vx: or(a.vx, b.vx),
            vy: or(a.vy, b.vy),
        }
    }
}

/// What is the same for every orbit.
pub struct OrbitParams<T> {
    pub limit: T,
    pub most: T,
    pub shape: usize,
    pub at: (T, T),
    /// Derivative of the constant by the plane.
    pub e: T,
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

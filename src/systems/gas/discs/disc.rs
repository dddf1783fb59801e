//! One disc. It is advanced lazily: it holds where it was at a time of its own, and has moved freely since.

use super::arena::Side;
use super::event::{Event, Kind};

/// No disc: the end of a cell's list.
pub const NOBODY: u32 = u32::MAX;

/// A disc: one cache line, read whole by whoever meets it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Disc {
    /// Centre at [`Self::time`], cells.
    pub place: [f64; 2],
    /// Velocity at [`Self::time`], cells/step.
    pub velocity: [f64; 2],
    /// When it was last advanced, steps.
    pub time: f64,
    /// Radius, cells.
    pub radius: f64,
    /// Changes whenever its path does.
    pub stamp: u32,
    /// The next disc of its cell, or [`NOBODY`].
    pub next: u32,
    /// What happens to it next.
    pub event: Event,
}

impl Disc {
    /// A disc at time 0.
    pub fn new(place: [f64; 2], velocity: [f64; 2], radius: f64) -> Self {
        let event = Event::new(Kind::Cross(Side::Left), None);
        Self { place, velocity, time: 0.0, radius, stamp: 0, next: NOBODY, event }
    }

    /// Centre and velocity at a time: a straight line, or a parabola under gravity.
    #[inline(always)]
    pub fn state(&self, now: f64, gravity: [f64; 2]) -> ([f64; 2], [f64; 2]) {
        let dt = now - self.time;
        let [x, y] = self.place;
        let [u, v] = self.velocity;
        let [fall_x, fall_y] = [gravity[0] * dt, gravity[1] * dt];
        ([x + dt * (u + 0.5 * fall_x), y + dt * (v + 0.5 * fall_y)], [u + fall_x, v + fall_y])
    }

    /// Moves it to where it is at a time.
    #[inline(always)]
    pub fn advance(&mut self, now: f64, gravity: [f64; 2]) {
        (self.place, self.velocity) = self.state(now, gravity);
        self.time = now;
    }

    /// Square of the speed at [`Self::time`], cells²/step².
    pub fn square_speed(&self) -> f64 {
        let [u, v] = self.velocity;
        u * u + v * v
    }
}

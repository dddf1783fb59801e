//! What acts on particles from outside: fields that are wired in, and touches.

use rayon::prelude::*;

use world::brush::Brush;
use world::field::Field;
use world::system::{Env, Touch};

use super::crowd::{Crowd, Space};

/// No particle is faster, in lengths per second.
pub const FASTEST: f32 = 8.0;
/// Slower than this it is at rest.
const SLOWEST: f32 = 1e-15;
/// Steepest slope of a field that is felt.
const STEEPEST: f32 = 100.0;
/// How fast a touch draws in what is at its rim, lengths per second.
const DRAW: f32 = 1.2;

/// Velocity of the medium that the wired fields set in motion.
pub struct Medium<'a> {
    /// Its velocity.
    pub wind: Option<&'a Field>,
    /// Speed where the wind is 1.
    pub wind_gain: f32,
    /// What particles climb.
    pub attract: Option<&'a Field>,
    /// Speed up a slope of 1.
    pub attract_gain: f32,
    /// Where they are.
    pub space: Space<f32>,
}

impl Medium<'_> {
    /// Adds, for particles at `x`, `y`, `rate` times the velocity of the medium.
    pub fn add(&self, [x, y]: [&[f32]; 2], rate: f32, [ax, ay]: [&mut [f32]; 2]) {
        if self.wind.is_none() && self.attract.is_none() {
            return;
        }
        let places = x.par_iter().zip(y).with_min_len(1024);
        places.zip(ax.par_iter_mut().zip(ay)).for_each(|((x, y), (ax, ay))| {
            let [u, v] = self.at([*x, *y]);
            (*ax, *ay) = (*ax + rate * u, *ay + rate * v);
        });
    }

    fn at(&self, place: [f32; 2]) -> [f32; 2] {
        let fraction = [0, 1].map(|k| (place[k] / self.space.extent[k]) as f64);
        let mut sum = [0.0; 2];
        if let Some(wind) = self.wind {
            let at = |k: usize| wind.at_fraction(k, fraction[0], fraction[1]) as f32;
            let [u, v] = [at(0), at(1)].map(|v| self.wind_gain * v);
            sum = [u.clamp(-FASTEST, FASTEST), v.clamp(-FASTEST, FASTEST)];
        }
        if let Some(field) = self.attract {
            let slope = slope(field, fraction, &self.space);
            sum = [0, 1].map(|k| sum[k] + self.attract_gain * slope[k].clamp(-STEEPEST, STEEPEST));
        }
        sum
    }
}

/// Slope of a field, per length, between the cells before and after.
pub fn slope(field: &Field, fraction: [f64; 2], space: &Space<f32>) -> [f32; 2] {
    let counts = [field.width(), field.height()];
    [0, 1].map(|k| {
        let cell = 1.0 / counts[k] as f64;
        let at = |along: f64| {
            let mut place = fraction;
            place[k] += along;
            if space.wraps[k] {
                place[k] -= libm::floor(place[k]);
            }
            field.at_fraction(0, place[0], place[1])
        };
        ((at(cell) - at(-cell)) / (2.0 * cell * space.extent[k] as f64)) as f32
    })
}

/// Touches: one that gives draws particles to its path and carries them along, one that takes pushes them away.
pub fn touch(crowd: &mut Crowd<f32>, space: &Space<f32>, cells: (usize, usize), env: &Env, push: f32) {
    for touch in env.touches {
        stroke(crowd, space, cells, touch, [push, env.dt.clamp(1e-3, 1.0)]);
    }
}

fn stroke(
    crowd: &mut Crowd<f32>,
    space: &Space<f32>,
    cells: (usize, usize),
    touch: &Touch,
    [push, dt]: [f32; 2],
) {
    let brush = Brush::wrapping(touch, cells, space.wraps);
    if brush.strength() == 0.0 {
        return;
    }
    let (height, radius, amount) = (cells.1 as f32, brush.radius(), brush.amount() * push);
    let along = brush.moved().map(|cells| (cells / height / dt).clamp(-FASTEST, FASTEST));
    for i in 0..crowd.len() {
        let cell = |v: f32, n: usize| ((v * height) as usize).min(n - 1);
        let offset = brush.offset(cell(crowd.x[i], cells.0), cell(crowd.y[i], cells.1));
        let square = offset[0] * offset[0] + offset[1] * offset[1];
        let part = (1.0 - square / (radius * radius)).max(0.0);
        let share = (part * amount).min(1.0);
        let distance = square.sqrt().max(1e-6);
        let goal = |k: usize| match brush.gives() {
            true => along[k] - DRAW * offset[k] / radius,
            false => DRAW * offset[k] / distance,
        };
        crowd.vx[i] += share * (goal(0) - crowd.vx[i]);
        crowd.vy[i] += share * (goal(1) - crowd.vy[i]);
    }
}

/// Limits speeds; what is next to nothing becomes nothing.
pub fn limit(crowd: &mut Crowd<f32>) {
    for v in crowd.vx.iter_mut().chain(&mut crowd.vy) {
        let limited = if v.abs() < SLOWEST { 0.0 } else { v.clamp(-FASTEST, FASTEST) };
        *v = if limited.is_nan() { 0.0 } else { limited };
    }
}

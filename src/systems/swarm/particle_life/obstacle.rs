//! Solid parts of the world, off which particles bounce.

use rayon::prelude::*;

use world::field::Field;
use world::rng::Rng;

use super::crowd::{Crowd, Space, number_of};
use super::drive::slope;

/// A field is solid above this.
const SOLID: f64 = 0.5;
/// How fast what is inside is pushed out, lengths per second.
const OUT: f32 = 0.5;
/// Ticks for which one that is deep inside keeps its direction.
const BOUT: u64 = 30;
/// Slope of a field below which it is flat.
const FLAT: f32 = 1e-4;

/// A field that is solid in places.
pub struct Obstacle<'a> {
    field: &'a Field,
    space: Space<f32>,
    rng: Rng,
}

impl<'a> Obstacle<'a> {
    /// A field at a tick; those that are so deep inside that no side is nearer go in directions that `rng`, of the world, says.
    pub fn new(field: &'a Field, space: Space<f32>, rng: Rng, tick: u64) -> Self {
        Self { field, space, rng: rng.fork(tick / BOUT) }
    }

    /// Puts particles that have moved into something solid during `dt` back to where they were, and reflects them; those
    /// that were inside already are pushed out.
    pub fn stop(&self, crowd: &mut Crowd<f32>, dt: f32) {
        let places = crowd.x.par_iter_mut().zip(&mut crowd.y).zip(crowd.vx.par_iter_mut().zip(&mut crowd.vy));
        places.zip(&crowd.name).with_min_len(1024).for_each(|(((x, y), (u, v)), name)| {
            if self.is_solid([*x, *y]) {
                let (place, velocity) = self.returned([*x, *y], [*u, *v], dt, number_of(*name));
                ([*x, *y], [*u, *v]) = (place, velocity);
            }
        });
    }

    fn is_solid(&self, place: [f32; 2]) -> bool {
        let [across, down] = self.fraction(place);
        self.field.at_fraction(0, across, down) > SOLID
    }

    fn fraction(&self, place: [f32; 2]) -> [f64; 2] {
        [0, 1].map(|k| (place[k] / self.space.extent[k]) as f64)
    }

    fn returned(&self, place: [f32; 2], velocity: [f32; 2], dt: f32, number: usize) -> ([f32; 2], [f32; 2]) {
        let back = [0, 1].map(|k| self.space.inside(k, place[k] - dt * velocity[k], 0.0).0);
        let out = self.outward(place, number);
        if self.is_solid(back) {
            let pushed = [0, 1].map(|k| self.space.inside(k, back[k] + dt * OUT * out[k], 0.0).0);
            return (pushed, [0.0; 2]);
        }
        let inward = (velocity[0] * out[0] + velocity[1] * out[1]).min(0.0);
        (back, [0, 1].map(|k| velocity[k] - 2.0 * inward * out[k]))
    }

    /// Where it is less solid; any direction where it is flat.
    fn outward(&self, place: [f32; 2], number: usize) -> [f32; 2] {
        let [a, b] = slope(self.field, self.fraction(place), &self.space).map(|v| v.clamp(-1e6, 1e6));
        let length = (a * a + b * b).sqrt();
        if length > FLAT {
            return [-a / length, -b / length];
        }
        let (sin, cos) = libm::sincosf(core::f32::consts::TAU * self.rng.unit(number as u64));
        [cos, sin]
    }
}

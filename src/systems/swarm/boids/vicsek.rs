//! Vicsek's model (Vicsek, Czirók, Ben-Jacob, Cohen and Shochet 1995): each takes the mean direction of all within its sight,
//! itself among them, off by some noise, and moves on at a constant speed.

use super::flock::{Flock, Sight};
use super::vector::wrapped;
use crate::real::Real;

/// One step of a flock in a periodic square, all of speed `speed`. `noise` says for each number by how much its direction is
/// off, radians.
pub fn step<R: Real>(flock: &mut Flock<R>, extent: [R; 2], radius: R, speed: R, noise: impl Fn(u32) -> R) {
    flock.sense(extent, [true; 2], Sight { radius, separation: R::ZERO, nearest: 0 });
    for i in 0..flock.len() {
        let sums = &flock.sums[i];
        let mean = [sums.velocity[0] + flock.u[i], sums.velocity[1] + flock.v[i]];
        let (sin, cos) = (mean[1].angle(mean[0]) + noise(flock.numbers[i])).sin_cos();
        (flock.u[i], flock.v[i]) = (speed * cos, speed * sin);
        flock.x[i] = wrapped(flock.x[i] + flock.u[i], extent[0]);
        flock.y[i] = wrapped(flock.y[i] + flock.v[i], extent[1]);
    }
}

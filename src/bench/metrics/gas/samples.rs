//! Flows for tests.

use std::f64::consts::TAU;

use super::Flow;
use world::rng::Rng;

/// A flow from a function of (x, y, frame) to density, u and v.
pub fn drawn(w: usize, h: usize, frames: usize, f: impl Fn(f64, f64, usize) -> [f64; 3]) -> Flow {
    let cell = |t: usize, p: usize, i: usize| f((i % w) as f64, (i / w) as f64, t)[p] as f32;
    let planes = (0..frames).flat_map(|t| (0..3).map(move |p| (t, p)));
    let values = planes.flat_map(|(t, p)| (0..w * h).map(move |i| (t, p, i))).map(|(t, p, i)| cell(t, p, i));
    Flow::new(w, h, values.collect()).unwrap()
}

/// Vortices of `k` periods along each side (Taylor and Green 1937): u = A sin kx cos ky, v = −A cos kx sin ky.
pub fn taylor_green(w: usize, h: usize, k: usize, amplitude: f64) -> Flow {
    let turn = |i: f64, n: usize| TAU * k as f64 * i / n as f64;
    drawn(w, h, 1, |x, y, _| {
        let ((sx, cx), (sy, cy)) = (turn(x, w).sin_cos(), turn(y, h).sin_cos());
        [1.0, amplitude * sx * cy, -amplitude * cx * sy]
    })
}

/// Density about 1 and velocities about 0, independent in every cell and frame.
pub fn noise(w: usize, h: usize, frames: usize, seed: u64) -> Flow {
    let r = Rng::new(seed);
    drawn(w, h, frames, |x, y, t| {
        let at = (y as usize * w + x as usize) as u64;
        [0, 1, 2].map(|p| f64::from(u8::from(p == 0)) + 0.05 * f64::from(r.fork(3 * t as u64 + p).normal(at)))
    })
}

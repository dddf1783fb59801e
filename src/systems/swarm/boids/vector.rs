//! Vectors of two numbers.

use crate::real::Real;

/// The length of a vector.
#[inline(always)]
pub fn length([x, y]: [f32; 2]) -> f32 {
    (x * x + y * y).sqrt()
}

/// A vector of at most this length.
#[inline(always)]
pub fn limited(v: [f32; 2], most: f32) -> [f32; 2] {
    let long = length(v);
    if long > most { v.map(|c| c * (most / long)) } else { v }
}

/// A direction turned by twice the angle whose tangent is half of `angle`: nearly by that angle where it is small, and never
/// by more than half a turn. Without a sine.
#[inline(always)]
pub fn swerved([x, y]: [f32; 2], angle: f32) -> [f32; 2] {
    let t = 0.5 * angle;
    let scale = 1.0 / (1.0 + t * t);
    let (cos, sin) = ((1.0 - t * t) * scale, 2.0 * t * scale);
    [x * cos - y * sin, y * cos + x * sin]
}

/// A direction turned by an angle, radians.
#[inline(always)]
pub fn turned([x, y]: [f32; 2], angle: f32) -> [f32; 2] {
    let (sin, cos) = libm::sincosf(angle);
    [x * cos - y * sin, y * cos + x * sin]
}

/// A coordinate brought into 0..`length`.
#[inline(always)]
pub fn wrapped<R: Real>(at: R, length: R) -> R {
    if at >= R::ZERO && at < length {
        return at;
    }
    let at = at - length * (at / length).floor();
    if at >= R::ZERO && at < length { at } else { R::ZERO }
}

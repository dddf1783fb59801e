//! Sine and cosine of many angles: by `libm` where it is checked, by vectors in the world.

use rayon::prelude::*;

use crate::real::Real;

/// Angles that one task takes.
pub const TASK: usize = 4096;

/// A float with sines and cosines of slices.
///
/// ```
/// use systems::swarm::synchrony::waves::Wave;
///
/// let (mut sin, mut cos) = ([0f32; 2], [0f32; 2]);
/// f32::waves(&[0.0, 1.0], &mut sin, &mut cos);
/// assert!((sin[1] - 0.841_471).abs() < 1e-6 && cos[0] == 1.0);
/// assert!((4f32.inverse_root() - 0.5).abs() < 1e-6);
/// ```
pub trait Wave: Real {
    /// Sine and cosine of each angle, radians.
    fn waves(angles: &[Self], sin: &mut [Self], cos: &mut [Self]);
    /// 1/√v of a value above 0.
    fn inverse_root(self) -> Self;
}

impl Wave for f64 {
    fn waves(angles: &[f64], sin: &mut [f64], cos: &mut [f64]) {
        for ((angle, sin), cos) in angles.iter().zip(sin).zip(cos) {
            (*sin, *cos) = libm::sincos(*angle);
        }
    }
    #[inline(always)]
    fn inverse_root(self) -> f64 {
        1.0 / self.sqrt()
    }
}

impl Wave for f32 {
    fn waves(angles: &[f32], sin: &mut [f32], cos: &mut [f32]) {
        polynomials(angles, sin, cos);
    }
    /// From a guess by its bits (Lomont 2003) in three steps of Newton's, to 3e-7: no root, no division.
    #[inline(always)]
    fn inverse_root(self) -> f32 {
        let mut y = f32::from_bits(0x5f37_5a86 - (self.to_bits() >> 1));
        let half = 0.5 * self;
        for _ in 0..3 {
            y *= 1.5 - half * y * y;
        }
        y
    }
}

world::widest! {
    /// Sine and cosine by polynomials (Moshier 1989, Cephes), to about 1e-7 for angles within ±10⁴. Only the four operations,
    /// so the same bits everywhere.
    fn polynomials(angles: &[f32], sin: &mut [f32], cos: &mut [f32]) {
        for ((angle, sin), cos) in angles.iter().zip(sin).zip(cos) {
            (*sin, *cos) = sin_cos(*angle);
        }
    }
}

/// Pi/2 in three parts, the first two of few bits, so that their products with a number of quarters are exact.
const QUARTER: [f32; 3] = [1.570_312_5, 4.837_513e-4, 7.549_79e-8];

#[inline(always)]
fn sin_cos(angle: f32) -> (f32, f32) {
    let angle = if angle.abs() < 1e5 { angle } else { 0.0 };
    let quarters = (angle * core::f32::consts::FRAC_2_PI + 0.5).floor();
    let y = ((angle - quarters * QUARTER[0]) - quarters * QUARTER[1]) - quarters * QUARTER[2];
    let z = y * y;
    let s = y + y * z * (-1.666_665_5e-1 + z * (8.332_161e-3 - z * 1.951_529_6e-4));
    let c = 1.0 - 0.5 * z + z * z * (4.166_664_6e-2 + z * (-1.388_731_6e-3 + z * 2.443_315_7e-5));
    let quarter = Real::whole(quarters);
    let (a, b) = if quarter & 1 == 0 { (s, c) } else { (c, s) };
    let a = if quarter & 2 == 0 { a } else { -a };
    let b = if (quarter + 1) & 2 == 0 { b } else { -b };
    (a, b)
}

/// The same for a crowd, shared among threads.
pub fn waves_of<R: Wave>(angles: &[R], sin: &mut Vec<R>, cos: &mut Vec<R>) {
    sin.resize(angles.len(), R::ZERO);
    cos.resize(angles.len(), R::ZERO);
    let parts = angles.par_chunks(TASK).zip(sin.par_chunks_mut(TASK)).zip(cos.par_chunks_mut(TASK));
    parts.for_each(|((angles, sin), cos)| R::waves(angles, sin, cos));
}

//! The maps that are iterated, and how a small step in the plane grows under them.
//!
//! Every product that is added to something is a fused multiply-add, in every precision, at every vector width and
//! in the plain loops of the tests: one rounding each, so that all of them give the same bits.

use std::ops::{Add, Mul, Neg, Sub};

/// z² + c.
pub const SQUARE: u8 = 0;
/// (|Re z| + i |Im z|)² + c, the burning ship (Michelitsch and Rössler 1992).
pub const SHIP: u8 = 1;
/// z̄² + c, the tricorn (Crowe et al. 1989).
pub const TRICORN: u8 = 2;
/// Highest power; a formula from 3 to here is z to that power, plus c.
pub const MOST_POWER: u8 = 6;

/// Degree of a formula.
pub const fn degree(formula: u8) -> u8 {
    if formula < 3 { 2 } else { formula }
}

/// Square of the escape radius: far enough out that the smooth count is continuous to 10⁻⁵, near enough that a
/// power of it is no infinity in f32. Both exceed 2, beyond which every formula here only grows for |c| ≤ radius.
pub const fn escape_square(formula: u8) -> f64 {
    if degree(formula) == 2 { 65536.0 } else { 256.0 }
}

/// f32 or f64.
///
/// ```
/// use systems::fractal::escape::formula::{Real, SQUARE, square, step};
///
/// /// Iterations until the orbit of 0 leaves the circle of radius 2; none if it stays for a hundred.
/// fn escape<T: Real>(re: f64, im: f64) -> Option<usize> {
///     let (mut x, mut y) = (T::ZERO, T::ZERO);
///     (1..=100).find(|_| {
///         (x, y) = step::<T, SQUARE>(x, y, T::of(re), T::of(im));
///         square(x, y) > T::of(4.0)
///     })
/// }
///
/// assert_eq!((escape::<f32>(1.0, 0.0), escape::<f64>(1.0, 0.0)), (Some(3), Some(3)));
/// assert_eq!((escape::<f32>(-1.0, 0.0), escape::<f64>(-1.0, 0.0)), (None, None));
/// ```
pub trait Real:
    Copy
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Not a number: equal to nothing.
    const NAN: Self;
    /// The greatest number.
    const MAX: Self;
    /// `self · b + c`, rounded once.
    fn fma(self, b: Self, c: Self) -> Self;
    /// Magnitude.
    fn abs(self) -> Self;
    /// The nearest number of this type.
    fn of(value: f64) -> Self;
    /// As f64, exactly.
    fn wide(self) -> f64;
}

macro_rules! real {
    ($ty:ident) => {
        impl Real for $ty {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NAN: Self = $ty::NAN;
            const MAX: Self = $ty::MAX;
            #[inline(always)]
            fn fma(self, b: Self, c: Self) -> Self {
                self.mul_add(b, c)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn of(value: f64) -> Self {
                value as $ty
            }
            #[inline(always)]
            fn wide(self) -> f64 {
                self as f64
            }
        }
    };
}
real!(f32);
real!(f64);

/// |z|².
#[inline(always)]
pub fn square<T: Real>(x: T, y: T) -> T {
    x.fma(x, y * y)
}

/// One iteration of formula `F`.
#[inline(always)]
pub fn step<T: Real, const F: u8>(x: T, y: T, cx: T, cy: T) -> (T, T) {
    let re = |p: T, q: T| p.fma(x, (-q).fma(y, cx));
    match F {
        SQUARE => (re(x, y), (x + x).fma(y, cy)),
        SHIP => (re(x, y), (x + x).abs().fma(y.abs(), cy)),
        TRICORN => (re(x, y), (-(x + x)).fma(y, cy)),
        _ => {
            let (p, q) = power(x, y, F - 1);
            (re(p, q), p.fma(y, q.fma(x, cy)))
        }
    }
}

/// zᵏ, k ≥ 1, by multiplication.
#[inline(always)]
fn power<T: Real>(x: T, y: T, k: u8) -> (T, T) {
    let (mut p, mut q) = (x, y);
    for _ in 1..k {
        (p, q) = (p.fma(x, -(q * y)), p.fma(y, q * x));
    }
    (p, q)
}

/// How a small step (tx, ty) at z is carried on by formula `F`, with (ex, ey) added: a column of the Jacobian.
#[inline(always)]
pub fn tangent<T: Real, const F: u8>(x: T, y: T, t: (T, T), e: (T, T)) -> (T, T) {
    let (p, q, tx, ty) = match F {
        SQUARE => (x + x, y + y, t.0, t.1),
        SHIP => {
            let sign = |of: T, v: T| if of < T::ZERO { -v } else { v };
            ((x + x).abs(), (y + y).abs(), sign(x, t.0), sign(y, t.1))
        }
        TRICORN => (x + x, -(y + y), t.0, -t.1),
        _ => {
            let d = T::of(F as f64);
            let (p, q) = power(x, y, F - 1);
            (d * p, d * q, t.0, t.1)
        }
    };
    (p.fma(tx, (-q).fma(ty, e.0)), p.fma(ty, q.fma(tx, e.1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook map, without fused operations.
    fn textbook(f: u8, x: f64, y: f64, cx: f64, cy: f64) -> (f64, f64) {
        let (mut a, mut b) = match f {
            SHIP => (x.abs(), y.abs()),
            TRICORN => (x, -y),
            _ => (x, y),
        };
        let (r, angle) = (a.hypot(b), b.atan2(a));
        let d = degree(f) as f64;
        (a, b) = (r.powf(d) * (d * angle).cos(), r.powf(d) * (d * angle).sin());
        (a + cx, b + cy)
    }

    fn ours(f: u8, z: (f64, f64), c: (f64, f64)) -> (f64, f64) {
        macro_rules! pick {
            ($($k:literal)*) => { match f { $($k => step::<f64, $k>(z.0, z.1, c.0, c.1),)* _ => unreachable!() } };
        }
        pick!(0 1 2 3 4 5 6)
    }

    fn grown(f: u8, z: (f64, f64), t: (f64, f64)) -> (f64, f64) {
        macro_rules! pick {
            ($($k:literal)*) => {
                match f { $($k => tangent::<f64, $k>(z.0, z.1, t, (0.0, 0.0)),)* _ => unreachable!() }
            };
        }
        pick!(0 1 2 3 4 5 6)
    }

    proptest! {
        #[test]
        fn every_formula_is_the_textbook_map(
            f in 0u8..7, x in -2.0f64..2.0, y in -2.0f64..2.0, cx in -2.0f64..2.0, cy in -2.0f64..2.0,
        ) {
            let (a, b) = (ours(f, (x, y), (cx, cy)), textbook(f, x, y, cx, cy));
            prop_assert!((a.0 - b.0).hypot(a.1 - b.1) < 1e-11 * (1.0 + b.0.hypot(b.1)));
        }

        #[test]
        fn tangents_are_the_difference_quotient(
            f in 0u8..7, x in -2.0f64..2.0, y in -2.0f64..2.0, turn in 0.0f64..6.3,
        ) {
            prop_assume!(x.abs() > 1e-3 && y.abs() > 1e-3);
            let (t, h) = ((turn.cos(), turn.sin()), 1e-6);
            let there = textbook(f, x + h * t.0, y + h * t.1, 0.0, 0.0);
            let back = textbook(f, x - h * t.0, y - h * t.1, 0.0, 0.0);
            let slope = ((there.0 - back.0) / (2.0 * h), (there.1 - back.1) / (2.0 * h));
            let t = grown(f, (x, y), t);
            prop_assert!((t.0 - slope.0).hypot(t.1 - slope.1) < 1e-6 * (1.0 + slope.0.hypot(slope.1)));
        }
    }
}

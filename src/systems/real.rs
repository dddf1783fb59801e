//! The two kinds of floats that systems compute with: f32 in the world, f64 where they are checked.

use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// A float. All of its operations are exact or correctly rounded, so results are the same on every machine.
///
/// ```
/// use systems::real::Real;
///
/// fn length<R: Real>([x, y]: [R; 2]) -> R {
///     (x * x + y * y).root()
/// }
///
/// assert_eq!(length([3.0f32, 4.0]), 5.0);
/// assert_eq!((length([0.9f64, 1.2]).floor(), f64::of(-2.5).size().wide()), (1.0, 2.5));
/// ```
pub trait Real:
    Copy
    + Default
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// The nearest to an f64.
    fn of(value: f64) -> Self;
    /// As an f64.
    fn wide(self) -> f64;
    /// The greatest whole number that is not above it.
    fn floor(self) -> Self;
    /// A whole number between ±[`FAR`] as an integer, by the bits of a sum: a plain conversion minds NaN and overflow, and
    /// is not done by vectors.
    fn whole(self) -> i32;
    /// Square root.
    fn root(self) -> Self;
    /// Without its sign.
    fn size(self) -> Self;
    /// Sine and cosine of an angle in radians (`libm`: the same bits on every machine).
    fn sin_cos(self) -> (Self, Self);
    /// Angle of the vector (`x`, `self`), radians.
    fn angle(self, x: Self) -> Self;
}

/// Greatest whole number that [`Real::whole`] takes.
pub const FAR: f64 = 4_000_000.0;

macro_rules! real {
    ($($kind:ident $magic:literal $sin_cos:path, $angle:path);*) => {$(
        impl Real for $kind {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn of(value: f64) -> Self {
                value as $kind
            }
            #[inline(always)]
            fn wide(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn floor(self) -> Self {
                $kind::floor(self)
            }
            #[inline(always)]
            fn whole(self) -> i32 {
                // One and a half times the power of two from which on floats are whole.
                const MAGIC: $kind = $magic;
                ((self + MAGIC).to_bits() as u32).wrapping_sub(MAGIC.to_bits() as u32) as i32
            }
            #[inline(always)]
            fn root(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn size(self) -> Self {
                self.abs()
            }
            #[inline]
            fn sin_cos(self) -> (Self, Self) {
                $sin_cos(self)
            }
            #[inline]
            fn angle(self, x: Self) -> Self {
                $angle(self, x)
            }
        }
    )*};
}

real! { f32 12_582_912.0 libm::sincosf, libm::atan2f; f64 6_755_399_441_055_744.0 libm::sincos, libm::atan2 }

/// The lesser of two, by one comparison.
#[inline(always)]
pub fn lesser<T: Real>(a: T, b: T) -> T {
    if a < b { a } else { b }
}

/// The greater of two, by one comparison.
#[inline(always)]
pub fn greater<T: Real>(a: T, b: T) -> T {
    if a > b { a } else { b }
}

/// Sum of what `f` makes of each value, in eight lanes and in a fixed order.
#[inline(always)]
pub fn lanes<T: Real>(row: &[T], f: impl Fn(T) -> T) -> f64 {
    let mut sums = [0f64; 8];
    let (chunks, rest) = row.as_chunks::<8>();
    for chunk in chunks {
        for (sum, &v) in sums.iter_mut().zip(chunk) {
            *sum += f(v).wide();
        }
    }
    for (sum, &v) in sums.iter_mut().zip(rest) {
        *sum += f(v).wide();
    }
    sums.iter().sum()
}

world::widest! {
    /// Sum of squares, in eight lanes and in a fixed order.
    pub fn squares<T: Real>(row: &[T]) -> f64 {
        lanes(row, |v| v * v)
    }
}

world::widest! {
    /// Sum, in eight lanes and in a fixed order.
    pub fn sum<T: Real>(row: &[T]) -> f64 {
        lanes(row, |v| v)
    }
}

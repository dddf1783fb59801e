//! The inner loops: square blocks of a product kept in registers, at the widest vectors in use.

use world::vectors::Vectors;

#[cfg(target_arch = "x86_64")]
use super::lanes::x86::{Double4, Double8, Single8, Single16};
use super::lanes::{Double2, Lanes, Single4};

/// Strips of two factors over the same stretch of depth. A strip holds [`Number::STRIP`] rows of its factor transposed:
/// first their first numbers, then their second, and so on.
#[derive(Clone, Copy)]
pub(crate) struct Factors<'a, T> {
    /// Strips of the left factor, one after the other.
    pub left: &'a [T],
    /// Strips of the right factor.
    pub right: &'a [T],
    /// Numbers of each row.
    pub depth: usize,
}

/// A type that products are computed in.
pub(crate) trait Number: Copy + Default + Send + Sync + 'static {
    /// Rows of a strip: as many as a cache line of 64 bytes holds.
    const STRIP: usize;
    /// The nearest number.
    fn of(value: f64) -> Self;
    /// Adds to `out[i][j]` the product of row i of the left and row j of the right factor, summed from zero in the
    /// order of depth. `out` is row-major and as wide as the right factor has rows.
    fn add_products(factors: Factors<'_, Self>, out: &mut [Self]);
}

/// Implements [`Number`] with a register for each width, and how many rows of a block it takes at a time (the product of
/// both is eight chains of sums, which hides the latency of an addition).
macro_rules! number {
    (
        $float:ty, $of:path, $plain:ty: $high:literal * $wide:literal,
        $avx2:ty: $h2:literal * $w2:literal, $avx512:ty: $h5:literal * $w5:literal
    ) => {
        impl Number for $float {
            const STRIP: usize = 64 / size_of::<$float>();

            fn of(value: f64) -> Self {
                $of(value)
            }

            fn add_products(factors: Factors<'_, Self>, out: &mut [Self]) {
                #[cfg(target_arch = "x86_64")]
                {
                    #[target_feature(enable = "avx512f,avx2,fma")]
                    fn wide_512(factors: Factors<'_, $float>, out: &mut [$float]) {
                        // SAFETY: this function has the features of the register.
                        unsafe { blocks::<$avx512, $h5, $w5>(factors, out) }
                    }
                    #[target_feature(enable = "avx2,fma")]
                    fn wide_256(factors: Factors<'_, $float>, out: &mut [$float]) {
                        // SAFETY: as above.
                        unsafe { blocks::<$avx2, $h2, $w2>(factors, out) }
                    }
                    match Vectors::in_use() {
                        // SAFETY: the processor has what is in use, which includes these features.
                        Vectors::Avx512 => return unsafe { wide_512(factors, out) },
                        // SAFETY: as above.
                        Vectors::Avx2 => return unsafe { wide_256(factors, out) },
                        Vectors::Plain => (),
                    }
                }
                // SAFETY: this register needs no features.
                unsafe { blocks::<$plain, $high, $wide>(factors, out) }
            }
        }
    };
}
number!(f32, single, Single4: 2 * 4, Single8: 4 * 2, Single16: 8 * 1);
number!(f64, std::convert::identity, Double2: 2 * 4, Double4: 4 * 2, Double8: 8 * 1);

fn single(value: f64) -> f32 {
    value as f32
}

/// Every block of the product, `M` rows of a block at a time, each `W` registers wide.
///
/// # Safety
/// The processor has the features of the register `L`.
#[inline(always)]
unsafe fn blocks<L: Lanes, const M: usize, const W: usize>(
    factors: Factors<'_, L::Float>,
    out: &mut [L::Float],
) {
    let strip = W * L::N;
    let size = factors.depth * strip;
    if size == 0 {
        return;
    }
    let width = factors.right.len() / size * strip;
    for (j, right) in factors.right.chunks_exact(size).enumerate() {
        for (i, left) in factors.left.chunks_exact(size).enumerate() {
            for first in (0..strip).step_by(M) {
                let at = (i * strip + first) * width + j * strip;
                // SAFETY: the caller has the features.
                unsafe { block::<L, M, W>([left, right], first, &mut out[at..], width) };
            }
        }
    }
}

/// Rows `first..first + M` of the product of two strips, added to `out`, whose rows are `width` apart.
///
/// # Safety
/// The processor has the features of the register `L`.
#[inline(always)]
unsafe fn block<L: Lanes, const M: usize, const W: usize>(
    [left, right]: [&[L::Float]; 2],
    first: usize,
    out: &mut [L::Float],
    width: usize,
) {
    let strip = W * L::N;
    assert!(left.len() == right.len() && left.len().is_multiple_of(strip) && first + M <= strip);
    assert!(width >= strip && out.len() >= (M - 1) * width + strip);
    // SAFETY: the caller has the features.
    let mut sums = [[unsafe { L::zero() }; W]; M];
    for k in 0..left.len() / strip {
        // SAFETY: both factors have `strip` floats from k · strip on, as was asserted.
        let (a, b) = unsafe { (left.as_ptr().add(k * strip + first), right.as_ptr().add(k * strip)) };
        // SAFETY: the caller has the features.
        let mut row = [unsafe { L::zero() }; W];
        for (j, register) in row.iter_mut().enumerate() {
            // SAFETY: W registers make a strip.
            *register = unsafe { L::load(b.add(j * L::N)) };
        }
        for (i, line) in sums.iter_mut().enumerate() {
            // SAFETY: `first + M` is at most a strip.
            let v = unsafe { *a.add(i) };
            for j in 0..W {
                line[j] = line[j].add_product(v, row[j]);
            }
        }
    }
    for (i, line) in sums.iter().enumerate() {
        let to = &mut out[i * width..][..strip];
        for (j, sum) in line.iter().enumerate() {
            // SAFETY: W registers make a strip, and `to` is one; the caller has the features.
            unsafe {
                let place = to.as_mut_ptr().add(j * L::N);
                L::load(place).add(*sum).store(place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use world::rng::Rng;

    /// Strips of random numbers.
    fn strips<T: Number>(strips: usize, depth: usize, seed: u64) -> Vec<T> {
        let r = Rng::new(seed);
        (0..strips * depth * T::STRIP).map(|i| T::of(f64::from(r.normal(i as u64)))).collect()
    }

    /// One number of the product, summed in order.
    fn plain(f: &Factors<f64>, i: usize, j: usize) -> f64 {
        let s = f64::STRIP;
        let of = |strips: &[f64], row: usize, k: usize| strips[(row / s * f.depth + k) * s + row % s];
        (0..f.depth).fold(0.0, |sum, k| sum + of(f.left, i, k) * of(f.right, j, k))
    }

    proptest! {
        #[test]
        fn doubles_are_summed_in_order_at_every_width(
            m in 1usize..4, n in 1usize..4, depth in 1usize..40, seed: u64,
        ) {
            let (left, right) = (strips::<f64>(m, depth, seed), strips::<f64>(n, depth, !seed));
            let factors = Factors { left: &left, right: &right, depth };
            let (rows, columns) = (m * f64::STRIP, n * f64::STRIP);
            for v in Vectors::available() {
                let mut out = vec![1.0; rows * columns];
                v.run(|| f64::add_products(factors, &mut out)).unwrap();
                for (at, found) in out.iter().enumerate() {
                    let expected = 1.0 + plain(&factors, at / columns, at % columns);
                    prop_assert_eq!(found.to_bits(), expected.to_bits(), "{} at {}", v, at);
                }
            }
        }

        #[test]
        fn singles_are_close_at_every_width(m in 1usize..3, n in 1usize..3, depth in 1usize..200, seed: u64) {
            let (left, right) = (strips::<f32>(m, depth, seed), strips::<f32>(n, depth, !seed));
            let factors = Factors { left: &left, right: &right, depth };
            let (s, columns) = (f32::STRIP, n * f32::STRIP);
            for v in Vectors::available() {
                let mut out = vec![0.0; m * s * columns];
                v.run(|| f32::add_products(factors, &mut out)).unwrap();
                for (at, found) in out.iter().enumerate() {
                    let (i, j) = (at / columns, at % columns);
                    let of = |strips: &[f32], row: usize, k: usize| f64::from(strips[(row / s * depth + k) * s + row % s]);
                    let terms = |k: usize| of(&left, i, k) * of(&right, j, k);
                    let (sum, size) = (0..depth).fold((0.0, 0.0), |(a, b), k| (a + terms(k), b + terms(k).abs()));
                    let bound = (depth as f64 + 1.0) * 6e-8 * size;
                    prop_assert!((f64::from(*found) - sum).abs() <= bound, "{v}: {found} for {sum}");
                }
            }
        }
    }
}

//! SIMD registers of floats, at each width that machines have. Tiles are written once over [`Lanes`].

/// One register. A value of it proves that the processor has its features, so only the constructors are unsafe.
pub(crate) trait Lanes: Copy {
    /// Floats in it.
    const N: usize;
    /// The first `N` floats.
    ///
    /// # Safety
    /// The processor has the features of the register.
    unsafe fn load(from: &[f32]) -> Self;
    /// Zeros.
    ///
    /// # Safety
    /// As [`Self::load`].
    unsafe fn zero() -> Self;
    /// Writes its floats to the first `N` places.
    fn store(self, to: &mut [f32]);
    /// `a · b + self` in every lane, rounded once.
    fn add_product(self, a: f32, b: Self) -> Self;
    /// `a · b + self` in every lane, the product rounded too: as fast as the other on processors without a fused
    /// instruction, half as fast on those with one.
    fn add_rounded(self, a: f32, b: Self) -> Self;
}

/// `a · b + c`, rounded once. Where the compiler may not take a fused instruction for granted, `mul_add` calls a
/// function that is slow on processors without one; this is the same in a few instructions that vectorise: the product
/// is exact in double precision, and the sum is rounded to odd there, so that rounding it again is rounding once (Boldo
/// and Melquiond 2008).
#[inline(always)]
fn fused(a: f32, b: f32, c: f32) -> f32 {
    if cfg!(any(target_feature = "fma", not(target_arch = "x86_64"))) {
        return a.mul_add(b, c);
    }
    let (product, c) = (a as f64 * b as f64, c as f64);
    let sum = product + c;
    // Rounding error of the sum (Knuth's two-sum); NaN where the sum is not finite.
    let of_c = sum - product;
    let lost = (product - (sum - of_c)) + (c - of_c);
    let bits = sum.to_bits();
    let even = bits & 1 ^ 1;
    let moved = ((lost > 0.0) | (lost < 0.0)) as u64 & even;
    // One up if the error has the sign of the sum, one down otherwise.
    let down = (lost.to_bits() ^ bits) >> 63;
    f64::from_bits(bits.wrapping_add(moved).wrapping_sub(2 * (moved & down))) as f32
}

/// One float, for the rest of a row, on machines without wider registers…
#[derive(Clone, Copy)]
pub struct Lane1(f32);

impl Lanes for Lane1 {
    const N: usize = 1;
    #[inline(always)]
    unsafe fn load(from: &[f32]) -> Self {
        Self(from[0])
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        Self(0.0)
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[0] = self.0;
    }
    #[inline(always)]
    fn add_product(self, a: f32, b: Self) -> Self {
        Self(fused(a, b.0, self.0))
    }
    #[inline(always)]
    fn add_rounded(self, a: f32, b: Self) -> Self {
        Self(a * b.0 + self.0)
    }
}

/// …and in functions with a fused instruction.
impl Lanes for f32 {
    const N: usize = 1;
    #[inline(always)]
    unsafe fn load(from: &[f32]) -> Self {
        from[0]
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        0.0
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[0] = self;
    }
    #[inline(always)]
    fn add_product(self, a: f32, b: Self) -> Self {
        a.mul_add(b, self)
    }
    #[inline(always)]
    fn add_rounded(self, a: f32, b: Self) -> Self {
        a * b + self
    }
}

/// A register whose products are rounded.
#[derive(Clone, Copy)]
pub struct Rounded<L>(L);

impl<L: Lanes> Lanes for Rounded<L> {
    const N: usize = L::N;
    #[inline(always)]
    unsafe fn load(from: &[f32]) -> Self {
        // SAFETY: the caller's.
        Self(unsafe { L::load(from) })
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller's.
        Self(unsafe { L::zero() })
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        self.0.store(to);
    }
    #[inline(always)]
    fn add_product(self, a: f32, b: Self) -> Self {
        Self(self.0.add_rounded(a, b.0))
    }
    #[inline(always)]
    fn add_rounded(self, a: f32, b: Self) -> Self {
        self.add_product(a, b)
    }
}

/// Four floats, for machines without wider registers, and as a reference for the wider ones.
#[derive(Clone, Copy)]
pub struct Lanes4([f32; 4]);

impl Lanes for Lanes4 {
    const N: usize = 4;
    #[inline(always)]
    unsafe fn load(from: &[f32]) -> Self {
        Self(from[..4].try_into().unwrap_or_default())
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        Self([0.0; 4])
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[..4].copy_from_slice(&self.0);
    }
    #[inline(always)]
    fn add_product(self, a: f32, Self(b): Self) -> Self {
        let mut sum = self.0;
        for i in 0..4 {
            sum[i] = fused(a, b[i], sum[i]);
        }
        Self(sum)
    }
    #[inline(always)]
    fn add_rounded(self, a: f32, Self(b): Self) -> Self {
        let mut sum = self.0;
        for i in 0..4 {
            sum[i] += a * b[i];
        }
        Self(sum)
    }
}

/// Registers that not all x86-64 processors have.
#[cfg(target_arch = "x86_64")]
pub mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    macro_rules! register {
        ($name:ident, $inner:ty, $n:literal, $load:ident, $store:ident, $zero:ident, $splat:ident, $fma:ident, $mul:ident, $add:ident) => {
            #[doc = concat!(stringify!($n), " floats.")]
            #[derive(Clone, Copy)]
            pub struct $name($inner);

            impl Lanes for $name {
                const N: usize = $n;
                #[inline(always)]
                unsafe fn load(from: &[f32]) -> Self {
                    // SAFETY: the caller has the features; the slicing checks the length.
                    Self(unsafe { $load(from[..$n].as_ptr()) })
                }
                #[inline(always)]
                unsafe fn zero() -> Self {
                    // SAFETY: the caller has the features.
                    Self(unsafe { $zero() })
                }
                #[inline(always)]
                fn store(self, to: &mut [f32]) {
                    // SAFETY: `self` proves the features; the slicing checks the length.
                    unsafe { $store(to[..$n].as_mut_ptr(), self.0) }
                }
                #[inline(always)]
                fn add_product(self, a: f32, b: Self) -> Self {
                    // SAFETY: `self` proves the features.
                    Self(unsafe { $fma($splat(a), b.0, self.0) })
                }
                #[inline(always)]
                fn add_rounded(self, a: f32, b: Self) -> Self {
                    // SAFETY: as above.
                    Self(unsafe { $add($mul($splat(a), b.0), self.0) })
                }
            }
        };
    }
    // AVX and FMA.
    register!(
        Eight,
        __m256,
        8,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_setzero_ps,
        _mm256_set1_ps,
        _mm256_fmadd_ps,
        _mm256_mul_ps,
        _mm256_add_ps
    );
    // AVX-512 F.
    register!(
        Sixteen,
        __m512,
        16,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_setzero_ps,
        _mm512_set1_ps,
        _mm512_fmadd_ps,
        _mm512_mul_ps,
        _mm512_add_ps
    );
}

#[cfg(test)]
mod tests {
    use super::fused;
    use proptest::prelude::*;

    /// Any bits, near a rounding boundary, or of a size at which digits cancel or vanish.
    fn number() -> impl Strategy<Value = f32> {
        let near = (-300i32..300, 0u32..1 << 24).prop_map(|(e, m)| {
            let exponent = e.clamp(-126, 127);
            f32::from_bits(((exponent + 127) as u32) << 23 | m & 0x7f_ffff)
        });
        let few = (0u32..32, -30i32..30).prop_map(|(m, e)| {
            m as f32 * f32::from_bits(((e + 127) as u32) << 23) * if m % 2 == 0 { 1.0 } else { -1.0 }
        });
        prop_oneof![any::<u32>().prop_map(f32::from_bits), near, few]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200_000))]
        #[test]
        fn rounding_to_odd_first_is_rounding_once(a in number(), b in number(), c in number(), off in -2i32..3) {
            // Also sums that nearly cancel.
            let opposite = f32::from_bits((-(a * b)).to_bits().wrapping_add_signed(off));
            for c in [c, opposite] {
                let (ours, exact) = (fused(a, b, c), a.mul_add(b, c));
                prop_assert!(
                    ours.to_bits() == exact.to_bits() || ours.is_nan() && exact.is_nan(),
                    "{a:e} · {b:e} + {c:e}: {ours:e}, expected {exact:e}"
                );
            }
        }
    }
}

//! SIMD registers of f32 and f64 at each width that machines have. Tiles are written once over [`Lanes`].

/// One register. A value of it proves that the processor has its features, so only the constructors and the accesses to
/// memory are unsafe.
pub(super) trait Lanes: Copy {
    /// What it holds.
    type Float: Copy;
    /// How many.
    const N: usize;
    /// Zeros.
    ///
    /// # Safety
    /// The processor has the features of the register.
    unsafe fn zero() -> Self;
    /// The first `N` floats.
    ///
    /// # Safety
    /// The processor has the features of the register, and `from` points to `N` floats.
    unsafe fn load(from: *const Self::Float) -> Self;
    /// Writes its floats to the first `N` places.
    ///
    /// # Safety
    /// `to` points to `N` floats.
    unsafe fn store(self, to: *mut Self::Float);
    /// Sum in every lane.
    fn add(self, other: Self) -> Self;
    /// `a · b + self` in every lane.
    fn add_product(self, a: Self::Float, b: Self) -> Self;
}

/// Registers that every processor has: the compiler takes its narrowest vectors for them.
macro_rules! array {
    ($name:ident, $float:ty, $n:literal) => {
        #[doc = concat!(stringify!($n), " floats, the product rounded.")]
        #[derive(Clone, Copy)]
        pub(super) struct $name([$float; $n]);

        impl Lanes for $name {
            type Float = $float;
            const N: usize = $n;
            #[inline(always)]
            unsafe fn zero() -> Self {
                Self([0.0; $n])
            }
            #[inline(always)]
            unsafe fn load(from: *const $float) -> Self {
                // SAFETY: the caller points to that many floats, and an array is aligned like one of them.
                Self(unsafe { *from.cast() })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $float) {
                // SAFETY: as above.
                unsafe { *to.cast() = self.0 }
            }
            #[inline(always)]
            fn add(mut self, other: Self) -> Self {
                for i in 0..$n {
                    self.0[i] += other.0[i];
                }
                self
            }
            #[inline(always)]
            fn add_product(mut self, a: $float, b: Self) -> Self {
                for i in 0..$n {
                    self.0[i] += a * b.0[i];
                }
                self
            }
        }
    };
}
array!(Single4, f32, 4);
array!(Double2, f64, 2);

/// Registers that not all x86-64 processors have.
#[cfg(target_arch = "x86_64")]
pub(super) mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    macro_rules! register {
        (
            $name:ident($inner:ty), $float:ty, $n:literal, $zero:ident, $load:ident, $store:ident, $add:ident,
            |$sum:ident, $a:ident, $b:ident| $product:expr
        ) => {
            #[doc = concat!(stringify!($n), " floats.")]
            #[derive(Clone, Copy)]
            pub(in super::super) struct $name($inner);

            impl Lanes for $name {
                type Float = $float;
                const N: usize = $n;
                #[inline(always)]
                unsafe fn zero() -> Self {
                    // SAFETY: the caller has the features.
                    Self(unsafe { $zero() })
                }
                #[inline(always)]
                unsafe fn load(from: *const $float) -> Self {
                    // SAFETY: the caller has the features, and points to that many floats.
                    Self(unsafe { $load(from) })
                }
                #[inline(always)]
                unsafe fn store(self, to: *mut $float) {
                    // SAFETY: `self` proves the features; the caller points to that many floats.
                    unsafe { $store(to, self.0) }
                }
                #[inline(always)]
                fn add(self, other: Self) -> Self {
                    // SAFETY: `self` proves the features.
                    Self(unsafe { $add(self.0, other.0) })
                }
                #[inline(always)]
                fn add_product(self, $a: $float, other: Self) -> Self {
                    let ($sum, $b) = (self.0, other.0);
                    // SAFETY: `self` proves the features.
                    Self(unsafe { $product })
                }
            }
        };
    }
    // AVX and FMA.
    register!(
        Single8(__m256),
        f32,
        8,
        _mm256_setzero_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_add_ps,
        |sum, a, b| _mm256_fmadd_ps(_mm256_set1_ps(a), b, sum)
    );
    // AVX, the product rounded.
    register!(
        Double4(__m256d),
        f64,
        4,
        _mm256_setzero_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_add_pd,
        |sum, a, b| _mm256_add_pd(_mm256_mul_pd(_mm256_set1_pd(a), b), sum)
    );
    // AVX-512 F.
    register!(
        Single16(__m512),
        f32,
        16,
        _mm512_setzero_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_add_ps,
        |sum, a, b| _mm512_fmadd_ps(_mm512_set1_ps(a), b, sum)
    );
    // AVX-512 F, the product rounded.
    register!(
        Double8(__m512d),
        f64,
        8,
        _mm512_setzero_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_add_pd,
        |sum, a, b| _mm512_add_pd(_mm512_mul_pd(_mm512_set1_pd(a), b), sum)
    );
}

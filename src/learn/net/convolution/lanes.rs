//! A register of floats at each width that machines have. Tiles are written once over [`Lanes`].

/// One register.
pub trait Lanes: Copy {
    /// Floats in it.
    const N: usize;
    /// The first `N` floats.
    fn load(from: &[f32]) -> Self;
    /// Writes its floats to the first `N` places.
    fn store(self, to: &mut [f32]);
    /// Zeros.
    fn zero() -> Self;
    /// `a · b + self` in every lane, rounded once.
    fn add_product(self, a: f32, b: Self) -> Self;
}

impl Lanes for f32 {
    const N: usize = 1;
    #[inline(always)]
    fn load(from: &[f32]) -> Self {
        from[0]
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[0] = self;
    }
    #[inline(always)]
    fn zero() -> Self {
        0.0
    }
    #[inline(always)]
    fn add_product(self, a: f32, b: Self) -> Self {
        a.mul_add(b, self)
    }
}

/// Four floats, for machines without wider registers, and to check the wider ones against.
#[derive(Clone, Copy)]
pub struct Four([f32; 4]);

impl Lanes for Four {
    const N: usize = 4;
    #[inline(always)]
    fn load(from: &[f32]) -> Self {
        Self(from[..4].try_into().unwrap_or_default())
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[..4].copy_from_slice(&self.0);
    }
    #[inline(always)]
    fn zero() -> Self {
        Self([0.0; 4])
    }
    #[inline(always)]
    fn add_product(self, a: f32, Self(b): Self) -> Self {
        Self(std::array::from_fn(|i| a.mul_add(b[i], self.0[i])))
    }
}

/// The registers of x86-64. They may be used only inside functions that have the feature switched on.
#[cfg(target_arch = "x86_64")]
pub mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    macro_rules! register {
        ($name:ident, $inner:ty, $n:literal, $load:ident, $store:ident, $zero:ident, $splat:ident, $fma:ident) => {
            #[doc = concat!(stringify!($n), " floats.")]
            #[derive(Clone, Copy)]
            pub struct $name($inner);

            // SAFETY (all): the caller's function has the feature; lengths are checked by the slicing.
            impl Lanes for $name {
                const N: usize = $n;
                #[inline(always)]
                fn load(from: &[f32]) -> Self {
                    Self(unsafe { $load(from[..$n].as_ptr()) })
                }
                #[inline(always)]
                fn store(self, to: &mut [f32]) {
                    unsafe { $store(to[..$n].as_mut_ptr(), self.0) }
                }
                #[inline(always)]
                fn zero() -> Self {
                    Self(unsafe { $zero() })
                }
                #[inline(always)]
                fn add_product(self, a: f32, b: Self) -> Self {
                    Self(unsafe { $fma($splat(a), b.0, self.0) })
                }
            }
        };
    }
    register!(
        Eight,
        __m256,
        8,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_setzero_ps,
        _mm256_set1_ps,
        _mm256_fmadd_ps
    );
    register!(
        Sixteen,
        __m512,
        16,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_setzero_ps,
        _mm512_set1_ps,
        _mm512_fmadd_ps
    );
}

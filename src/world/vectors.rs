//! SIMD width of the hot loops: one switch for the whole program.
//!
//! Every hot loop is compiled for each width (see the macro `widest!`), with bit-identical results. The widest that the
//! processor has is used, unless the environment ([`VARIABLE`]) or [`Vectors::take`] selects another: to check that the
//! bits are the same, and to compare speeds.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

/// The environment variable that selects a width: `plain`, `avx2` or `avx512`.
pub const VARIABLE: &str = "UNTRAINED_VECTORS";

/// A width of vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Vectors {
    /// The platform's baseline: SSE2 on x86-64, NEON on ARM64.
    Plain = 1,
    /// 256 bits: AVX2, FMA and POPCNT.
    Avx2 = 2,
    /// 512 bits: AVX-512 F, BW, DQ and VL, and all of [`Vectors::Avx2`].
    Avx512 = 3,
}

/// Why vectors cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VectorsError {
    /// No such width.
    #[error("{VARIABLE} is `{0}`; expected plain, avx2 or avx512")]
    Unknown(String),
    /// The processor lacks it.
    #[error("this processor has no {0} vectors, requested by {VARIABLE} or the program; it has {1}")]
    Lacking(Vectors, String),
}

/// The width in use; 0 until the first query. Only widths that the processor has are ever stored.
static TAKEN: AtomicU8 = AtomicU8::new(0);
/// Held by [`Vectors::run`].
static RUN: Mutex<()> = Mutex::new(());

impl Vectors {
    /// From the narrowest to the widest.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Avx2, Self::Avx512];

    /// The width in use, which the processor has.
    ///
    /// # Panics
    /// At the first call, if the environment requests an unavailable width: check [`Vectors::asked`] first.
    #[inline]
    pub fn in_use() -> Self {
        match TAKEN.load(Ordering::Relaxed) {
            1 => Self::Plain,
            2 => Self::Avx2,
            3 => Self::Avx512,
            _ => Self::first(),
        }
    }

    #[cold]
    fn first() -> Self {
        let asked = Self::asked().unwrap_or_else(|e| panic!("{e}"));
        let first = asked.unwrap_or_else(|| Self::available().last().unwrap_or(Self::Plain));
        // Another thread may have been quicker.
        let _ = TAKEN.compare_exchange(0, first as u8, Ordering::Relaxed, Ordering::Relaxed);
        Self::in_use()
    }

    /// The width that the environment requests, if any.
    ///
    /// # Errors
    /// An unknown width, or one that the processor lacks.
    pub fn asked() -> Result<Option<Self>, VectorsError> {
        let Some(word) = std::env::var_os(VARIABLE).filter(|w| !w.is_empty()) else { return Ok(None) };
        Self::parse(&word.to_string_lossy())?.checked().map(Some)
    }

    /// Uses a width from now on.
    ///
    /// # Errors
    /// The processor lacks it.
    pub fn take(self) -> Result<(), VectorsError> {
        TAKEN.store(self.checked()? as u8, Ordering::Relaxed);
        Ok(())
    }

    /// Runs `work` at a width, then restores the previous one. Such runs are serialised; the results of other threads
    /// are bit-identical meanwhile.
    ///
    /// # Errors
    /// The processor lacks it.
    pub fn run<R>(self, work: impl FnOnce() -> R) -> Result<R, VectorsError> {
        struct Restore(u8);
        impl Drop for Restore {
            fn drop(&mut self) {
                TAKEN.store(self.0, Ordering::Relaxed);
            }
        }
        let _alone = RUN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _restore = Restore(Self::in_use() as u8);
        self.take()?;
        Ok(work())
    }

    /// The widths that this processor has, from the narrowest to the widest.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|v| v.is_available())
    }

    /// Whether this processor has every feature that code for this width is compiled with.
    pub fn is_available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            let has_256 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("popcnt");
            let has_512 = has_256
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            match self {
                Self::Plain => true,
                Self::Avx2 => has_256,
                Self::Avx512 => has_512,
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        return self == Self::Plain;
    }

    /// Whether AVX-512 is in use with VPOPCNTDQ (population count), which not all processors with AVX-512 have.
    #[inline]
    pub fn counts_bits() -> bool {
        #[cfg(target_arch = "x86_64")]
        return Self::in_use() == Self::Avx512 && is_x86_feature_detected!("avx512vpopcntdq");
        #[cfg(not(target_arch = "x86_64"))]
        return false;
    }

    /// The width of that name.
    ///
    /// # Errors
    /// No such width.
    pub fn parse(word: &str) -> Result<Self, VectorsError> {
        let found = Self::ALL.into_iter().find(|v| v.name() == word.to_ascii_lowercase());
        found.ok_or_else(|| VectorsError::Unknown(word.into()))
    }

    /// Its name in the environment.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    fn checked(self) -> Result<Self, VectorsError> {
        if self.is_available() {
            return Ok(self);
        }
        let has: Vec<&str> = Self::available().map(Self::name).collect();
        Err(VectorsError::Lacking(self, has.join(", ")))
    }
}

impl fmt::Display for Vectors {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_in_use_during_a_run_and_never_an_unavailable_one() {
        let before = Vectors::in_use();
        for v in Vectors::ALL {
            match v.run(Vectors::in_use) {
                Ok(seen) => assert!(seen == v && v.is_available()),
                Err(e) => {
                    assert!(!v.is_available());
                    assert!(e.to_string().contains(v.name()) && e.to_string().contains("it has plain"));
                    assert_eq!(v.take(), Err(e));
                }
            }
            assert_eq!(Vectors::in_use(), before);
        }
        let panicked = std::panic::catch_unwind(|| Vectors::Plain.run(|| panic!("on purpose")));
        assert!(panicked.is_err() && Vectors::in_use() == before);
        assert!(Vectors::Plain.is_available() && Vectors::parse("AVX2") == Ok(Vectors::Avx2));
        assert!(Vectors::parse("sse9").unwrap_err().to_string().contains("expected plain, avx2 or avx512"));
    }
}

//! Counter-based random numbers: a number belongs to an address (name, tick, cell), never to an order of calls.
//!
//! A key is mixed with the address by the 64-bit finaliser of Stafford's variant 13 (the one in SplitMix64,
//! Steele, Lea and Flood 2014). The number is the same on any thread and in any order of calls.
//!
//! Outside worlds (training, measuring), numbers drawn in order come from the [`Sequence`] of an address.

mod sequence;

pub use sequence::Sequence;

/// A source of random numbers at one address. Copying it copies the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rng(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline(always)]
const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Rng {
    /// The root of all addresses under a seed.
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(GOLDEN)))
    }

    /// The sub-address of a name.
    pub fn named(self, name: &str) -> Self {
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3));
        Self(mix(self.0 ^ mix(hash)))
    }

    /// The sub-address of a number (a tick, an agent, a purpose).
    #[inline(always)]
    pub const fn fork(self, index: u64) -> Self {
        Self(mix(self.0 ^ mix(index.wrapping_mul(GOLDEN).wrapping_add(GOLDEN))))
    }

    /// 64 random bits at a cell.
    #[inline(always)]
    pub const fn bits(self, cell: u64) -> u64 {
        mix(self.0.wrapping_add(cell.wrapping_mul(GOLDEN)))
    }

    /// Uniform in [0, 1), on a grid of 2⁻²⁴.
    #[inline(always)]
    pub const fn unit(self, cell: u64) -> f32 {
        (self.bits(cell) >> 40) as f32 * (1.0 / (1u32 << 24) as f32)
    }

    /// Uniform in [0, 1), on a grid of 2⁻⁵³.
    #[inline(always)]
    pub const fn unit64(self, cell: u64) -> f64 {
        (self.bits(cell) >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in [lo, hi).
    #[inline(always)]
    pub fn range(self, cell: u64, lo: f32, hi: f32) -> f32 {
        lo + (hi - lo) * self.unit(cell)
    }

    /// Uniform whole number below `n` (0 if `n` is 0).
    #[inline(always)]
    pub const fn below(self, cell: u64, n: u64) -> u64 {
        ((self.bits(cell) as u128 * n as u128) >> 64) as u64
    }

    /// Standard normal (Box and Muller 1958), through `libm` so that every machine agrees.
    pub fn normal(self, cell: u64) -> f32 {
        let (u, v) = (1.0 - self.unit64(cell), self.fork(1).unit64(cell));
        (libm::sqrt(-2.0 * libm::log(u)) * libm::cos(core::f64::consts::TAU * v)) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_gives_the_same_number_for_ever() {
        let r = Rng::new(1).named("life").fork(7);
        assert_eq!(r.bits(3), 0x7eb3_772f_de06_c592, "an address moved: every seed's picture changes");
    }

    #[test]
    fn addresses_look_independent() {
        let n = 1 << 16;
        for r in [Rng::new(0).fork(1), Rng::new(1).named("a"), Rng::new(1).named("b")] {
            let mean = (0..n).map(|i| r.unit64(i)).sum::<f64>() / n as f64;
            assert!((mean - 0.5).abs() < 5.0 * (1.0f64 / 12.0 / n as f64).sqrt(), "{mean}");
            let lag = (0..n).map(|i| (r.unit64(i) - 0.5) * (r.unit64(i + 1) - 0.5)).sum::<f64>() / n as f64;
            assert!(lag.abs() < 5.0 / 12.0 / (n as f64).sqrt(), "{lag}");
            let var = (0..n).map(|i| (r.normal(i) as f64).powi(2)).sum::<f64>() / n as f64;
            assert!((var - 1.0).abs() < 5.0 * (2.0 / n as f64).sqrt(), "{var}");
            let mut counts = [0f64; 64];
            (0..n).for_each(|i| counts[r.below(i, 64) as usize] += 1.0);
            let expected = n as f64 / 64.0;
            let chi2: f64 = counts.iter().map(|c| (c - expected).powi(2) / expected).sum();
            assert!(chi2 < 63.0 + 5.0 * (2.0 * 63.0f64).sqrt(), "{chi2}");
        }
    }
}

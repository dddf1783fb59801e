//! Bits that are 1 with a chosen probability, 64 at a time.

use world::rng::Rng;

/// Bits of precision.
const PRECISION: u32 = 16;

/// A probability, in steps of 2⁻¹⁶.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance(u32);

impl Chance {
    /// The nearest to a probability; NaN is 0.
    pub fn new(probability: f32) -> Self {
        Self((probability.clamp(0.0, 1.0) * (1u32 << PRECISION) as f32 + 0.5) as u32)
    }

    /// Whether every bit is 0.
    pub fn is_never(self) -> bool {
        self.0 == 0
    }

    /// 64 independent bits at an address: whether a random number of 16 bits is below the threshold, all 64 numbers
    /// compared at once, lowest bits first.
    #[inline(always)]
    pub fn bits(self, rng: Rng, address: u64) -> u64 {
        if self.0 >> PRECISION != 0 {
            return !0;
        }
        let rng = rng.fork(address);
        let mut below = 0;
        for bit in self.0.trailing_zeros().min(PRECISION)..PRECISION {
            let random = rng.bits(bit as u64);
            below = if self.0 >> bit & 1 == 1 { below | random } else { below & random };
        }
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_as_frequent_as_their_chance_and_independent() {
        let n = 1 << 12;
        for p in [0.0, 0.001, 0.1, 0.25, 0.3, 0.5, 0.9, 1.0] {
            let words: Vec<u64> = (0..n).map(|i| Chance::new(p).bits(Rng::new(3), i)).collect();
            let (n, p) = (64.0 * n as f64, Chance::new(p).0 as f64 / 65536.0);
            let ones = words.iter().map(|w| w.count_ones() as f64).sum::<f64>();
            assert!((ones - n * p).abs() <= 5.0 * (n * p * (1.0 - p)).sqrt(), "{p}: {ones}");
            let pairs = words.iter().map(|w| (w & w.rotate_left(1)).count_ones() as f64).sum::<f64>();
            assert!((pairs - n * p * p).abs() <= 6.0 * (n * p * p).sqrt() + 1e-9, "{p}: {pairs} pairs");
        }
        assert!(Chance::new(f32::NAN).is_never() && Chance::new(-1.0).is_never());
        assert_eq!(Chance::new(7.0), Chance::new(1.0));
    }
}

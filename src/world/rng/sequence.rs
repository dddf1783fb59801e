//! The numbers of an address as a sequence.

use rand_core::{Infallible, TryRng, utils};

use super::Rng;

/// A generator for `rand` and `rand_distr` whose words are those of an address: word *i* is [`Rng::bits`] of cell *i*.
///
/// It is a SplitMix64 that begins at the address; the period is 2⁶⁴ words, and byte order is little-endian on every
/// machine. For what is drawn as a list: shuffles, resampling, training noise. Worlds draw by cell.
///
/// Normal variates are drawn as `f32`: the last digit of `rand_distr`'s doubles depends on the platform.
///
/// ```
/// use rand::seq::SliceRandom;
/// use rand::{Rng as _, RngExt};
/// use world::rng::Rng;
///
/// let address = Rng::new(1).named("cards");
/// let mut sequence = address.sequence();
/// assert_eq!(sequence.next_u64(), address.bits(0));
/// assert_eq!(sequence.next_u64(), address.bits(1));
/// assert_eq!(sequence.position(), 2);
///
/// let mut cards = [1, 2, 3, 4, 5, 6, 7];
/// cards.shuffle(&mut sequence);
/// assert_eq!(cards, [7, 2, 1, 3, 4, 6, 5]);
/// assert_eq!(sequence.random_range(1..=6), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    address: Rng,
    position: u64,
}

impl Rng {
    /// The words of this address from cell 0 on. Use an address either by sequence or by cell, never both.
    pub const fn sequence(self) -> Sequence {
        Sequence { address: self, position: 0 }
    }
}

impl Sequence {
    /// Words drawn so far; the cell of the next.
    pub const fn position(&self) -> u64 {
        self.position
    }
}

impl TryRng for Sequence {
    type Error = Infallible;

    /// The low half of a word.
    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let word = self.address.bits(self.position);
        self.position = self.position.wrapping_add(1);
        Ok(word)
    }

    /// Whole words, the last one truncated.
    #[inline]
    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(into, || self.try_next_u64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, prop_assert_eq, proptest};
    use rand::distr::weighted::WeightedIndex;
    use rand::seq::{IndexedRandom, SliceRandom, index};
    use rand::{Rng as _, RngExt};
    use rand_distr::{Distribution, StandardNormal};

    fn cards() -> Sequence {
        Rng::new(1).named("cards").sequence()
    }

    #[test]
    fn the_words_are_those_of_the_address_for_ever() {
        let mut s = cards();
        let words = [0x2e1f_ebe6_3a2f_dc7e, 0x625d_5ba1_91d1_b72b, 0x98f3_9d6c_0dc7_e207];
        assert_eq!([0; 3].map(|_| s.next_u64()), words);
        assert_eq!(s.next_u32(), 0x268e_632a);
        let mut bytes = [0; 11];
        s.fill_bytes(&mut bytes);
        assert_eq!(bytes, [0x18, 0x0f, 0x21, 0xa8, 0x82, 0xbb, 0x7c, 0xeb, 0x3e, 0x3c, 0xaf]);
        assert_eq!(s.position(), 6);
    }

    /// What `rand` and `rand_distr` derive from the words: a version that changes this invalidates every training run.
    #[test]
    fn what_is_drawn_stays_the_same() {
        let mut s = cards();
        let mut order: Vec<u8> = (0..10).collect();
        order.shuffle(&mut s);
        assert_eq!(order, [9, 7, 5, 2, 0, 3, 6, 1, 4, 8]);
        // Each by another algorithm.
        for (n, some, first) in [
            (1000, 4, [567, 53, 150, 656]),
            (1000, 200, [151, 513, 981, 25]),
            (100_000, 200, [84_139, 71_480, 13_555, 14_032]),
        ] {
            assert_eq!(index::sample(&mut s, n, some).into_vec()[..4], first);
        }
        assert_eq!([0; 4].map(|_| s.random_range(0..1000usize)), [274, 379, 780, 315]);
        let units = [0x3f06_e9f8, 0x3ead_6878, 0x3cb0_0780, 0x3ef5_9d44];
        assert_eq!([0; 4].map(|_| s.random::<f32>().to_bits()), units);
        let units = [0x3fee_ca3e_6987_45b8, 0x3fb3_7dd3_d597_8bf8];
        assert_eq!([0; 2].map(|_| s.random::<f64>().to_bits()), units);
        assert_eq!([0; 2].map(|_| s.random_range(-0.1..0.1f32).to_bits()), [0xbd92_7443, 0xbd55_6b93]);
        let often = [true, false, false, true, false, false, false, true];
        assert_eq!(often.map(|_| s.random_bool(0.3)), often);
        let drawn: Vec<u8> = order.choose_iter(&mut s).unwrap().take(6).copied().collect();
        assert_eq!(drawn, [2, 3, 8, 4, 6, 3]);
        assert_eq!(order.sample_array(&mut s), Some([1, 6]));
        let weights = WeightedIndex::new([0.0, 0.3, 1.2, 0.0, 5.0]).unwrap();
        assert_eq!([0; 6].map(|_| weights.sample(&mut s)), [2, 4, 4, 4, 4, 4]);
        let normals = [0xbf76_aff2, 0xbfd8_27f5, 0xbc0b_df53];
        assert_eq!([0; 3].map(|_| s.sample::<f32, _>(StandardNormal).to_bits()), normals);
        assert_eq!(s.position(), 442);
    }

    /// One normal variate in some 80 calls `exp`, one in 4,000 `ln`, and whether these are libm's or the platform's
    /// is decided elsewhere (faer switches `num-traits/std` on, with or without `rand_distr/std_math`). Of 2²⁸ doubles
    /// 316 differed between libm and glibc; of those numbers as `f32` none.
    #[test]
    fn normal_numbers_stay_the_same() {
        let all = cards().sample_iter::<f32, _>(StandardNormal).take(1 << 20);
        let hash = all.fold(0u64, |h, v| Rng::new(h).bits(v.to_bits().into()));
        assert_eq!(hash, 0x92b5_0077_1b4a_8984);
    }

    #[test]
    fn sequences_look_random() {
        for mut s in [cards(), Rng::new(0).sequence(), Rng::new(1).named("a").fork(3).sequence()] {
            let n = 1 << 16;
            let words: Vec<u64> = (0..n).map(|_| s.next_u64()).collect();
            for bit in 0..64 {
                let ones = words.iter().filter(|w| *w >> bit & 1 == 1).count() as f64;
                assert!(
                    (ones - n as f64 / 2.0).abs() < 5.0 * libm::sqrt(n as f64 / 4.0),
                    "bit {bit}: {ones}"
                );
            }
            // Each byte of a word with the same of the next.
            for byte in 0..8 {
                let mut counts = vec![0f64; 1 << 16];
                let of = |w: u64| (w >> (8 * byte) & 255) as usize;
                let mut last = of(s.next_u64());
                for _ in 0..1 << 20 {
                    let next = of(s.next_u64());
                    counts[last << 8 | next] += 1.0;
                    last = next;
                }
                let chi2: f64 = counts.iter().map(|c| (c - 16.0) * (c - 16.0) / 16.0).sum();
                assert!((chi2 - 65_535.0).abs() < 5.0 * libm::sqrt(2.0 * 65_535.0), "byte {byte}: {chi2}");
            }
        }
    }

    #[test]
    fn normal_numbers_have_the_moments_and_tails_of_the_normal_distribution() {
        let n = 1 << 20;
        let all: Vec<f64> = cards().sample_iter::<f32, _>(StandardNormal).take(n).map(f64::from).collect();
        // (power, its mean, the variance of that mean times n)
        for (power, mean, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
            let found = all.iter().map(|v| (0..power).fold(1.0, |p, _| p * v)).sum::<f64>() / n as f64;
            assert!((found - mean).abs() < 5.0 * libm::sqrt(variance / n as f64), "{power}: {found}");
        }
        for z in [1.0, 2.0, 3.0, 3.8] {
            let part = libm::erfc(z / std::f64::consts::SQRT_2) * n as f64;
            let found = all.iter().filter(|v| v.abs() > z).count() as f64;
            assert!((found - part).abs() < 5.0 * libm::sqrt(part), "beyond {z}: {found}, expected {part}");
        }
    }

    proptest! {
        #[test]
        fn one_address_has_one_sequence_on_any_thread(seed: u64, name: String, index: u64) {
            let address = Rng::new(seed).named(&name).fork(index);
            let drawn = |mut s: Sequence| [0; 8].map(|_| s.next_u64());
            let here = drawn(address.sequence());
            let there = std::thread::spawn(move || drawn(address.sequence())).join().unwrap();
            prop_assert_eq!(here, there);
            prop_assert_eq!(here, [0, 1, 2, 3, 4, 5, 6, 7].map(|i| address.bits(i)));
            for other in [address.named("x"), address.fork(0), Rng::new(seed ^ 1).named(&name).fork(index)] {
                prop_assert!(drawn(other.sequence()).iter().all(|w| !here.contains(w)));
            }
        }

        #[test]
        fn numbers_and_bytes_come_from_the_same_words(seed: u64, n in 0usize..40) {
            let of = || Rng::new(seed).sequence();
            let mut bytes = vec![0; n];
            let (mut s, mut words) = (of(), of());
            s.fill_bytes(&mut bytes);
            let all: Vec<u8> = (0..n.div_ceil(8)).flat_map(|_| words.next_u64().to_le_bytes()).collect();
            prop_assert_eq!(&bytes, &all[..n]);
            prop_assert_eq!(&s, &words);
            prop_assert_eq!(s.position(), n.div_ceil(8) as u64);
            let mut copy = s.clone();
            prop_assert_eq!(copy.next_u32(), s.next_u64() as u32);
            prop_assert_eq!(copy, s);
        }
    }
}

//! Half-samples of two sets, all at once: one bit each.
//!
//! Whether a point lies within the neighbourhood that a sample has in a half-sample follows from the sample's list of
//! neighbours in the whole set: fewer than k of the listed neighbours that are as near as the point are in the half. So
//! half-samples cost no further distance, and give what computing them anew would.

use rayon::prelude::*;

use super::lists::{Near, Neighbours};
use crate::metrics::interval::{DRAWS, half};
use world::rng::Rng;

/// Words of a bit a half-sample.
const WORDS: usize = DRAWS.div_ceil(64);

/// One bit for each half-sample.
pub(super) type Bits = [u64; WORDS];

/// No half-sample.
pub(super) const NONE: Bits = [0; WORDS];

/// Those in both.
pub(super) fn and(a: &Bits, b: &Bits) -> Bits {
    std::array::from_fn(|w| a[w] & b[w])
}

/// Adds those of another.
pub(super) fn add(to: &mut Bits, bits: &Bits) {
    to.iter_mut().zip(bits).for_each(|(t, b)| *t |= b);
}

/// Random halves of two sets without replacement.
pub(crate) struct Halves {
    /// For each sample of each set the halves that it is in.
    members: [Vec<Bits>; 2],
    /// Samples of each half.
    pub(super) sizes: [usize; 2],
}

impl Halves {
    /// The halves that [`by_halves`](crate::metrics::interval::by_halves) draws.
    pub fn draw(sizes: [usize; 2], rng: Rng) -> Self {
        let word = |set: usize, word: usize| {
            let mut bits = vec![0u64; sizes[set]];
            for draw in 64 * word..DRAWS.min(64 * (word + 1)) {
                half(rng, draw, set, sizes[set]).iter().for_each(|i| bits[*i] |= 1 << (draw % 64));
            }
            bits
        };
        let members = |set: usize| -> Vec<Bits> {
            let words: Vec<Vec<u64>> = (0..WORDS).into_par_iter().map(|w| word(set, w)).collect();
            (0..sizes[set]).map(|i| std::array::from_fn(|w| words[w][i])).collect()
        };
        Self { members: [members(0), members(1)], sizes: sizes.map(|n| n.div_ceil(2)) }
    }

    /// How many neighbours a list must have: that fewer than k of them are in a half has a probability below 10⁻⁷.
    pub fn listed(k: usize) -> usize {
        4 * k + 24
    }

    /// The halves that a sample is in.
    pub(super) fn of(&self, set: usize, sample: usize) -> &Bits {
        &self.members[set][sample]
    }
}

/// For each sample and each number of listed neighbours as near as a point: in which halves the sample is, and its
/// neighbourhood contains the point.
pub(super) struct Containing {
    ranks: usize,
    bits: Vec<Bits>,
}

impl Containing {
    /// Of the samples of a set.
    pub fn of(neighbours: &Neighbours, halves: &Halves, set: usize, k: usize) -> Self {
        let ranks = neighbours.lists.first().map_or(0, Vec::len) + 1;
        let mut bits = vec![NONE; neighbours.lists.len() * ranks];
        bits.par_chunks_exact_mut(ranks).zip(&neighbours.lists).enumerate().for_each(|(i, (bits, list))| {
            // First, for each rank the halves whose k-th neighbour comes right before it.
            for draw in 0..DRAWS {
                let (word, bit) = (draw / 64, 1 << (draw % 64));
                let is_in = |n: &Near| halves.of(set, n.1 as usize)[word] & bit != 0;
                let kth = list.iter().enumerate().filter(|(_, n)| is_in(n)).nth(k.max(1) - 1);
                if let Some((rank, _)) = kth {
                    bits[rank + 1][word] |= bit;
                }
            }
            let mut left = *halves.of(set, i);
            for to in bits.iter_mut() {
                left.iter_mut().zip(*to).for_each(|(l, ended)| *l &= !ended);
                *to = left;
            }
            // Beyond the list nothing is known; next to nothing is there.
            if let Some(last) = bits.last_mut() {
                *last = NONE;
            }
        });
        Self { ranks, bits }
    }

    /// Of a sample and a point.
    pub fn at(&self, sample: usize, rank: usize) -> &Bits {
        &self.bits[sample * self.ranks + rank]
    }
}

/// Counts in each half-sample, in binary: the digits of one weight of all counts are a [`Bits`].
#[derive(Clone, Default)]
pub(super) struct Counter {
    digits: Vec<Bits>,
}

impl Counter {
    /// Counts one up in some half-samples.
    pub fn add(&mut self, bits: &Bits) {
        let mut carry = *bits;
        for digit in &mut self.digits {
            if carry == NONE {
                return;
            }
            let both = and(digit, &carry);
            digit.iter_mut().zip(carry).for_each(|(d, c)| *d ^= c);
            carry = both;
        }
        if carry != NONE {
            self.digits.push(carry);
        }
    }

    /// The count in a half-sample.
    pub fn count(&self, draw: usize) -> u64 {
        let digit = |(place, bits): (usize, &Bits)| (bits[draw / 64] >> (draw % 64) & 1) << place;
        self.digits.iter().enumerate().map(digit).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_sample_is_counted_by_itself() {
        let (mut counter, mut plain) = (Counter::default(), [0u64; DRAWS]);
        for i in 0..1000u64 {
            let bits: Bits = std::array::from_fn(|w| Rng::new(i).bits(w as u64));
            counter.add(&bits);
            for (draw, n) in plain.iter_mut().enumerate() {
                *n += bits[draw / 64] >> (draw % 64) & 1;
            }
        }
        assert!((0..DRAWS).all(|d| counter.count(d) == plain[d]));
    }

    #[test]
    fn halves_are_those_of_the_interval() {
        let halves = Halves::draw([9, 4], Rng::new(3));
        assert_eq!(halves.sizes, [5, 2]);
        for draw in [0, 63, 64, 199] {
            for (set, size) in [(0, 9), (1, 4)] {
                let is_in = |i: &usize| halves.of(set, *i)[draw / 64] >> (draw % 64) & 1 == 1;
                let mut drawn = half(Rng::new(3), draw, set, size);
                drawn.sort();
                assert_eq!((0..size).filter(is_in).collect::<Vec<_>>(), drawn);
            }
        }
    }
}

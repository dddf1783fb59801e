//! Which way a head-on pair turns: one bit per cell and step, by address.

use crate::automata::life::grid::{Layout, PARTS};
use world::rng::Rng;

/// A source of chirality bits. The bit belongs to (step, row, column), never to an order of calls, so that a step can be
/// taken back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chirality {
    /// 32 cells at a time: two keys per step and row, mixed with the position in the row.
    Addressed(Rng),
    /// One cell at a time, by a hash of column, row, step and salt: for comparison with other programs.
    PerCell {
        /// The salt.
        salt: u32,
    },
}

/// Keys of one row in one step, and a mask that inverts its bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keys {
    first: u32,
    second: u32,
    flip: u32,
}

impl Chirality {
    /// What the bits of row `y` in a step are mixed from, all of them inverted if the step is taken back; `None` if they
    /// belong to cells and were written to `into`.
    pub fn row(
        &self,
        step: u64,
        y: usize,
        inverted: bool,
        layout: &Layout,
        into: &mut [u64],
    ) -> Option<Keys> {
        let flip = if inverted { !0u32 } else { 0 };
        match *self {
            Self::Addressed(rng) => {
                let key = rng.fork(step).bits(y as u64);
                Some(Keys { first: key as u32, second: (key >> 32) as u32, flip })
            }
            Self::PerCell { salt } => {
                into[..layout.stride * PARTS].fill(0);
                layout.each_column(|x, i, bit| {
                    let side = hash(x as u32, y as u32, step as u32, salt) ^ flip;
                    into[i] |= ((side >> 31) as u64) << bit;
                });
                None
            }
        }
    }
}

/// The bit, as the highest of 32: the hash of the reference cases.
fn hash(x: u32, y: u32, step: u32, salt: u32) -> u32 {
    let mut h = x
        .wrapping_mul(0x9e37_79b1)
        .wrapping_add(y.wrapping_mul(0x85eb_ca77))
        .wrapping_add(step.wrapping_mul(0xc2b2_ae3d))
        .wrapping_add(salt.wrapping_mul(0x27d4_eb2f));
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^ (h >> 15)
}

/// 32 bits per word: the mixer lowbias32 (Wellons 2018) of a Weyl sequence, with a second key between its rounds.
#[inline(always)]
pub fn mix(keys: Keys, into: &mut [u32]) {
    let Keys { first, second, flip } = keys;
    for (i, word) in into.iter_mut().enumerate() {
        let mut h = (i as u32).wrapping_mul(0x9e37_79b1).wrapping_add(first);
        h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
        h = (h ^ (h >> 15) ^ second).wrapping_mul(0x846c_a68b);
        *word = h ^ (h >> 16) ^ flip;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(step: u64, y: usize, inverted: bool) -> Vec<u64> {
        let layout = Layout::new(4096, 1);
        let mut row = vec![0; layout.stride * PARTS];
        let keys = Chirality::Addressed(Rng::new(5)).row(step, y, inverted, &layout, &mut row).unwrap();
        mix(keys, bytemuck::cast_slice_mut(&mut row));
        row
    }

    #[test]
    fn bits_are_fair_and_independent_of_their_neighbours_in_every_direction() {
        let (rows, steps) = (64, 8);
        let words = |dy: usize, dt: u64| {
            (0..steps).flat_map(move |t| (0..rows).flat_map(move |y| bits(t + dt, y + dy, false)))
        };
        let n = (rows * steps as usize * 4096) as f64;
        let excess = |ones: u32| (2.0 * ones as f64 - n) / n.sqrt();
        let plain: Vec<u64> = words(0, 0).collect();
        assert!(excess(plain.iter().map(|w| w.count_ones()).sum()).abs() < 5.0);
        for (dy, dt) in [(1, 0), (0, 1), (1, 1), (2, 0), (0, 2), (1, 5)] {
            let same = plain.iter().zip(words(dy, dt)).map(|(a, b)| (a ^ b).count_ones()).sum();
            assert!(excess(same).abs() < 5.0, "{dy} rows, {dt} steps");
        }
        for shift in 1..64 {
            let same = plain.iter().map(|w| (w ^ w.rotate_left(shift)).count_ones()).sum();
            assert!(excess(same).abs() < 5.0, "{shift} cells");
        }
        for bit in 0..64 {
            let ones = plain.iter().filter(|w| **w >> bit & 1 == 1).count() as f64;
            assert!((2.0 * ones - n / 64.0).abs() < 5.0 * (n / 64.0).sqrt(), "bit {bit}");
        }
    }

    #[test]
    fn a_step_taken_back_has_every_bit_inverted() {
        let (forth, back) = (bits(3, 7, false), bits(3, 7, true));
        assert!(forth.iter().zip(&back).all(|(a, b)| *a == !b));
        let layout = Layout::new(100, 1);
        let per_cell = |inverted| {
            let mut row = vec![0; layout.stride * PARTS];
            assert_eq!(Chirality::PerCell { salt: 9 }.row(4, 5, inverted, &layout, &mut row), None);
            row
        };
        let mask = layout.mask();
        let all = per_cell(false).iter().zip(per_cell(true)).map(|(a, b)| a ^ b).collect::<Vec<_>>();
        assert_eq!(all, bytemuck::cast_slice::<_, u64>(&mask));
    }
}

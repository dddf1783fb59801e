//! Linear light to 8-bit sRGB, exactly rounded or dithered.
//!
//! The transfer curve is cut into 128 pieces an octave, found by the top bits of the float. A piece is so short that
//! at most one rounding threshold falls into it, so `base + (x ≥ threshold)` is the *exact* rounding; and so
//! straight that a line through it stays within 0.0005 of the curve, which is what dithering needs.

use std::sync::LazyLock;

use super::colour::srgb_of_linear;
use super::tone::nearest;

/// Below this every value rounds to 0, and the curve is a straight line.
const FLOOR: f32 = 1.0 / 8192.0;
const SHIFT: u32 = 23 - 7;
const PIECES: usize = 13 * 128 + 1;

/// The curve in pieces; see the top of the file.
pub struct TransferFunction {
    threshold: [f32; PIECES],
    base: [u8; PIECES],
    line: [[f32; 2]; PIECES],
}

/// The one curve.
pub static CURVE: LazyLock<Box<TransferFunction>> = LazyLock::new(|| Box::new(TransferFunction::new()));

/// 8 × 8 ordered dither (Bayer 1973): 64 offsets spread over 0..1, centred on one half.
pub const BAYER: [[f32; 8]; 8] = bayer();

fn piece(x: f32) -> usize {
    ((x.max(FLOOR).to_bits() - FLOOR.to_bits()) >> SHIFT) as usize
}

/// 255 · sRGB, in f64.
fn level(x: f32) -> f64 {
    255.0 * srgb_of_linear(x as f64)
}

impl TransferFunction {
    fn new() -> Self {
        let start = |i: usize| f32::from_bits(FLOOR.to_bits() + ((i as u32) << SHIFT));
        let mut curve =
            Self { threshold: [f32::INFINITY; PIECES], base: [0; PIECES], line: [[0.0; 2]; PIECES] };
        for i in 0..PIECES {
            let (a, b) = (start(i), start(i + 1));
            curve.base[i] = libm::floor(level(a) + 0.5).min(255.0) as u8;
            let slope = (level(b) - level(a)) / (b as f64 - a as f64);
            curve.line[i] = [(level(a) - slope * a as f64) as f32, slope as f32];
        }
        curve.line[0][0] = 0.0;
        for k in 1..=255u32 {
            let first = first_at_least(k);
            curve.threshold[piece(first)] = first;
        }
        // A threshold at the start of its piece is in the base already.
        for i in 0..PIECES {
            if curve.threshold[i] == start(i) {
                curve.threshold[i] = f32::INFINITY;
            }
        }
        curve
    }

    /// 255 · sRGB of a linear light in 0..1, rounded to nearest.
    #[inline(always)]
    pub fn round(&self, x: f32) -> u8 {
        let i = index(x);
        self.base[i] + (x >= self.threshold[i]) as u8
    }

    /// The same with a dither offset in 0..1 in place of the one half of rounding. Whole levels stay as they are.
    #[inline(always)]
    pub fn dither(&self, x: f32, offset: f32) -> u8 {
        let [start, slope] = self.line[index(x)];
        nearest(start + slope * x + (offset - 0.5)) as u8
    }
}

#[inline(always)]
fn index(x: f32) -> usize {
    let above = if x > FLOOR { x } else { FLOOR };
    (((above.to_bits() - FLOOR.to_bits()) >> SHIFT) as usize).min(PIECES - 1)
}

/// The least f32 whose level rounds to at least `k`: bisection over the floats, which are ordered as their bits are.
fn first_at_least(k: u32) -> f32 {
    let (mut below, mut at) = (0u32, 1f32.to_bits());
    while at - below > 1 {
        let middle = below + (at - below) / 2;
        match libm::floor(level(f32::from_bits(middle)) + 0.5) >= k as f64 {
            true => at = middle,
            false => below = middle,
        }
    }
    f32::from_bits(at)
}

const fn bayer() -> [[f32; 8]; 8] {
    let mut table = [[0.0; 8]; 8];
    let mut i = 0;
    while i < 64 {
        let (x, y) = (i % 8, i / 8);
        let (mut rank, mut bit) = (0, 0);
        while bit < 3 {
            let (a, b) = ((x >> bit) & 1, (y >> bit) & 1);
            rank = rank * 4 + ((a ^ b) * 2 + b);
            bit += 1;
        }
        table[y][x] = (rank as f32 + 0.5) / 64.0;
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn exact(x: f32) -> u8 {
        libm::floor(level(x) + 0.5) as u8
    }

    #[test]
    fn rounding_is_exact_round_every_threshold_and_at_random() {
        for k in 1..=255 {
            let bits = first_at_least(k).to_bits();
            for b in bits - 2000..=(bits + 2000).min(1f32.to_bits()) {
                let x = f32::from_bits(b);
                assert_eq!(CURVE.round(x), exact(x), "{x:e}");
            }
        }
        let rng = Rng::new(3);
        for i in 0..1_000_000 {
            let x = rng.unit(i) * if i % 2 == 0 { 1.0 } else { 0.01 };
            assert_eq!(CURVE.round(x), exact(x), "{x:e}");
        }
        assert_eq!([0.0, 1.0].map(|x| CURVE.round(x)), [0, 255]);
        for byte in 0..=255u8 {
            let x = super::super::colour::linear_of_srgb(byte as f64 / 255.0) as f32;
            assert_eq!(CURVE.round(x), byte);
        }
    }

    #[test]
    fn dithering_keeps_whole_levels_and_means() {
        let offsets = || BAYER.iter().flatten().copied();
        for byte in 0..=255u8 {
            let x = super::super::colour::linear_of_srgb(byte as f64 / 255.0) as f32;
            assert!(offsets().all(|o| CURVE.dither(x, o) == byte), "{byte}");
        }
        for i in 0..5000 {
            let x = i as f32 / 5000.0;
            let mean = offsets().map(|o| CURVE.dither(x, o) as f64).sum::<f64>() / 64.0;
            assert!((mean - level(x)).abs() < 1.0 / 64.0 + 0.0005, "{x} {mean} {}", level(x));
        }
    }

    #[test]
    fn the_offsets_are_each_rank_once() {
        let mut ranks: Vec<u32> = BAYER.iter().flatten().map(|o| (o * 64.0) as u32).collect();
        ranks.sort();
        assert_eq!(ranks, (0..64).collect::<Vec<_>>());
        // Neighbours differ strongly: the pattern is as fine as possible.
        assert!((BAYER[0][0] - BAYER[0][1]).abs() >= 0.5 && (BAYER[0][0] - BAYER[1][1]).abs() >= 0.25);
    }
}

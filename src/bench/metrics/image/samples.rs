//! Pictures for tests.

use super::Grey;
use proptest::prelude::*;

/// A picture from a function of (x, y).
pub fn drawn(width: usize, height: usize, f: impl Fn(usize, usize) -> f64) -> Grey {
    Grey::new(width, height, (0..width * height).map(|i| f(i % width, i / width)).collect()).unwrap()
}

/// Integers 0..255 from a small bit mixer.
pub fn noise(width: usize, height: usize, seed: u64) -> Grey {
    drawn(width, height, |x, y| {
        let mut v = (seed << 32 | (y << 16 | x) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        v = (v ^ v >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (v >> 56) as f64
    })
}

/// Black and white alternating.
pub fn checkerboard(width: usize, height: usize) -> Grey {
    drawn(width, height, |x, y| ((x + y) % 2) as f64 * 255.0)
}

/// A picture of any 8-bit values.
pub fn levels(width: usize, height: usize) -> impl Strategy<Value = Grey> {
    prop::collection::vec(any::<u8>(), width * height)
        .prop_map(move |levels| Grey::from_levels(width, height, &levels).unwrap())
}

/// Two pictures of one size with sides in a range.
pub fn two(sides: std::ops::Range<usize>) -> impl Strategy<Value = (Grey, Grey)> {
    (sides.clone(), sides).prop_flat_map(|(w, h)| (levels(w, h), levels(w, h)))
}

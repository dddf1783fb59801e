//! Texture: grey-level co-occurrence and local binary patterns.

use super::Grey;
use super::neighbours::{STEPS, pairs};
use crate::metrics::MetricError;
use std::f64::consts::FRAC_1_SQRT_2;

/// Quantised grey levels: the upper four bits.
const LEVELS: usize = 16;

/// Properties of the co-occurrence matrix (GLCM) of 16 grey levels in one direction. Haralick, Shanmugam and Dinstein
/// (1973).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cooccurrence {
    /// Mean squared difference, in squared levels of 16; 0..225.
    pub contrast: f64,
    /// Mean absolute difference; 0..15.
    pub dissimilarity: f64,
    /// Mean of 1 / (1 + squared difference); 1 if all pairs are of equal levels.
    pub homogeneity: f64,
    /// Angular second moment, the sum of squared frequencies; 1/256..1.
    pub asm: f64,
    /// Square root of `asm`.
    pub energy: f64,
    /// Correlation of the two levels, -1..1; defined as 1 if all pixels are of one level.
    pub correlation: f64,
}

/// Symmetric co-occurrence at a distance of one pixel, in the directions 0°, 45°, 90° and 135°
/// (right, down right, down, down left).
///
/// # Errors
/// A side of less than two pixels.
pub fn cooccurrence(picture: &Grey) -> Result<[Cooccurrence; 4], MetricError> {
    picture.at_least(2, "grey-level co-occurrence")?;
    let levels: Vec<usize> = picture.levels().iter().map(|&v| usize::from(v) / (256 / LEVELS)).collect();
    Ok(STEPS.map(|step| {
        let mut counts = [[0u64; LEVELS]; LEVELS];
        for (a, b) in pairs(picture.width(), picture.height(), step) {
            counts[levels[a]][levels[b]] += 1;
            counts[levels[b]][levels[a]] += 1;
        }
        properties(&counts)
    }))
}

fn properties(counts: &[[u64; LEVELS]; LEVELS]) -> Cooccurrence {
    let total = counts.iter().flatten().sum::<u64>() as f64;
    let sum = |f: &dyn Fn(f64, f64, f64) -> f64| -> f64 {
        let cells = counts
            .iter()
            .enumerate()
            .flat_map(|(i, row)| row.iter().enumerate().map(move |(j, n)| (i, j, n)));
        cells.map(|(i, j, &n)| f(i as f64, j as f64, n as f64 / total)).sum()
    };
    let mean = sum(&|i, _, p| i * p);
    let variance = sum(&|i, _, p| (i - mean).powi(2) * p);
    let covariance = sum(&|i, j, p| (i - mean) * (j - mean) * p);
    let asm = sum(&|_, _, p| p * p);
    Cooccurrence {
        contrast: sum(&|i, j, p| (i - j).powi(2) * p),
        dissimilarity: sum(&|i, j, p| (i - j).abs() * p),
        homogeneity: sum(&|i, j, p| p / (1.0 + (i - j).powi(2))),
        asm,
        energy: asm.sqrt(),
        correlation: if variance > 0.0 { covariance / variance } else { 1.0 },
    }
}

/// Histogram of rotation-invariant uniform local binary patterns of eight points at a radius of one pixel: bins 0..=8
/// count the contiguous points at least as bright as the pixel, bin 9 the non-uniform patterns. Points between pixels
/// are interpolated; outside the picture is black (0). Ojala, Pietikäinen and Mäenpää (2002).
pub fn local_patterns(picture: &Grey) -> [usize; 10] {
    let mut counts = [0; 10];
    for y in 0..picture.height() as isize {
        for x in 0..picture.width() as isize {
            counts[pattern(picture, x, y)] += 1;
        }
    }
    counts
}

fn pattern(picture: &Grey, x: isize, y: isize) -> usize {
    let inside = |x: isize, y: isize| {
        (0..picture.width() as isize).contains(&x) && (0..picture.height() as isize).contains(&y)
    };
    let at = |dx: isize, dy: isize| if inside(x + dx, y + dy) { picture.near(x + dx, y + dy) } else { 0.0 };
    let here = at(0, 0);
    // In this form equal corners interpolate to exactly their value, so that flat areas count as equally bright.
    let between = |a: f64, b: f64| a + FRAC_1_SQRT_2 * (b - a);
    let corner = |dx, dy| between(between(here, at(dx, 0)), between(at(0, dy), at(dx, dy)));
    let circle = [
        at(1, 0),
        corner(1, -1),
        at(0, -1),
        corner(-1, -1),
        at(-1, 0),
        corner(-1, 1),
        at(0, 1),
        corner(1, 1),
    ];
    let bright = circle.map(|v| v >= here);
    let changes = (0..8).filter(|&i| bright[i] != bright[(i + 1) % 8]).count();
    if changes > 2 { 9 } else { bright.iter().filter(|&&b| b).count() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{checkerboard, drawn, levels};
    use proptest::prelude::*;

    #[test]
    fn a_checkerboard_has_contrast_along_the_axes_only() {
        let [right, slant, down, other] = cooccurrence(&checkerboard(8, 6)).unwrap();
        for found in [right, down] {
            assert_eq!((found.contrast, found.dissimilarity, found.asm), (225.0, 15.0, 0.5));
            assert!((found.correlation + 1.0).abs() < 1e-12);
            assert!((found.homogeneity - 1.0 / 226.0).abs() < 1e-15);
        }
        for found in [slant, other] {
            assert_eq!((found.contrast, found.homogeneity), (0.0, 1.0));
            assert!((found.correlation - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_flat_picture_is_homogeneous() {
        let flat = drawn(2, 2, |_, _| 90.0);
        for found in cooccurrence(&flat).unwrap() {
            assert_eq!((found.contrast, found.energy, found.correlation), (0.0, 1.0, 1.0));
        }
        assert!(cooccurrence(&drawn(1, 9, |_, _| 0.0)).is_err());
    }

    #[test]
    fn patterns_of_a_flat_picture_are_bright_except_at_the_border() {
        let counts = local_patterns(&drawn(7, 5, |_, _| 3.3));
        assert_eq!(counts[8], 15);
        // An edge pixel has five of its points inside, a corner three.
        assert_eq!((counts[5], counts[3]), (16, 4));
        assert_eq!(local_patterns(&drawn(4, 4, |_, _| 0.0))[8], 16);
    }

    proptest! {
        #[test]
        fn properties_stay_in_range(picture in levels(6, 5)) {
            for p in cooccurrence(&picture).unwrap() {
                prop_assert!(p.correlation.abs() <= 1.0 + 1e-12);
                prop_assert!(p.asm >= 1.0 / 256.0 && p.asm <= 1.0 && p.homogeneity <= 1.0 + 1e-12);
                prop_assert!(p.dissimilarity.powi(2) <= p.contrast + 1e-9);
            }
            prop_assert_eq!(local_patterns(&picture).iter().sum::<usize>(), 30);
        }
    }
}

//! Spatial autocorrelation: Moran's I and Geary's C.

use super::{Grey, Neighbours};
use crate::metrics::MetricError;

/// Moran's I of a picture with equal weights for all neighbours, and its moments under the null hypothesis of
/// independence. Moran (1950); Cliff and Ord (1981).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moran {
    /// Correlation of neighbours: about -1 (checkerboard) to 1 (smooth).
    pub index: f64,
    /// Expectation under independence: -1 / (pixels - 1).
    pub expected: f64,
    /// Variance under independence and normality.
    pub variance: f64,
    /// z-score: standard deviations above the expectation.
    pub z: f64,
}

/// Minimum side: a pixel then has neighbours on both sides.
const LEAST_SIDE: usize = 3;

/// Moran's I.
///
/// # Errors
/// A side of less than three pixels, or a constant picture.
pub fn moran(picture: &Grey, neighbours: Neighbours) -> Result<Moran, MetricError> {
    picture.at_least(LEAST_SIDE, "Moran's I")?;
    let off = picture.deviations("Moran's I")?;
    let n = off.len() as f64;
    let mut degrees = vec![0.0f64; off.len()];
    let mut products = 0.0;
    for (a, b) in neighbours.pairs(picture.width(), picture.height()) {
        products += off[a] * off[b];
        degrees[a] += 1.0;
        degrees[b] += 1.0;
    }
    // Every pair counts in both directions.
    let weights: f64 = degrees.iter().sum();
    let degree_squares: f64 = degrees.iter().map(|d| d * d).sum();
    let index = n / weights * 2.0 * products / squares(&off);
    let expected = -1.0 / (n - 1.0);
    let second = (n * n * 2.0 * weights - n * 4.0 * degree_squares + 3.0 * weights * weights)
        / ((n * n - 1.0) * weights * weights);
    let variance = second - expected * expected;
    Ok(Moran { index, expected, variance, z: (index - expected) / variance.sqrt() })
}

/// Geary's C with equal weights for all neighbours: the mean squared difference of neighbours over that of any two
/// pixels; from 0 (smooth) through 1 (independent) to about 2 (checkerboard). Geary (1954).
///
/// # Errors
/// A side of less than three pixels, or a constant picture.
pub fn geary(picture: &Grey, neighbours: Neighbours) -> Result<f64, MetricError> {
    picture.at_least(LEAST_SIDE, "Geary's C")?;
    let off = picture.deviations("Geary's C")?;
    let (mut differences, mut count) = (0.0, 0.0);
    for (a, b) in neighbours.pairs(picture.width(), picture.height()) {
        differences += (off[a] - off[b]).powi(2);
        count += 1.0;
    }
    Ok((off.len() - 1) as f64 * differences / (2.0 * count * squares(&off)))
}

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{checkerboard, drawn, levels};
    use Neighbours::{Eight, Four};
    use proptest::prelude::*;

    #[test]
    fn a_checkerboard_is_anticorrelated() {
        let found = moran(&checkerboard(8, 8), Four).unwrap();
        assert!((found.index + 1.0).abs() < 1e-12 && found.z < -10.0);
        // Corners agree, sides do not: (98 - 112) / (98 + 112).
        assert!((moran(&checkerboard(8, 8), Eight).unwrap().index + 1.0 / 15.0).abs() < 1e-12);
        assert!((geary(&checkerboard(8, 8), Four).unwrap() - 2.0 * 63.0 / 64.0).abs() < 1e-12);
    }

    #[test]
    fn halves_are_correlated() {
        let halves = drawn(8, 8, |x, _| if x < 4 { 0.0 } else { 1.0 });
        // 8 of 112 pairs differ.
        assert!((moran(&halves, Four).unwrap().index - 96.0 / 112.0).abs() < 1e-12);
        assert!((geary(&halves, Four).unwrap() - 63.0 / 64.0 * 16.0 / 112.0).abs() < 1e-12);
    }

    #[test]
    fn flat_and_small_pictures_are_rejected() {
        let flat = drawn(5, 5, |_, _| 0.3);
        assert!(matches!(moran(&flat, Four), Err(MetricError::Unfit { .. })));
        assert!(matches!(geary(&flat, Eight), Err(MetricError::Unfit { .. })));
        assert!(moran(&drawn(2, 9, |_, y| y as f64), Eight).is_err());
    }

    proptest! {
        #[test]
        fn the_indices_are_invariant_to_level_and_contrast(picture in levels(5, 4)) {
            let other = drawn(5, 4, |x, y| 3.0 * picture.values()[y * 5 + x] - 40.0);
            for kind in [Four, Eight] {
                if let (Ok(a), Ok(b)) = (moran(&picture, kind), moran(&other, kind)) {
                    prop_assert!((a.index - b.index).abs() < 1e-9 && a.variance > 0.0 && a.z.is_finite());
                    let (a, b) = (geary(&picture, kind).unwrap(), geary(&other, kind).unwrap());
                    prop_assert!((a - b).abs() < 1e-9 && a >= 0.0);
                }
            }
        }
    }
}

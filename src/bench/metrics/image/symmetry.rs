//! Symmetry of a picture.
//!
//! This project's definition: the correlation coefficient of a picture with its reflection or rotation; 1 if
//! identical, 0 if uncorrelated, -1 if one is the negative of the other.

use super::Grey;
use crate::metrics::MetricError;

/// Left-right mirror symmetry; -1..1.
///
/// # Errors
/// A constant picture.
pub fn left_right(picture: &Grey) -> Result<f64, MetricError> {
    let w = picture.width();
    correlation(picture, |i| i / w * w + w - 1 - i % w)
}

/// Up-down mirror symmetry; -1..1.
///
/// # Errors
/// A constant picture.
pub fn up_down(picture: &Grey) -> Result<f64, MetricError> {
    let (w, h) = (picture.width(), picture.height());
    correlation(picture, |i| (h - 1 - i / w) * w + i % w)
}

/// Symmetry under rotation by 180°; -1..1.
///
/// # Errors
/// A constant picture.
pub fn half_turn(picture: &Grey) -> Result<f64, MetricError> {
    let last = picture.values().len() - 1;
    correlation(picture, |i| last - i)
}

/// Correlation of the picture with itself permuted by `image`, which maps pixel indices. Both have the same values, and
/// so the same mean and variance.
fn correlation(picture: &Grey, image: impl Fn(usize) -> usize) -> Result<f64, MetricError> {
    let off = picture.deviations("symmetry")?;
    let products: f64 = off.iter().enumerate().map(|(i, v)| v * off[image(i)]).sum();
    Ok((products / off.iter().map(|v| v * v).sum::<f64>()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{checkerboard, drawn, levels};
    use proptest::prelude::*;

    #[test]
    fn checkerboards_and_ramps_are_known() {
        let even = checkerboard(6, 4);
        assert_eq!((left_right(&even), up_down(&even), half_turn(&even)), (Ok(-1.0), Ok(-1.0), Ok(1.0)));
        let odd = checkerboard(5, 3);
        for symmetry in [left_right, up_down, half_turn] {
            assert!((symmetry(&odd).unwrap() - 1.0).abs() < 1e-12);
            assert!(matches!(symmetry(&drawn(4, 4, |_, _| 0.7)), Err(MetricError::Unfit { .. })));
        }
        let ramp = drawn(7, 4, |x, _| x as f64);
        assert_eq!((left_right(&ramp), up_down(&ramp), half_turn(&ramp)), (Ok(-1.0), Ok(1.0), Ok(-1.0)));
    }

    proptest! {
        #[test]
        fn mirrored_halves_are_symmetric(half in levels(3, 5)) {
            let whole = drawn(6, 5, |x, y| half.values()[y * 3 + x.min(5 - x)]);
            if let Ok(found) = left_right(&whole) {
                prop_assert!((found - 1.0).abs() < 1e-12);
                prop_assert!((up_down(&whole).unwrap() - half_turn(&whole).unwrap()).abs() < 1e-12);
            }
        }
    }
}

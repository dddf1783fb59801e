//! Full-reference image fidelity, window by window: UQI and VIF.

use super::Grey;
use super::window::{Moments, Window};
use crate::metrics::MetricError;

const UQI_SIDE: usize = 8;

/// Universal quality index, averaged over all 8×8 windows: correlation · luminance · contrast; -1..1, 1 for identical
/// pictures. Windows that are flat in both pictures count by their luminance alone, black ones as equal. Wang and
/// Bovik (2002).
///
/// # Errors
/// Pictures of different sizes, or smaller than the window.
pub fn uqi(reference: &Grey, candidate: &Grey) -> Result<f64, MetricError> {
    reference.like(candidate, "UQI")?;
    reference.at_least(UQI_SIDE, "UQI")?;
    let moments = Window::uniform(UQI_SIDE).moments(reference, candidate);
    Ok(moments.iter().map(|m| quality(m, 1.0)).sum::<f64>() / moments.len() as f64)
}

/// UQI as the package sewar computes it, for comparison with values published with it.
///
/// It uses window means where the formula has sums, which adds 63 times the squared means to the variances: luminance
/// dominates, and values are nearer 1 than those of [`uqi`]. The last row and column of windows are skipped.
///
/// # Errors
/// Pictures of different sizes, or with a side of less than nine pixels.
pub fn uqi_sewar(reference: &Grey, candidate: &Grey) -> Result<f64, MetricError> {
    reference.like(candidate, "UQI")?;
    reference.at_least(UQI_SIDE + 1, "UQI")?;
    let moments = Window::uniform(UQI_SIDE).moments(reference, candidate);
    let (w, h) = (reference.width() - UQI_SIDE, reference.height() - UQI_SIDE);
    let kept = moments.chunks_exact(w + 1).take(h).flat_map(|row| &row[..w]);
    Ok(kept.map(|m| quality(m, (UQI_SIDE * UQI_SIDE) as f64)).sum::<f64>() / (w * h) as f64)
}

/// The index of one window, with (co)variances weighted by `n` and `n` - 1 squared means added; `n` = 1 is the paper's.
fn quality(m: &Moments, n: f64) -> f64 {
    let (product, squares) = (m.x * m.y, m.x * m.x + m.y * m.y);
    if squares == 0.0 {
        return 1.0;
    }
    let spread = n * (m.xx + m.yy) + (n - 1.0) * squares;
    // Variances are differences of means of squares: anything smaller is rounding.
    if spread <= 1e-12 * squares {
        return 2.0 * product / squares;
    }
    4.0 * (n * m.xy + (n - 1.0) * product) * product / (spread * squares)
}

/// Variance of the neural noise of the visual model, in squared levels.
const NEURAL_NOISE: f64 = 2.0;
const TINY: f64 = 1e-10;
/// At 40 pixels the fourth scale would be smaller than its window.
const VIF_LEAST_SIDE: usize = 41;

/// Visual information fidelity in the pixel domain (VIFp): the information about the reference that the candidate
/// preserves over four scales, relative to that of the reference; at least 0, 1 for identical pictures, above 1 for
/// raised contrast. Not symmetric. Sheikh and Bovik (2006); as in the package sewar.
///
/// # Errors
/// Pictures of different sizes, with a side of less than 41 pixels, or a constant reference.
pub fn vif(reference: &Grey, candidate: &Grey) -> Result<f64, MetricError> {
    reference.like(candidate, "VIF")?;
    reference.at_least(VIF_LEAST_SIDE, "VIF")?;
    let (mut x, mut y) = (reference.clone(), candidate.clone());
    let (mut kept, mut held) = (0.0, 0.0);
    for (scale, side) in [17, 9, 5, 3].into_iter().enumerate() {
        let window = Window::gaussian(side, side as f64 / 5.0);
        if scale > 0 {
            (x, y) = (window.means(&x).decimated(), window.means(&y).decimated());
        }
        for m in window.moments(&x, &y) {
            let (k, h) = information(&m);
            kept += k;
            held += h;
        }
    }
    if reference.is_constant() || held == 0.0 {
        return Err(MetricError::Unfit {
            metric: "VIF",
            why: "the reference is of one value throughout".into(),
        });
    }
    Ok(kept / held)
}

/// Information preserved by the candidate, and information of the reference, in one window.
fn information(m: &Moments) -> (f64, f64) {
    let (xx, yy) = (m.xx.max(0.0), m.yy.max(0.0));
    if xx < TINY {
        return (0.0, 0.0);
    }
    let gain = m.xy / (xx + TINY);
    let kept = if yy < TINY || gain < 0.0 {
        0.0
    } else {
        let noise = (yy - gain * m.xy).max(TINY);
        (gain * gain * xx / (noise + NEURAL_NOISE)).ln_1p()
    };
    (kept, (xx / NEURAL_NOISE).ln_1p())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{drawn, noise, two};
    use proptest::prelude::*;

    #[test]
    fn identical_pictures_have_full_fidelity() {
        let a = noise(50, 41, 4);
        assert!((uqi(&a, &a).unwrap() - 1.0).abs() < 1e-12);
        assert!((uqi_sewar(&a, &a).unwrap() - 1.0).abs() < 1e-12);
        assert!((vif(&a, &a).unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_flat_copy_has_no_fidelity_and_a_flat_reference_is_rejected() {
        let (a, flat) = (noise(41, 41, 4), drawn(41, 41, |_, _| 77.7));
        assert_eq!(vif(&a, &flat), Ok(0.0));
        assert!(matches!(vif(&flat, &a), Err(MetricError::Unfit { .. })));
        assert!((uqi(&flat, &flat).unwrap() - 1.0).abs() < 1e-12);
        let dark = drawn(41, 41, |_, _| 0.0);
        assert_eq!((uqi(&dark, &dark), uqi(&dark, &flat)), (Ok(1.0), Ok(0.0)));
    }

    #[test]
    fn raised_contrast_gives_a_vif_above_one() {
        let a = noise(60, 60, 8);
        let louder = drawn(60, 60, |x, y| 2.0 * a.values()[y * 60 + x]);
        assert!(vif(&a, &louder).unwrap() > 1.0);
    }

    #[test]
    fn gain_and_offset_agree_with_the_paper() {
        let a = noise(8, 8, 2);
        let b = drawn(8, 8, |x, y| 0.5 * a.values()[y * 8 + x] + 20.0);
        let mean = a.mean();
        let other = 0.5 * mean + 20.0;
        // Correlation is 1: contrast 2·½/(1 + ¼) times luminance remains.
        let expected = 0.8 * 2.0 * mean * other / (mean * mean + other * other);
        assert!((uqi(&a, &b).unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn small_pictures_are_rejected() {
        let (seven, forty) = (noise(7, 90, 1), noise(90, 40, 1));
        assert!(uqi(&seven, &seven).is_err() && vif(&forty, &forty).is_err());
        assert!(uqi(&noise(8, 8, 1), &noise(8, 8, 2)).is_ok());
        assert!(uqi_sewar(&noise(8, 8, 1), &noise(8, 8, 2)).is_err());
    }

    proptest! {
        #[test]
        fn quality_is_symmetric_and_at_most_one((a, b) in two(8..12)) {
            let q = uqi(&a, &b).unwrap();
            prop_assert!(q.abs() <= 1.0 + 1e-12);
            prop_assert!((q - uqi(&b, &a).unwrap()).abs() < 1e-12);
        }
    }
}

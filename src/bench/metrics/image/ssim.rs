//! Structural similarity (SSIM).

use super::Grey;
use super::window::{Moments, Window};
use crate::metrics::MetricError;

/// Window of the local statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsimWindow {
    /// 7×7, uniform, sample covariance (divided by 48): the default of scikit-image.
    Uniform7,
    /// 11×11, uniform, covariance divided by 121: the default of sewar.
    Uniform11,
    /// 11×11, Gaussian with σ = 1.5 pixels, weighted covariance: that of Wang et al. (2004).
    Gaussian,
}

impl SsimWindow {
    fn weights(self) -> Window {
        match self {
            Self::Uniform7 => Window::uniform(7),
            Self::Uniform11 => Window::uniform(11),
            Self::Gaussian => Window::gaussian(11, 1.5),
        }
    }
    fn covariance_scale(self) -> f64 {
        if self == Self::Uniform7 { 49.0 / 48.0 } else { 1.0 }
    }
}

/// Structural similarity, averaged over all windows inside the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ssim {
    /// The full index: luminance · contrast · structure; -1..1, 1 for identical pictures.
    pub index: f64,
    /// Contrast · structure only; -1..1.
    pub contrast_structure: f64,
}

/// Structural similarity for values of 0..255 (K1 = 0.01, K2 = 0.03). Wang, Bovik, Sheikh and Simoncelli (2004).
///
/// # Errors
/// Pictures of different sizes, or smaller than the window.
pub fn ssim(reference: &Grey, candidate: &Grey, window: SsimWindow) -> Result<Ssim, MetricError> {
    reference.like(candidate, "SSIM")?;
    let weights = window.weights();
    reference.at_least(weights.side(), "SSIM")?;
    let (c1, c2) = (2.55_f64.powi(2), 7.65_f64.powi(2));
    let moments = weights.moments(reference, candidate);
    let scale = window.covariance_scale();
    let (mut index, mut contrast_structure) = (0.0, 0.0);
    for Moments { x, y, xx, yy, xy } in &moments {
        let structure = (2.0 * scale * xy + c2) / (scale * (xx + yy) + c2);
        index += structure * (2.0 * x * y + c1) / (x * x + y * y + c1);
        contrast_structure += structure;
    }
    let n = moments.len() as f64;
    Ok(Ssim { index: index / n, contrast_structure: contrast_structure / n })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{drawn, noise, two};
    use proptest::prelude::*;

    const ALL: [SsimWindow; 3] = [SsimWindow::Uniform7, SsimWindow::Uniform11, SsimWindow::Gaussian];

    /// One window by the formula of the paper.
    fn direct(a: &Grey, b: &Grey, (left, top): (usize, usize), kind: SsimWindow) -> f64 {
        let side = if kind == SsimWindow::Uniform7 { 7 } else { 11 };
        let square = |i: usize| (i as f64 - 5.0).powi(2);
        let weigh = |i: usize| match kind {
            SsimWindow::Gaussian => (-(square(i % side) + square(i / side)) / 4.5).exp(),
            _ => 1.0,
        };
        let total: f64 = (0..side * side).map(weigh).sum();
        let place = |i: usize| (top + i / side) * a.width() + left + i % side;
        let mean =
            |f: &dyn Fn(usize) -> f64| (0..side * side).map(|i| weigh(i) * f(place(i))).sum::<f64>() / total;
        let (mx, my) = (mean(&|p| a.values()[p]), mean(&|p| b.values()[p]));
        let (dx, dy) = (|p: usize| a.values()[p] - mx, |p: usize| b.values()[p] - my);
        let k = if kind == SsimWindow::Uniform7 { 49.0 / 48.0 } else { 1.0 };
        let (xx, yy) = (k * mean(&|p| dx(p) * dx(p)), k * mean(&|p| dy(p) * dy(p)));
        let xy = k * mean(&|p| dx(p) * dy(p));
        let (c1, c2) = (6.5025, 58.5225);
        (2.0 * mx * my + c1) * (2.0 * xy + c2) / ((mx * mx + my * my + c1) * (xx + yy + c2))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_window_agrees_with_the_formula((a, b) in two(11..15)) {
            for kind in ALL {
                let side = if kind == SsimWindow::Uniform7 { 7 } else { 11 };
                let (w, h) = (a.width() + 1 - side, a.height() + 1 - side);
                let sum: f64 = (0..w * h).map(|i| direct(&a, &b, (i % w, i / w), kind)).sum();
                let found = ssim(&a, &b, kind).unwrap();
                prop_assert!((found.index - sum / (w * h) as f64).abs() < 1e-11);
                prop_assert!(found.index.abs() <= 1.0 && found.contrast_structure.abs() <= 1.0);
                prop_assert_eq!(found, ssim(&b, &a, kind).unwrap());
            }
        }
    }

    #[test]
    fn identical_pictures_score_one() {
        let a = noise(40, 31, 5);
        for kind in ALL {
            let found = ssim(&a, &a, kind).unwrap();
            assert!((found.index - 1.0).abs() < 1e-12 && (found.contrast_structure - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn constant_pictures_differ_in_luminance_alone() {
        let (a, b) = (drawn(11, 11, |_, _| 100.0), drawn(11, 11, |_, _| 150.0));
        let found = ssim(&a, &b, SsimWindow::Uniform11).unwrap();
        assert_eq!(found.contrast_structure, 1.0);
        assert!((found.index - (30000.0 + 6.5025) / (32500.0 + 6.5025)).abs() < 1e-12);
    }

    #[test]
    fn an_inverted_picture_has_a_negative_index() {
        let a = noise(61, 61, 9);
        let b = drawn(61, 61, |x, y| 255.0 - a.values()[y * 61 + x]);
        assert!(ssim(&a, &b, SsimWindow::Gaussian).unwrap().index < 0.0);
    }

    #[test]
    fn small_and_unequal_pictures_are_rejected() {
        let a = noise(6, 20, 1);
        assert!(matches!(ssim(&a, &a, SsimWindow::Uniform7), Err(MetricError::Unfit { .. })));
        let unlike = ssim(&a, &noise(20, 6, 1), SsimWindow::Uniform7);
        assert!(matches!(unlike, Err(MetricError::Unlike { .. })));
    }
}

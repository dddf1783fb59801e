//! Multi-scale structural similarity (MS-SSIM).

use super::{Grey, Ssim, SsimWindow, ssim};
use crate::metrics::MetricError;

/// Weights of the scales, the finest first (Wang et al. 2003); as printed they sum to 1.0001.
const WEIGHTS: [f64; 5] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
/// Side of the window, and so the minimum side at the coarsest scale.
const WINDOW: usize = 11;
const NAME: &str = "MS-SSIM";

/// MS-SSIM over the five scales of the paper with the Gaussian window; 1 for identical pictures. Wang, Simoncelli and
/// Bovik (2003).
///
/// The paper leaves fractional powers of negative factors undefined; here, as in sewar, they are complex and the real
/// part of the product is taken. Between scales a pixel and its left and upper neighbours are averaged. Packages with
/// other borders or filters differ by about 0.01.
///
/// # Errors
/// Pictures of different sizes, or with a side of less than 161 pixels.
pub fn ms_ssim(reference: &Grey, candidate: &Grey) -> Result<f64, MetricError> {
    ms_ssim_of(reference, candidate, WEIGHTS.len())
}

/// Number of scales available at this size: the coarsest must be at least as large as the window. 1 from 11 pixels a
/// side, 2 from 21 (28×28 and 32×32 have 2), 3 from 41 (64×64 has 3), 4 from 81, 5 from 161, never more; 0 below 11.
pub fn scales(width: usize, height: usize) -> usize {
    let sides = std::iter::successors(Some(width.min(height)), |s| Some(s.div_ceil(2)));
    sides.take(WEIGHTS.len()).take_while(|s| *s >= WINDOW).count()
}

/// As [`ms_ssim`] over the first `scales` scales (1 to 5). With fewer than five, the weights are normalised, so that
/// the result remains a weighted geometric mean of the scales' factors; results for different numbers of scales are
/// not comparable. With one scale it is plain SSIM.
///
/// # Errors
/// Pictures of different sizes or too small for that many scales (see [`scales`]), or 0 scales or more than 5.
pub fn ms_ssim_of(reference: &Grey, candidate: &Grey, scales: usize) -> Result<f64, MetricError> {
    reference.like(candidate, NAME)?;
    let Some(weights) = WEIGHTS.get(..scales).filter(|w| !w.is_empty()) else {
        let why = format!("expected 1 to {} scales, found {scales}", WEIGHTS.len());
        return Err(MetricError::Unfit { metric: NAME, why });
    };
    reference.at_least(least_side(scales), NAME)?;
    // All five stay as printed, as in every package.
    let total = if scales == WEIGHTS.len() { 1.0 } else { weights.iter().sum() };
    let (mut x, mut y) = (reference.clone(), candidate.clone());
    let (mut size, mut half_turns) = (1.0, 0.0);
    for (scale, weight) in weights.iter().map(|w| w / total).enumerate() {
        if scale > 0 {
            (x, y) = (halved(&x), halved(&y));
        }
        let Ssim { index, contrast_structure } = ssim(&x, &y, SsimWindow::Gaussian)?;
        let factor = if scale + 1 == scales { index } else { contrast_structure };
        size *= factor.abs().powf(weight);
        half_turns += if factor < 0.0 { weight } else { 0.0 };
    }
    // For whole half-turns the cosine is exact, so that one scale is bit-identical to SSIM.
    Ok(if half_turns == 0.0 { size } else { size * (std::f64::consts::PI * half_turns).cos() })
}

/// The minimum side for this many scales.
fn least_side(scales: usize) -> usize {
    ((WINDOW - 1) << (scales - 1)) + 1
}

/// Halves the size: means of 2×2 pixels that end at even columns and rows.
fn halved(picture: &Grey) -> Grey {
    let (w, h) = (picture.width().div_ceil(2), picture.height().div_ceil(2));
    let values = (0..w * h).map(|i| {
        let (x, y) = (2 * (i % w) as isize, 2 * (i / w) as isize);
        let at = |dx, dy| picture.near(x - dx, y - dy);
        (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4.0
    });
    Grey::filled(w, h, values.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{drawn, noise, two};
    use proptest::prelude::*;

    /// One scale by the formula: means of luminance · contrast · structure and of contrast · structure.
    fn direct(a: &[Vec<f64>], b: &[Vec<f64>]) -> (f64, f64) {
        let weigh = |i: i32, j: i32| (-f64::from((i - 5).pow(2) + (j - 5).pow(2)) / (2.0 * 1.5 * 1.5)).exp();
        let total: f64 = (0..121).map(|n| weigh(n / 11, n % 11)).sum();
        let (rows, columns) = (a.len() - 10, a[0].len() - 10);
        let (mut whole, mut part) = (0.0, 0.0);
        for place in 0..rows * columns {
            let (top, left) = (place / columns, place % columns);
            let sum = |f: &dyn Fn(f64, f64) -> f64| {
                let one = |n: usize| {
                    let (i, j) = (n / 11, n % 11);
                    weigh(i as i32, j as i32) * f(a[top + i][left + j], b[top + i][left + j]) / total
                };
                (0..121).map(one).sum::<f64>()
            };
            let (mx, my) = (sum(&|x, _| x), sum(&|_, y| y));
            let xx = sum(&|x, _| (x - mx).powi(2));
            let yy = sum(&|_, y| (y - my).powi(2));
            let xy = sum(&|x, y| (x - mx) * (y - my));
            let structure = (2.0 * xy + 58.5225) / (xx + yy + 58.5225);
            part += structure;
            whole += structure * (2.0 * mx * my + 6.5025) / (mx * mx + my * my + 6.5025);
        }
        let n = (rows * columns) as f64;
        (whole / n, part / n)
    }

    fn rows(picture: &Grey) -> Vec<Vec<f64>> {
        picture.values().chunks(picture.width()).map(<[f64]>::to_vec).collect()
    }

    /// Every second pixel, averaged with those left and above; clamped borders.
    fn downsampled(a: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let pixel = |y: usize, x: usize| {
            let (up, left) = (y.saturating_sub(1), x.saturating_sub(1));
            0.25 * (a[y][x] + a[up][x] + a[y][left] + a[up][left])
        };
        let row = |y: usize| (0..a[0].len()).step_by(2).map(|x| pixel(y, x)).collect();
        (0..a.len()).step_by(2).map(row).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn it_agrees_with_the_formula((a, b) in two(41..46), mix in 0.0f64..1.0) {
            // Partly similar, for factors of both signs and many magnitudes.
            let b = drawn(a.width(), a.height(), |x, y| {
                let i = y * a.width() + x;
                (mix * a.values()[i] + (1.0 - mix) * b.values()[i]).round()
            });
            let (mut x, mut y) = (rows(&a), rows(&b));
            let (w1, w2, w3) = (0.0448 / 0.6305, 0.2856 / 0.6305, 0.3001 / 0.6305);
            let (_, first) = direct(&x, &y);
            (x, y) = (downsampled(&x), downsampled(&y));
            let (_, second) = direct(&x, &y);
            (x, y) = (downsampled(&x), downsampled(&y));
            let (third, _) = direct(&x, &y);
            let found = ms_ssim_of(&a, &b, 3).unwrap();
            prop_assert!(found.abs() <= 1.0);
            if first > 0.0 && second > 0.0 && third > 0.0 {
                let expected = first.powf(w1) * second.powf(w2) * third.powf(w3);
                prop_assert!((found - expected).abs() < 1e-9, "{} {}", found, expected);
            }
            prop_assert_eq!(found, ms_ssim_of(&b, &a, 3).unwrap());
            prop_assert_eq!(ms_ssim_of(&a, &b, 1).unwrap(), ssim(&a, &b, SsimWindow::Gaussian).unwrap().index);
        }
    }

    #[test]
    fn the_number_of_scales_follows_from_the_size() {
        let small =
            [(10, 0), (11, 1), (20, 1), (21, 2), (28, 2), (32, 2), (40, 2), (41, 3), (64, 3), (80, 3)];
        for (side, n) in small.into_iter().chain([(81, 4), (160, 4), (161, 5), (4096, 5)]) {
            assert_eq!(scales(side, side + 3), n, "{side}");
            assert!(n == 0 || (least_side(n) <= side && (n == 5 || side < least_side(n + 1))), "{side}");
        }
    }

    #[test]
    fn identical_pictures_score_one_at_any_number_of_scales() {
        let a = noise(170, 161, 5);
        assert!((1..=5).all(|n| (ms_ssim_of(&a, &a, n).unwrap() - 1.0).abs() < 1e-12));
        assert_eq!(ms_ssim(&a, &a), ms_ssim_of(&a, &a, 5));
    }

    #[test]
    fn an_inverted_picture_has_a_finite_score() {
        let a = noise(161, 161, 9);
        let b = drawn(161, 161, |x, y| 255.0 - a.values()[y * 161 + x]);
        assert!(ms_ssim(&a, &b).unwrap().abs() < 1.0);
    }

    #[test]
    fn small_and_unequal_pictures_are_rejected() {
        let least = noise(161, 160, 1);
        assert!(matches!(ms_ssim(&least, &least), Err(MetricError::Unfit { .. })));
        assert!(ms_ssim_of(&least, &least, 4).is_ok());
        for n in [0, 6] {
            assert!(ms_ssim_of(&least, &least, n).unwrap_err().to_string().contains("1 to 5 scales"));
        }
        assert!(matches!(ms_ssim_of(&least, &noise(160, 161, 1), 2), Err(MetricError::Unlike { .. })));
    }
}

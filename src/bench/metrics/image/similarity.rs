//! Pixel-wise similarity of two pictures.

use super::Grey;
use crate::metrics::MetricError;

/// Mean squared error in squared levels; 0 for identical pictures.
///
/// # Errors
/// Pictures of different sizes.
pub fn mse(reference: &Grey, candidate: &Grey) -> Result<f64, MetricError> {
    reference.like(candidate, "MSE")?;
    let squares = reference.values().iter().zip(candidate.values()).map(|(a, b)| (a - b).powi(2));
    Ok(squares.sum::<f64>() / reference.values().len() as f64)
}

/// Peak signal-to-noise ratio in decibels for values of 0..255; infinite for identical pictures.
///
/// # Errors
/// Pictures of different sizes.
pub fn psnr(reference: &Grey, candidate: &Grey) -> Result<f64, MetricError> {
    Ok(10.0 * (255.0_f64.powi(2) / mse(reference, candidate)?).log10())
}

/// Root mean squared error, relative to the root mean square of the reference; at least 0, 0 for identical pictures.
///
/// # Errors
/// Pictures of different sizes, or a reference that is entirely black.
pub fn nrmse(reference: &Grey, candidate: &Grey) -> Result<f64, MetricError> {
    let error = mse(reference, candidate)?;
    let power = reference.values().iter().map(|v| v * v).sum::<f64>() / reference.values().len() as f64;
    if power == 0.0 {
        return Err(MetricError::Unfit { metric: "NRMSE", why: "the reference is entirely black".into() });
    }
    Ok((error / power).sqrt())
}

const BINS: usize = 100;

/// Normalised mutual information (H(a) + H(b)) / H(a, b) of histograms of 100 bins between the minimum and maximum of
/// each picture; 1 (independent) to 2 (each determines the other). Studholme, Hill and Hawkes (1999).
///
/// # Errors
/// Pictures of different sizes, or two constant ones.
pub fn nmi(reference: &Grey, candidate: &Grey) -> Result<f64, MetricError> {
    reference.like(candidate, "NMI")?;
    if reference.is_constant() && candidate.is_constant() {
        return Err(MetricError::Unfit { metric: "NMI", why: "both pictures are constant".into() });
    }
    let (mut first, mut second, mut joint) = ([0u64; BINS], [0u64; BINS], vec![0u64; BINS * BINS]);
    for (a, b) in bins(reference).zip(bins(candidate)) {
        first[a] += 1;
        second[b] += 1;
        joint[a * BINS + b] += 1;
    }
    Ok((entropy(&first) + entropy(&second)) / entropy(&joint))
}

/// The bin of every value. A value on an edge belongs to the bin above; the maximum to the last.
fn bins(picture: &Grey) -> impl Iterator<Item = usize> {
    let (least, greatest) =
        picture.values().iter().fold((f64::MAX, f64::MIN), |(l, g), &v| (l.min(v), g.max(v)));
    let width = (greatest - least) / BINS as f64;
    picture.values().iter().map(move |v| {
        let guess = if width > 0.0 { ((v - least) / width) as usize } else { 0 }.min(BINS - 1);
        // The quotient is rounded: the side of the edge itself decides.
        let edge = |i: usize| i as f64 * width + least;
        let low = guess - usize::from(guess > 0 && *v < edge(guess));
        low + usize::from(low + 1 < BINS && *v >= edge(low + 1) && width > 0.0)
    })
}

/// Entropy of counts, nats.
fn entropy(counts: &[u64]) -> f64 {
    let total = counts.iter().sum::<u64>() as f64;
    let shares = counts.iter().filter(|&&n| n > 0).map(|&n| n as f64 / total);
    -shares.map(|p| p * p.ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{checkerboard, drawn, noise, two};
    use proptest::prelude::*;

    #[test]
    fn identical_pictures_have_no_error() {
        let a = noise(20, 10, 3);
        assert_eq!(mse(&a, &a), Ok(0.0));
        assert_eq!(psnr(&a, &a), Ok(f64::INFINITY));
        assert_eq!(nrmse(&a, &a), Ok(0.0));
        assert!((nmi(&a, &a).unwrap() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_known_difference_has_known_errors() {
        let (a, b) = (checkerboard(6, 6), drawn(6, 6, |_, _| 0.0));
        assert_eq!(mse(&a, &b), Ok(255.0 * 255.0 / 2.0));
        assert!((psnr(&a, &b).unwrap() - 10.0 * 2.0_f64.log10()).abs() < 1e-12);
        assert_eq!(nrmse(&a, &b), Ok(1.0));
        assert!(matches!(nrmse(&b, &a), Err(MetricError::Unfit { .. })));
        assert_eq!(nmi(&a, &b), Ok(1.0));
        assert!(matches!(nmi(&b, &b), Err(MetricError::Unfit { .. })));
        assert!(matches!(mse(&a, &checkerboard(6, 5)), Err(MetricError::Unlike { .. })));
    }

    #[test]
    fn rows_and_columns_are_independent() {
        let (a, b) = (drawn(8, 8, |x, _| x as f64), drawn(8, 8, |_, y| y as f64));
        assert!((nmi(&a, &b).unwrap() - 1.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn metrics_are_symmetric((a, b) in two(1..9)) {
            prop_assert_eq!(mse(&a, &b), mse(&b, &a));
            if let Ok(both) = nmi(&a, &b) {
                prop_assert!((both - nmi(&b, &a).unwrap()).abs() < 1e-12);
                prop_assert!((1.0 - 1e-12..=2.0 + 1e-12).contains(&both));
            }
        }
    }
}

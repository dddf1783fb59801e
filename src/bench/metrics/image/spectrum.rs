//! Radially averaged power spectrum.

use super::Grey;
use super::fit::slope;
use crate::metrics::MetricError;
use crate::metrics::fourier::{transform, wavenumber};
use rustfft::num_complex::Complex;
use std::ops::RangeInclusive;

/// Radially averaged power spectrum: ring `k` averages the frequencies of at least `k` and less than `k` + 1 periods
/// along the shorter side, for all `k` below half that side.
///
/// The mean is subtracted and no window is applied, so a mismatch of opposite borders leaks into power along the axes.
/// Power is the squared modulus of the unnormalised transform. van der Schaaf and van Hateren (1996).
///
/// # Errors
/// A side of less than four pixels.
pub fn radial_power(picture: &Grey) -> Result<Vec<f64>, MetricError> {
    picture.at_least(4, "radial power")?;
    let (w, h) = (picture.width(), picture.height());
    let mut rings = vec![(0.0, 0usize); w.min(h) / 2];
    for (i, value) in spectrum(picture).iter().enumerate() {
        if let Some((power, count)) = rings.get_mut(wavenumber(i, (w, h)) as usize) {
            *power += value.norm_sqr();
            *count += 1;
        }
    }
    Ok(rings.into_iter().map(|(power, count)| power / count as f64).collect())
}

/// Spectrum of the mean-subtracted picture, row-major, zero frequency first.
fn spectrum(picture: &Grey) -> Vec<Complex<f64>> {
    let mean = picture.mean();
    let mut values: Vec<_> = picture.values().iter().map(|v| Complex::new(v - mean, 0.0)).collect();
    transform(picture.width(), &mut values);
    values
}

/// Slope of log power over log frequency on these rings of [`radial_power`] (unweighted least squares); about -2 for
/// natural images, 0 for white noise. Field (1987).
///
/// The frequency of a ring is its index, the lower end.
///
/// # Errors
/// A side of less than four pixels, rings that the picture does not have, fewer than two of them, or one without power
/// (a constant picture has none at all).
pub fn power_slope(picture: &Grey, rings: RangeInclusive<usize>) -> Result<f64, MetricError> {
    let unfit = |why: String| MetricError::Unfit { metric: "spectral slope", why };
    let power = radial_power(picture)?;
    if picture.is_constant() {
        return Err(unfit("the picture is of one value throughout".into()));
    }
    if *rings.start() == 0 || *rings.end() >= power.len() {
        return Err(unfit(format!("rings {rings:?}; there are 1 to {}", power.len() - 1)));
    }
    if let Some(dark) = rings.clone().find(|&k| power[k] <= 0.0) {
        return Err(unfit(format!("no power on ring {dark}")));
    }
    let points: Vec<_> = rings.map(|k| ((k as f64).ln(), power[k].ln())).collect();
    slope(&points).ok_or_else(|| unfit("fewer than two rings".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{drawn, noise};
    use std::f64::consts::TAU;

    #[test]
    fn a_wave_has_power_on_its_ring_only() {
        for (w, h) in [(32, 32), (32, 48), (30, 21)] {
            let wave = drawn(w, h, |x, _| 100.0 + 10.0 * (TAU * 5.0 * x as f64 / w as f64).cos());
            let power = radial_power(&wave).unwrap();
            let ring = 5 * w.min(h) / w;
            for (k, p) in power.iter().enumerate() {
                assert_eq!(*p > 1.0, k == ring, "{w}×{h}, ring {k}: {p}");
            }
        }
    }

    #[test]
    fn total_power_is_the_variance() {
        let picture = noise(12, 9, 4);
        let total: f64 = spectrum(&picture).iter().map(|c| c.norm_sqr()).sum();
        let mean = picture.mean();
        let squares: f64 = picture.values().iter().map(|v| (v - mean).powi(2)).sum();
        assert!((total / (squares * 108.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn noise_is_white() {
        assert!(power_slope(&noise(128, 128, 6), 4..=63).unwrap().abs() < 0.1);
    }

    #[test]
    fn pictures_without_a_slope_are_rejected() {
        let flat = drawn(16, 16, |_, _| 0.1);
        let picture = noise(16, 16, 1);
        assert!(power_slope(&flat, 1..=5).is_err());
        for rings in [0..=4, 1..=8, 3..=3, RangeInclusive::new(4, 2)] {
            assert!(matches!(power_slope(&picture, rings), Err(MetricError::Unfit { .. })));
        }
        assert!(radial_power(&noise(3, 9, 1)).is_err());
    }
}

//! Kinetic energy spectrum.

use rustfft::num_complex::Complex;

use super::Flow;
use crate::metrics::MetricError;
use crate::metrics::fourier::{transform, wavenumber};

/// Kinetic energy per unit mass by wavenumber: bin `k` holds k − ½ up to k + ½ periods along the shorter side, in
/// cells²/step². The bins sum to the mean of ½(u² + v²); bin 0 is the mean flow.
pub type Spectrum = Vec<f64>;

/// Energies below this share of the reference's total are rounding.
const LEAST_SHARE: f64 = 1e-12;

/// Energy spectrum of a frame. No window is applied, so a mismatch of opposite borders leaks into energy along the
/// axes.
pub fn energy_spectrum(flow: &Flow, frame: usize) -> Spectrum {
    spectrum_of(flow.size(), flow.plane(frame, 1), flow.plane(frame, 2))
}

/// Half the power of two row-major planes of (width, height), binned as in [`Spectrum`].
pub fn spectrum_of((w, h): (usize, usize), u: &[f32], v: &[f32]) -> Spectrum {
    // Both planes in one transform: |U|² + |V|² summed over k and −k is |Z|² summed over both, and both are on one
    // ring.
    let mut z: Vec<Complex<f64>> =
        u.iter().zip(v).map(|(u, v)| Complex::new(f64::from(*u), f64::from(*v))).collect();
    transform(w, &mut z);
    let scale = 0.5 / ((w * h) as f64).powi(2);
    let mut rings = vec![0.0; wavenumber(h / 2 * w + w / 2, (w, h)).round() as usize + 1];
    for (i, value) in z.iter().enumerate() {
        rings[wavenumber(i, (w, h)).round() as usize] += scale * value.norm_sqr();
    }
    rings
}

/// Log-spectral distance: the RMS of log₁₀(candidate / reference) over wavenumbers 1 to half of `side`, the shorter
/// side of the world, where rings are complete; 0 for equal spectra, 1 for energies off by a factor of ten. Energies
/// are clamped to at least 10⁻¹² of the reference's total.
///
/// # Errors
/// Spectra of different sizes, or a reference at rest.
pub fn spectral_distance(reference: &[f64], candidate: &[f64], side: usize) -> Result<f64, MetricError> {
    const METRIC: &str = "energy-spectrum";
    if reference.len() != candidate.len() {
        let say = |s: &[f64]| format!("{} wavenumbers", s.len());
        return Err(MetricError::Unlike { metric: METRIC, expected: say(reference), found: say(candidate) });
    }
    let last = (side / 2).min(reference.len().saturating_sub(1));
    let least = LEAST_SHARE * reference.iter().sum::<f64>();
    if least <= 0.0 || last == 0 {
        return Err(MetricError::Unfit { metric: METRIC, why: "the reference is at rest".into() });
    }
    let off = |k: usize| (candidate[k].max(least) / reference[k].max(least)).log10().powi(2);
    Ok(((1..=last).map(off).sum::<f64>() / last as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::gas::samples::{drawn, noise, taylor_green};

    #[test]
    fn a_taylor_green_vortex_has_a_quarter_of_its_squared_amplitude_at_one_wavenumber() {
        for (side, k) in [(32, 1), (32, 2), (48, 5), (40, 7)] {
            let spectrum = energy_spectrum(&taylor_green(side, side, k, 0.08), 0);
            // k periods along both sides: √2·k along the diagonal.
            let ring = (2f64.sqrt() * k as f64).round() as usize;
            for (i, e) in spectrum.iter().enumerate() {
                let expected = if i == ring { 0.08 * 0.08 / 4.0 } else { 0.0 };
                assert!((e - expected).abs() < 1e-9, "{side}, {k}: {e} at {i}");
            }
        }
    }

    #[test]
    fn the_rings_sum_to_the_total_energy() {
        for (w, h) in [(16, 16), (24, 15), (9, 33)] {
            let flow = noise(w, h, 1, 7);
            let square = |p: usize| flow.plane(0, p).iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
            let mean = 0.5 * (square(1) + square(2)) / (w * h) as f64;
            let sum: f64 = energy_spectrum(&flow, 0).iter().sum();
            assert!((sum / mean - 1.0).abs() < 1e-12, "{w}×{h}: {sum} {mean}");
        }
    }

    #[test]
    fn the_spectrum_is_the_sum_of_both_components() {
        let flow = noise(12, 10, 1, 3);
        let alone = |which: usize| {
            let only = drawn(12, 10, 1, |x, y, _| {
                let v = f64::from(flow.plane(0, which)[y as usize * 12 + x as usize]);
                [1.0, v, 0.0]
            });
            energy_spectrum(&only, 0)
        };
        for (k, e) in energy_spectrum(&flow, 0).iter().enumerate() {
            assert!((e - alone(1)[k] - alone(2)[k]).abs() < 1e-15);
        }
    }

    #[test]
    fn the_mean_flow_is_in_bin_zero_only() {
        let still = taylor_green(32, 32, 3, 0.05);
        let moved = drawn(32, 32, 1, |x, y, _| {
            let i = y as usize * 32 + x as usize;
            [1.0, f64::from(still.plane(0, 1)[i]) + 0.5, f64::from(still.plane(0, 2)[i])]
        });
        let (a, b) = (energy_spectrum(&still, 0), energy_spectrum(&moved, 0));
        assert!((b[0] - 0.125).abs() < 1e-7 && a[0] < 1e-12);
        assert!((a[4] - b[4]).abs() < 1e-9);
    }

    #[test]
    fn distances_count_factors_of_ten() {
        let noise = energy_spectrum(&noise(32, 32, 1, 2), 0);
        let louder: Vec<f64> = noise.iter().map(|e| 10.0 * e).collect();
        assert_eq!(spectral_distance(&noise, &noise, 32), Ok(0.0));
        assert!((spectral_distance(&noise, &louder, 32).unwrap() - 1.0).abs() < 1e-12);
        assert!((spectral_distance(&louder, &noise, 32).unwrap() - 1.0).abs() < 1e-12);
        let silent = vec![0.0; noise.len()];
        let all = spectral_distance(&noise, &silent, 32).unwrap();
        assert!(all > 9.0 && all < 12.0, "{all}");
        assert!(spectral_distance(&silent, &noise, 32).unwrap_err().to_string().contains("is at rest"));
        assert!(matches!(spectral_distance(&noise, &noise[1..], 32), Err(MetricError::Unlike { .. })));
    }
}

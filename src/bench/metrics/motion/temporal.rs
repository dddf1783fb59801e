//! Power spectra in time.

use std::ops::Range;

use rayon::prelude::*;
use rustfft::FftPlannerScalar;
use rustfft::num_complex::Complex;

use super::observable::Observed;
use crate::metrics::MetricError;

/// Frames of a segment, at most.
const SEGMENT: usize = 256;
/// Frames of a segment, at least.
const LEAST: usize = 8;
/// Values of a frame that are transformed by one task.
const CHUNK: usize = 128;

/// Power of the values of a world by frequency: bin `k` holds k periods in `segment` frames, up to half of them.
#[derive(Clone, Debug, PartialEq)]
pub struct TemporalPower {
    /// Frames of a segment.
    pub segment: usize,
    /// Mean over the values of a frame, in squared standard deviations of the truth; for white noise its variance in
    /// every bin.
    pub power: Vec<f64>,
}

/// Power over `frames`: periodograms under a Hann window of segments of at most 256 frames that overlap by half (Welch
/// 1967), each value about its mean over the segment; averaged over segments, cells and planes.
///
/// # Errors
/// Fewer than 8 frames.
pub fn temporal_power(
    observed: &Observed,
    world: usize,
    frames: Range<usize>,
) -> Result<TemporalPower, MetricError> {
    let frames = observed.within(frames);
    let (n, segment) = (frames.len(), frames.len().min(SEGMENT));
    if n < LEAST {
        let (metric, what) = ("temporal power", "frames".into());
        return Err(MetricError::TooFew { metric, what, least: LEAST, found: n });
    }
    let starts: Vec<usize> = (0..=n - segment).step_by(segment / 2).collect();
    let part = |chunk: usize| {
        let indices = chunk * CHUNK..((chunk + 1) * CHUNK).min(observed.values());
        power_of(&observed.series(world, &frames, indices), segment, &starts)
    };
    let parts: Vec<Vec<f64>> = (0..observed.values().div_ceil(CHUNK)).into_par_iter().map(part).collect();
    let count = (starts.len() * observed.values()) as f64;
    let at = |k: usize| parts.iter().map(|p| p[k]).sum::<f64>() / count;
    Ok(TemporalPower { segment, power: (0..=segment / 2).map(at).collect() })
}

/// Sum over time series and segments.
fn power_of(series: &[Vec<f64>], segment: usize, starts: &[usize]) -> Vec<f64> {
    let fft = FftPlannerScalar::new().plan_fft_forward(segment);
    let window: Vec<f64> = (0..segment).map(|i| hann(i, segment)).collect();
    let norm: f64 = window.iter().map(|w| w * w).sum();
    let mut scratch = vec![Complex::default(); fft.get_inplace_scratch_len()];
    let mut sums = vec![0.0; segment / 2 + 1];
    for (pair, &start) in series.chunks(2).flat_map(|pair| starts.iter().map(move |start| (pair, start))) {
        let [re, im] = [0, 1].map(|i| pair.get(i).map(|s| about_mean(&s[start..][..segment])));
        // Two series in one transform: |A|² + |B|² at a frequency is the mean of |Z|² there and at its negative.
        let mut z: Vec<Complex<f64>> = (0..segment)
            .map(|t| [&re, &im].map(|s| s.as_ref().map_or(0.0, |s| s[t] * window[t])))
            .map(|[a, b]| Complex::new(a, b))
            .collect();
        fft.process_with_scratch(&mut z, &mut scratch);
        for (k, sum) in sums.iter_mut().enumerate() {
            *sum += 0.5 * (z[k].norm_sqr() + z[(segment - k) % segment].norm_sqr()) / norm;
        }
    }
    sums
}

fn hann(i: usize, n: usize) -> f64 {
    let sine = libm::sin(std::f64::consts::PI * (i as f64 + 0.5) / n as f64);
    sine * sine
}

fn about_mean(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|v| v - mean).collect()
}

/// Share of the power above half the highest frequency; 0 for a still picture, ½ for white noise, 1 for a picture that
/// alternates from frame to frame.
pub fn fast_share(of: &TemporalPower) -> f64 {
    let (mut fast, mut all) = (0.0, 0.0);
    for (k, power) in of.power.iter().enumerate().skip(1) {
        // Each frequency stands for its negative, too, except the highest.
        let power = if 2 * k == of.segment { *power } else { 2.0 * power };
        all += power;
        fast += match (4 * k).cmp(&of.segment) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 0.5 * power,
            std::cmp::Ordering::Greater => power,
        };
    }
    if all > 0.0 { fast / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::observable::{Observable, Scale};
    use crate::metrics::motion::rollout::{Layout, Rollout};
    use crate::metrics::motion::samples::{ar1, drawn, noise};
    use std::f64::consts::TAU;

    fn power(r: Rollout, frames: Range<usize>) -> TemporalPower {
        let truth = [r];
        let scale = Scale::of(&truth, Observable::State).unwrap();
        temporal_power(&Observed::of(&truth, &scale).unwrap(), 0, frames).unwrap()
    }

    #[test]
    fn white_noise_is_flat_and_half_of_it_fast() {
        for (side, frames) in [(12, 512), (11, 75)] {
            let found = power(noise(side, frames, 1), 0..frames);
            assert_eq!((found.segment, found.power.len()), (frames.min(256), frames.min(256) / 2 + 1));
            // Below bin 2 the mean that was taken off is missing.
            assert!(found.power[2..].iter().all(|p| (p - 1.0).abs() < 0.45), "{:?}", found.power);
            let mean = found.power[2..].iter().sum::<f64>() / (found.power.len() - 2) as f64;
            assert!((mean - 1.0).abs() < 0.05, "{mean}");
            assert!((fast_share(&found) - 0.5).abs() < 0.03, "{}", fast_share(&found));
        }
    }

    #[test]
    fn an_autoregressive_process_has_its_textbook_spectrum() {
        // (1 − φ²) / (1 − 2 φ cos ω + φ²).
        let phi = 0.6;
        let found = power(ar1(20, 600, phi, 2), 0..600);
        for k in [4, 16, 40, 64, 100, 126] {
            let omega = TAU * k as f64 / 256.0;
            let expected = (1.0 - phi * phi) / (1.0 - 2.0 * phi * omega.cos() + phi * phi);
            assert!(
                (found.power[k] / expected - 1.0).abs() < 0.2,
                "{k}: {}, expected {expected}",
                found.power[k]
            );
        }
        // The integral above a quarter of the sampling frequency: 1 − (2/π) atan((1 + φ)/(1 − φ)).
        let share = 1.0 - 2.0 / std::f64::consts::PI * ((1.0 + phi) / (1.0 - phi)).atan();
        assert!((fast_share(&found) - share).abs() < 0.015, "{}, expected {share}", fast_share(&found));
    }

    #[test]
    fn a_wave_has_its_power_at_its_frequency() {
        // cos² is ½, and all of it is in bins 9 to 11: N/2 · ⅔ at its own, a quarter of that beside.
        let layout = Layout::torus(8, 5, 1);
        let wave = drawn(&layout, 64, |x, _, _, t| (TAU * (10.0 * t / 64.0 + x / 8.0)).cos());
        let found = power(wave, 0..64);
        let total: f64 = found.power.iter().sum();
        assert!((found.power[10] / total - 2.0 / 3.0).abs() < 1e-6);
        assert!((found.power[9] / total - 1.0 / 6.0).abs() < 1e-6);
        assert!(found.power[20] / total < 1e-9);
        // Power over all frequencies and their negatives is the variance, times the segment.
        assert!((2.0 * total / 64.0 - 1.0).abs() < 1e-5, "{total}");
        assert!(fast_share(&found) < 1e-9);
        let flip = drawn(&layout, 64, |x, _, _, t| (x + 1.0) * if t % 2.0 == 0.0 { 1.0 } else { -1.0 });
        assert!(fast_share(&power(flip, 0..64)) > 0.99);
        let still = drawn(&layout, 64, |x, _, _, _| x);
        assert_eq!(fast_share(&power(still, 10..50)), 0.0);
    }

    #[test]
    fn a_few_frames_have_no_spectrum_and_threads_do_not_matter() {
        let truth = [noise(13, 40, 5)];
        let seen = Observed::of(&truth, &Scale::of(&truth, Observable::State).unwrap()).unwrap();
        assert!(
            temporal_power(&seen, 0, 3..10).unwrap_err().to_string().contains("at least 8 samples of frames")
        );
        let at = |n: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| temporal_power(&seen, 0, 0..40).unwrap())
        };
        assert!([2, 3, 8].into_iter().all(|n| at(n) == at(1)));
    }
}

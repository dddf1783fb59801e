//! How long a world remembers itself.

use std::ops::Range;

use rayon::prelude::*;
use rustfft::FftPlannerScalar;
use rustfft::num_complex::Complex;

use super::crossing::{Crossing, interpolated_below};
use super::observable::Observed;
use crate::metrics::MetricError;

/// Values of a frame that are transformed by one task.
const CHUNK: usize = 128;
/// Frames, at least.
const LEAST: usize = 4;

/// Autocorrelation of a world over `frames`, at lags 0 to half their number: mean over time, cells and planes of the
/// product of a value and a later one, about the mean of the plane, over the variance. 1 at lag 0, and at every lag for
/// a picture that stands still.
///
/// By the fast Fourier transform (Wiener and Khinchin), padded, so that nothing wraps around in time; each lag is
/// divided by its number of pairs.
///
/// # Errors
/// Fewer than 4 frames.
pub fn autocorrelation(
    observed: &Observed,
    world: usize,
    frames: Range<usize>,
) -> Result<Vec<f64>, MetricError> {
    let frames = observed.within(frames);
    let n = frames.len();
    if n < LEAST {
        let (metric, what) = ("autocorrelation", "frames".into());
        return Err(MetricError::TooFew { metric, what, least: LEAST, found: n });
    }
    let values = observed.values();
    let cells = values / observed.planes();
    let means = means(observed, world, &frames);
    let length = (2 * n).next_power_of_two();
    let part = |chunk: usize| {
        let indices = chunk * CHUNK..((chunk + 1) * CHUNK).min(values);
        let mut series = observed.series(world, &frames, indices.clone());
        for (i, series) in indices.zip(&mut series) {
            series.iter_mut().for_each(|v| *v -= means[i / cells]);
        }
        power_of(&series, length)
    };
    let parts: Vec<Vec<f64>> = (0..values.div_ceil(CHUNK)).into_par_iter().map(part).collect();
    let mut z: Vec<Complex<f64>> =
        (0..length).map(|k| Complex::new(parts.iter().map(|p| p[k]).sum(), 0.0)).collect();
    FftPlannerScalar::new().plan_fft_inverse(length).process(&mut z);
    let per_pair = |lag: usize| z[lag].re / (n - lag) as f64;
    let variance = per_pair(0);
    Ok((0..=n / 2).map(|lag| if variance > 0.0 { per_pair(lag) / variance } else { 1.0 }).collect())
}

/// Mean of each plane over these frames.
fn means(observed: &Observed, world: usize, frames: &Range<usize>) -> Vec<f64> {
    let cells = observed.values() / observed.planes();
    let mut sums = vec![0.0; observed.planes()];
    for t in frames.clone() {
        for (sum, plane) in sums.iter_mut().zip(observed.frame(world, t).chunks(cells)) {
            *sum += plane.iter().map(|v| f64::from(*v)).sum::<f64>();
        }
    }
    sums.iter().map(|s| s / (frames.len() * cells) as f64).collect()
}

/// Sum over time series of the power at all frequencies.
fn power_of(series: &[Vec<f64>], length: usize) -> Vec<f64> {
    let fft = FftPlannerScalar::new().plan_fft_forward(length);
    let mut scratch = vec![Complex::default(); fft.get_inplace_scratch_len()];
    let mut sums = vec![0.0; length];
    for pair in series.chunks(2) {
        // Two series in one transform: the real part of the sum's inverse is the sum of both.
        let at = |i: usize, t: usize| pair.get(i).and_then(|s| s.get(t)).copied().unwrap_or(0.0);
        let mut z: Vec<Complex<f64>> = (0..length).map(|t| Complex::new(at(0, t), at(1, t))).collect();
        fft.process_with_scratch(&mut z, &mut scratch);
        sums.iter_mut().zip(&z).for_each(|(s, z)| *s += z.norm_sqr());
    }
    sums
}

/// Autocorrelation time: the lag in frames at which the autocorrelation has fallen to 1/e, between lags by a line.
pub fn decorrelation_time(autocorrelation: &[f64]) -> Crossing {
    interpolated_below(autocorrelation, libm::exp(-1.0))
}

/// Factor between the window and the integrated time.
const WINDOW: f64 = 5.0;

/// Integrated autocorrelation time in frames: ½ + Σ ρ(τ) from lag 1 to the first that is at least 5 times the sum so far
/// (Madras and Sokal 1988), beyond which there is only noise. About the decay time of an exponential; censored if the
/// curve ends before.
pub fn integrated_time(autocorrelation: &[f64]) -> Crossing {
    let mut time = 0.5;
    for (lag, rho) in autocorrelation.iter().enumerate().skip(1) {
        time += rho;
        if lag as f64 >= WINDOW * time {
            return Crossing { time, censored: false };
        }
    }
    Crossing { time, censored: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::observable::{Observable, Scale};
    use crate::metrics::motion::rollout::{Layout, Rollout};
    use crate::metrics::motion::samples::{ar1, drawn, noise};
    use proptest::prelude::*;
    use std::f64::consts::TAU;

    fn observe(truth: &[Rollout]) -> Observed {
        Observed::of(truth, &Scale::of(truth, Observable::State).unwrap()).unwrap()
    }

    #[test]
    fn an_autoregressive_process_forgets_exponentially() {
        let phi: f64 = 0.9;
        let rho = autocorrelation(&observe(&[ar1(20, 400, phi, 1)]), 0, 0..400).unwrap();
        assert_eq!(rho.len(), 201);
        for (lag, found) in rho.iter().enumerate() {
            assert!((found - phi.powi(lag as i32)).abs() < 0.05, "{lag}: {found}");
        }
        // −1 / ln φ, and ½ + Σ φ^τ = ½ (1 + φ)/(1 − φ).
        let (time, sum) = (decorrelation_time(&rho), integrated_time(&rho));
        assert!((time.time + 1.0 / phi.ln()).abs() < 0.4 && !time.censored, "{time:?}");
        assert!((sum.time - 9.5).abs() < 0.6 && !sum.censored, "{sum:?}");
        let white = autocorrelation(&observe(&[noise(20, 100, 1)]), 0, 0..100).unwrap();
        assert!((integrated_time(&white).time - 0.5).abs() < 0.1);
    }

    #[test]
    fn a_travelling_wave_returns() {
        // Over all phases the product of two phases is the cosine of their difference.
        let (k, omega) = (TAU / 10.0, TAU / 40.0);
        let wave = drawn(&Layout::torus(10, 3, 1), 100, |x, _, _, t| 7.0 + 3.0 * (k * x - omega * t).cos());
        let rho = autocorrelation(&observe(&[wave]), 0, 0..100).unwrap();
        for (lag, found) in rho.iter().enumerate() {
            assert!((found - (omega * lag as f64).cos()).abs() < 1e-5, "{lag}: {found}");
        }
        // acos(1/e) / ω.
        let time = decorrelation_time(&rho).time;
        assert!((time - (-1f64).exp().acos() / omega).abs() < 0.02, "{time}");
    }

    #[test]
    fn a_still_picture_never_forgets() {
        let layout = Layout::torus(6, 4, 2);
        let still = observe(&[drawn(&layout, 20, |x, y, p, _| if p == 0 { x } else { 3.0 * y - x })]);
        let rho = autocorrelation(&still, 0, 0..20).unwrap();
        assert!(rho.iter().all(|r| (r - 1.0).abs() < 1e-9), "{rho:?}");
        assert_eq!(decorrelation_time(&rho), Crossing { time: 10.0, censored: true });
        assert!(integrated_time(&rho).censored);
        assert!(autocorrelation(&still, 0, 18..99).unwrap_err().to_string().contains("at least 4 samples"));
        // One of two worlds is constant.
        let layout = Layout::torus(3, 3, 1);
        let two = observe(&[drawn(&layout, 8, |x, _, _, _| x), drawn(&layout, 8, |_, _, _, _| 1.0)]);
        assert!(autocorrelation(&two, 1, 0..8).unwrap().iter().all(|r| (r - 1.0).abs() < 1e-9));
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_definition(side in 1usize..4, frames in 4usize..20, seed: u64) {
            let seen = observe(&[ar1(side, frames, 0.5, seed)]);
            let found = autocorrelation(&seen, 0, 0..frames).unwrap();
            let at = |t: usize, i: usize| f64::from(seen.frame(0, t)[i]);
            let cells = side * side;
            let all = (0..frames).flat_map(|t| (0..cells).map(move |i| (t, i)));
            let mean = all.map(|(t, i)| at(t, i)).sum::<f64>() / (frames * cells) as f64;
            let product = |lag: usize| {
                let pairs = (0..frames - lag).flat_map(|t| (0..cells).map(move |i| (t, i)));
                let sum: f64 = pairs.map(|(t, i)| (at(t, i) - mean) * (at(t + lag, i) - mean)).sum();
                sum / (frames - lag) as f64
            };
            for (lag, rho) in found.iter().enumerate() {
                prop_assert!((rho - product(lag) / product(0)).abs() < 1e-9, "{}: {}", lag, rho);
            }
        }
    }
}

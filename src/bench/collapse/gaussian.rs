//! A single Gaussian, fitted recursively to samples of the previous fit: mean and unbiased variance of M numbers.
//!
//! While n is small against M, E\[W₂²\] from the origin grows as 1.5 n/M and the median of σ falls as exp(−n/2(M − 1));
//! if all samples are kept, E\[W₂²\] levels off at 1.5 · π²/6/M.

use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::Regime;
use world::rng::Rng;

/// What to run.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GaussianSetup {
    /// Samples a fit (M).
    pub samples: usize,
    /// Generations.
    pub generations: usize,
    /// Independent runs.
    pub runs: usize,
    /// Random seed.
    pub seed: u64,
}

/// One generation over all runs.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GaussianGeneration {
    /// From 1: the first fit is to the origin.
    pub generation: usize,
    /// Mean squared 2-Wasserstein distance from the origin N(0, 1): μ² + (σ − 1)².
    pub distance: f64,
    /// Standard error of that mean.
    pub error: f64,
    /// Median σ.
    pub median: f64,
    /// Mean σ².
    pub variance: f64,
    /// Median over the runs of the fit's tail mass beyond three standard deviations of the origin, relative to the
    /// origin's own. (The mean would be dominated by the few runs that drifted away.)
    pub tail: f64,
}

/// Mean and standard deviation of every generation of one run.
fn run(setup: &GaussianSetup, regime: Regime, rng: Rng) -> Vec<(f64, f64)> {
    let m = setup.samples;
    let (mut mean, mut deviation) = (0.0, 1.0);
    // Of everything drawn so far: count, Σx, Σx².
    let mut all = [0.0; 3];
    let mut fits = Vec::with_capacity(setup.generations);
    for generation in 0..setup.generations {
        let mut s = rng.fork(generation as u64).sequence();
        let real = if regime == Regime::Keep10 && generation > 0 { m / 10 } else { 0 };
        let (mut sum, mut squares) = (0.0, 0.0);
        for i in 0..m {
            let z = f64::from(s.sample::<f32, _>(StandardNormal));
            let x = if i < real { z } else { mean + deviation * z };
            sum += x;
            squares += x * x;
        }
        let fresh = [m as f64, sum, squares];
        all = match regime {
            Regime::Accumulate => [all[0] + fresh[0], all[1] + fresh[1], all[2] + fresh[2]],
            _ => fresh,
        };
        let [n, sum, squares] = all;
        mean = sum / n;
        deviation = ((squares - sum * sum / n) / (n - 1.0)).max(0.0).sqrt();
        fits.push((mean, deviation));
    }
    fits
}

/// Upper tail of the standard normal beyond `z`.
fn tail_mass(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// All runs, generation by generation.
pub fn measure(setup: &GaussianSetup, regime: Regime) -> Vec<GaussianGeneration> {
    let root = Rng::new(setup.seed).named("gaussian collapse").named(regime.name());
    let runs: Vec<Vec<(f64, f64)>> =
        (0..setup.runs).into_par_iter().map(|r| run(setup, regime, root.fork(r as u64))).collect();
    let n = setup.runs as f64;
    let one = |g: usize| {
        let fits: Vec<(f64, f64)> = runs.iter().map(|r| r[g]).collect();
        let distances: Vec<f64> = fits.iter().map(|(m, s)| m * m + (s - 1.0) * (s - 1.0)).collect();
        let distance = distances.iter().sum::<f64>() / n;
        let spread = distances.iter().map(|d| (d - distance).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        let mut sigmas: Vec<f64> = fits.iter().map(|f| f.1).collect();
        sigmas.sort_by(f64::total_cmp);
        let tail =
            |(m, s): &(f64, f64)| tail_mass((3.0 - m) / s.max(1e-300)) + tail_mass((3.0 + m) / s.max(1e-300));
        let mut tails: Vec<f64> = fits.iter().map(tail).collect();
        tails.sort_by(f64::total_cmp);
        GaussianGeneration {
            generation: g + 1,
            distance,
            error: (spread / n).sqrt(),
            median: sigmas[sigmas.len() / 2],
            variance: fits.iter().map(|f| f.1 * f.1).sum::<f64>() / n,
            tail: tails[tails.len() / 2] / (2.0 * tail_mass(3.0)),
        }
    };
    (0..setup.generations).map(one).collect()
}

/// Theoretical E\[W₂²\] after `n` generations of `m` samples each; `None` if the regime has no simple law.
pub fn distance_law(regime: Regime, n: usize, m: usize) -> Option<f64> {
    let m = m as f64;
    match regime {
        Regime::Replace => Some(1.5 * n as f64 / m),
        // A fit over k generations has 1/k of the noise of the last M, and passes it on: Σ 1/k².
        Regime::Accumulate => Some(1.5 / m * (1..=n).map(|k| 1.0 / (k * k) as f64).sum::<f64>()),
        Regime::Keep10 => None,
    }
}

/// Limit of E\[W₂²\] if all samples are kept.
pub fn plateau(m: usize) -> f64 {
    1.5 * std::f64::consts::PI.powi(2) / 6.0 / m as f64
}

/// Theoretical median σ after `n` generations of `m` samples each, if only the last is kept.
pub fn median_law(n: usize, m: usize) -> f64 {
    libm::exp(-(n as f64) / (2.0 * (m as f64 - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(samples: usize, generations: usize, runs: usize) -> GaussianSetup {
        GaussianSetup { samples, generations, runs, seed: 7 }
    }

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 0.05, "{found}, expected {expected}");
    }

    #[test]
    fn the_distance_grows_by_three_halves_of_one_over_m_a_generation() {
        for (m, runs) in [(100, 12_000), (1000, 4000)] {
            let points = measure(&setup(m, 10, runs), Regime::Replace);
            for n in [1, 5, 10] {
                near(points[n - 1].distance, 1.5 * n as f64 / m as f64);
                // The mean variance is unchanged.
                near(points[n - 1].variance, 1.0);
            }
        }
    }

    #[test]
    fn the_median_deviation_falls_exponentially() {
        let points = measure(&setup(100, 200, 12_000), Regime::Replace);
        [50, 100, 200].iter().for_each(|&n| near(points[n - 1].median, median_law(n, 100)));
    }

    #[test]
    fn keeping_everything_levels_off_and_keeping_a_tenth_holds_the_variance() {
        let points = measure(&setup(100, 100, 6000), Regime::Accumulate);
        near(points[99].distance, plateau(100));
        near(points[9].distance, distance_law(Regime::Accumulate, 10, 100).unwrap());
        let replace = measure(&setup(100, 300, 500), Regime::Replace);
        let keep = measure(&setup(100, 300, 500), Regime::Keep10);
        assert!(keep[299].median > 0.9 && replace[299].median < 0.3, "{:?}", (keep[299], replace[299]));
        assert!(keep[299].distance < 0.1 * replace[299].distance);
    }

    #[test]
    fn results_do_not_depend_on_the_thread_count() {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let s = setup(20, 5, 64);
        assert_eq!(alone.install(|| measure(&s, Regime::Keep10)), measure(&s, Regime::Keep10));
    }
}

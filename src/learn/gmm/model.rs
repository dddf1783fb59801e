//! A mixture of Gaussians with full covariances, in double precision.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "training runs on faer")]

use faer::linalg::solvers::Llt;
use faer::{Mat, Side};
use rand::RngExt;
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;

use world::rng::Rng;

/// One Gaussian of a mixture.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    /// Natural logarithm of its mixing weight.
    pub share: f64,
    /// `[d]`.
    pub mean: Vec<f64>,
    /// Cholesky factor of the covariance, lower, `[d][d]`.
    pub factor: Vec<f64>,
}

/// The Gaussians of one class.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture(pub Vec<Gaussian>);

/// Sufficient statistics of a Gaussian: sums over samples, weighted by responsibility.
struct SufficientStats {
    weight: f64,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Gaussian {
    /// From mixing weight, mean and covariance.
    ///
    /// # Errors
    /// A covariance that is not positive definite.
    pub fn new(share: f64, mean: Vec<f64>, covariance: &[f64]) -> Result<Self, String> {
        let d = mean.len();
        let matrix = Mat::from_fn(d, d, |i, j| covariance[i * d + j]);
        let factor = Llt::new(matrix.as_ref(), Side::Lower)
            .map_err(|_| "a covariance is not positive definite; raise the setting `floor`".to_string())?;
        let factor = (0..d * d).map(|i| factor.L()[(i / d, i % d)]).collect();
        Ok(Self { share: share.ln(), mean, factor })
    }

    /// Natural logarithm of mixing weight times density.
    fn log_density(&self, x: &[f64], scratch: &mut [f64]) -> f64 {
        let d = x.len();
        let (mut squares, mut logs) = (0.0, 0.0);
        for i in 0..d {
            let row = &self.factor[i * d..i * d + i + 1];
            let known: f64 = row[..i].iter().zip(&*scratch).map(|(l, z)| l * z).sum();
            scratch[i] = (x[i] - self.mean[i] - known) / row[i];
            squares += scratch[i] * scratch[i];
            logs += row[i].ln();
        }
        self.share - 0.5 * (squares + d as f64 * std::f64::consts::TAU.ln()) - logs
    }
}

impl Mixture {
    /// `k` Gaussians of the samples' own covariance, centred on samples by k-means++ (Arthur and Vassilvitskii 2007).
    ///
    /// # Errors
    /// No sample, or a covariance that is not positive definite.
    pub fn begin(samples: &[Vec<f64>], k: usize, floor: f64, rng: Rng) -> Result<Self, String> {
        let (n, d) = (samples.len(), samples.first().map_or(0, Vec::len));
        if n == 0 {
            return Err("expected pictures of every class, found a class with none".into());
        }
        let k = k.min(n);
        let mut s = rng.sequence();
        let mut centres = vec![samples[s.random_range(0..n)].clone()];
        let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        let mut nearest: Vec<f64> = samples.iter().map(|s| distance(s, &centres[0])).collect();
        while centres.len() < k {
            // All samples are centres already: the last is repeated.
            let place = WeightedIndex::new(&nearest).map_or(n - 1, |far| far.sample(&mut s));
            let centre = samples[place].clone();
            nearest.iter_mut().zip(samples).for_each(|(w, x)| *w = w.min(distance(x, &centre)));
            centres.push(centre);
        }
        let mut all = SufficientStats::new(d);
        samples.iter().for_each(|s| all.add(s, 1.0));
        let covariance = all.covariance(floor);
        let make = |c| Gaussian::new(1.0 / k as f64, c, &covariance);
        Ok(Self(centres.into_iter().map(make).collect::<Result<_, _>>()?))
    }

    /// Log-density of a sample, and the responsibility of each Gaussian for it.
    pub fn responsibilities(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let mut scratch = vec![0.0; x.len()];
        let logs: Vec<f64> = self.0.iter().map(|g| g.log_density(x, &mut scratch)).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|l| (l - most).exp()).sum();
        let total = most + sum.ln();
        (total, logs.iter().map(|l| (l - total).exp()).collect())
    }

    /// One iteration of EM; returns the log-likelihood before it.
    ///
    /// # Errors
    /// A covariance that is not positive definite.
    pub fn em_step(&mut self, samples: &[Vec<f64>], floor: f64) -> Result<f64, String> {
        let d = samples[0].len();
        let mut stats: Vec<SufficientStats> = self.0.iter().map(|_| SufficientStats::new(d)).collect();
        let mut sum = 0.0;
        for x in samples {
            let (log, parts) = self.responsibilities(x);
            sum += log;
            stats.iter_mut().zip(parts).for_each(|(t, p)| t.add(x, p));
        }
        for (gaussian, stats) in self.0.iter_mut().zip(&stats) {
            // A Gaussian that explains no picture keeps its shape, with a mixing weight near zero.
            let share = (stats.weight / samples.len() as f64).max(1e-12);
            *gaussian = match stats.weight > 1.0 {
                true => Gaussian::new(share, stats.mean(), &stats.covariance(floor))?,
                false => Gaussian { share: share.ln(), ..gaussian.clone() },
            };
        }
        Ok(sum)
    }
}

impl SufficientStats {
    fn new(d: usize) -> Self {
        Self { weight: 0.0, first: vec![0.0; d], second: vec![0.0; d * d] }
    }

    fn add(&mut self, x: &[f64], part: f64) {
        if part < 1e-9 {
            return;
        }
        let d = x.len();
        self.weight += part;
        for i in 0..d {
            let scaled = part * x[i];
            self.first[i] += scaled;
            self.second[i * d..i * d + i + 1].iter_mut().zip(x).for_each(|(s, x)| *s += scaled * x);
        }
    }

    fn mean(&self) -> Vec<f64> {
        self.first.iter().map(|v| v / self.weight).collect()
    }

    /// Covariance, its diagonal raised by `floor` times its mean.
    fn covariance(&self, floor: f64) -> Vec<f64> {
        let (d, mean) = (self.first.len(), self.mean());
        let lower =
            |i: usize, j: usize| self.second[i.max(j) * d + i.min(j)] / self.weight - mean[i] * mean[j];
        let mut c: Vec<f64> = (0..d * d).map(|k| lower(k / d, k % d)).collect();
        let raise = floor * (0..d).map(|i| c[i * d + i]).sum::<f64>() / d as f64 + 1e-12;
        (0..d).for_each(|i| c[i * d + i] += raise);
        c
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two Gaussians on a line, 0.3 about −2 with deviation 1 and 0.7 about 3 with deviation 0.5.
    #[test]
    fn a_known_mixture_is_found_and_the_likelihood_never_falls() {
        let r = Rng::new(3);
        let one = |i: u64| match r.unit(i) < 0.3 {
            true => -2.0 + r.fork(1).normal(i) as f64,
            false => 3.0 + 0.5 * r.fork(1).normal(i) as f64,
        };
        let samples: Vec<Vec<f64>> = (0..20_000).map(|i| vec![one(i)]).collect();
        let mut m = Mixture::begin(&samples, 2, 1e-6, Rng::new(1)).unwrap();
        let mut last = f64::NEG_INFINITY;
        for _ in 0..60 {
            let now = m.em_step(&samples, 1e-6).unwrap();
            assert!(now >= last - 1e-3, "{now} after {last}");
            last = now;
        }
        m.0.sort_by(|a, b| a.mean[0].total_cmp(&b.mean[0]));
        for (g, (share, mean, deviation)) in m.0.iter().zip([(0.3, -2.0, 1.0), (0.7, 3.0, 0.5)]) {
            assert!((g.share.exp() - share).abs() < 0.01 && (g.mean[0] - mean).abs() < 0.03);
            assert!((g.factor[0] - deviation).abs() < 0.02, "{}", g.factor[0]);
        }
    }

    #[test]
    fn the_density_is_that_of_the_closed_form() {
        let g = Gaussian::new(1.0, vec![1.0, -1.0], &[2.0, 0.6, 0.6, 1.0]).unwrap();
        let x = [2.0, 0.5];
        let (a, b, det) = (1.0, 1.5, 2.0 - 0.36);
        let quadratic = (a * a * 1.0 - 2.0 * a * b * 0.6 + b * b * 2.0) / det;
        let expected = -0.5 * (quadratic + f64::ln(det)) - std::f64::consts::TAU.ln();
        assert!((g.log_density(&x, &mut [0.0; 2]) - expected).abs() < 1e-12);
        assert!(Gaussian::new(1.0, vec![0.0; 2], &[1.0, 2.0, 2.0, 1.0]).is_err());
    }
}

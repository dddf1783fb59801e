//! Confidence intervals by resampling.

use rand::RngExt;
use rand::seq::{IndexedRandom, index};
use rayon::prelude::*;

use super::{MetricError, mean};
pub use data::sample::shuffled;
use world::rng::Rng;

/// A point estimate with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// Lower and upper end of the 95 % interval.
    pub interval: [f64; 2],
}

impl Estimate {
    /// A value without an interval.
    pub fn point(value: f64) -> Self {
        Self { value, interval: [f64::NEG_INFINITY, f64::INFINITY] }
    }

    /// Whether it has an interval.
    pub fn has_interval(&self) -> bool {
        self.interval.iter().all(|end| end.is_finite())
    }
}

/// Number of resamples.
pub const DRAWS: usize = 200;
const TAIL: f64 = 0.025;

/// Mean of per-sample values, with a bootstrap interval (Efron 1979: resampling with replacement).
///
/// # Errors
/// No samples.
pub fn of_mean(metric: &'static str, values: &[f64], rng: Rng) -> Result<Estimate, MetricError> {
    if values.is_empty() {
        return Err(MetricError::TooFew { metric, what: "the set".into(), least: 1, found: 0 });
    }
    let n = values.len();
    let draw = |b: usize| {
        let mut s = rng.fork(b as u64).sequence();
        values.choose_iter(&mut s).into_iter().flatten().take(n).sum::<f64>() / n as f64
    };
    let mut draws: Vec<f64> = (0..DRAWS).into_par_iter().map(draw).collect();
    draws.sort_by(f64::total_cmp);
    Ok(Estimate { value: mean(values), interval: [quantile(&draws, TAIL), quantile(&draws, 1.0 - TAIL)] })
}

/// A value that is to first order the sum of two means of per-sample influences, one a set, with an interval by
/// resampling the influences (Efron 1979; 1982, chapter 6). A set without samples has no part in it.
pub fn of_influences(value: f64, influences: [&[f64]; 2], rng: Rng) -> Estimate {
    let resampled = |of: &[f64], rng: Rng| {
        let mut s = rng.sequence();
        of.choose_iter(&mut s).into_iter().flatten().take(of.len()).sum::<f64>() / of.len().max(1) as f64
    };
    let draw = |b: usize| {
        let [x, y] = [0, 1].map(|s: usize| resampled(influences[s], rng.fork((2 * b + s) as u64)));
        x + y
    };
    spread(value, (0..DRAWS).into_par_iter().map(draw).collect())
}

/// A statistic of whole sets, with an interval by subsampling half without replacement (Politis and Romano 1994): the
/// variance of half-samples is that of the full sample, and no sample is duplicated, which would distort neighbour
/// distances. `figure(reference, candidate)` takes sample indices: all of them, then halves.
///
/// # Errors
/// Those of `figure` on all samples, or on a half, as the interval is then undefined.
pub fn by_halves(
    sizes: [usize; 2],
    draws: usize,
    rng: Rng,
    figure: impl Fn(&[usize], &[usize]) -> Result<f64, MetricError> + Sync,
) -> Result<Estimate, MetricError> {
    let all = sizes.map(|n| (0..n).collect::<Vec<usize>>());
    let value = figure(&all[0], &all[1])?;
    let of_halves = |b: usize| {
        let [x, y] = [0, 1].map(|s| {
            let mut half = half(rng, b, s, sizes[s]);
            half.sort_unstable();
            half
        });
        figure(&x, &y)
    };
    let halves: Result<Vec<f64>, _> = (0..draws).into_par_iter().map(of_halves).collect();
    Ok(spread(value, halves.map_err(of_half)?))
}

/// Half of a set's indices in random order: those that [`by_halves`] takes at a draw of the reference (`set` 0) or of the
/// candidate (1).
pub(crate) fn half(rng: Rng, draw: usize, set: usize, size: usize) -> Vec<usize> {
    index::sample(&mut rng.fork((2 * draw + set) as u64).sequence(), size, size.div_ceil(2)).into_vec()
}

/// An estimate from the values of resamples. Many statistics are biased on fewer or repeated samples: only the spread
/// of the resamples is used.
pub(crate) fn spread(value: f64, mut draws: Vec<f64>) -> Estimate {
    draws.sort_by(f64::total_cmp);
    let centre = mean(&draws);
    Estimate { value, interval: [TAIL, 1.0 - TAIL].map(|q| value + (quantile(&draws, q) - centre)) }
}

/// Rewords an error about a half-sample in terms of the whole sample.
fn of_half(error: MetricError) -> MetricError {
    match error {
        MetricError::TooFew { metric, what, least, found } => MetricError::Unfit {
            metric,
            why: format!(
                "its interval needs half-samples: half of {what} must be at least {least}, found {found}"
            ),
        },
        other => other,
    }
}

/// A statistic of two time series, with an interval by the circular block bootstrap (Politis and Romano 1992): blocks
/// of √n successive indices, wrapping around the end, are drawn up to the length of the series, which preserves
/// autocorrelation. `figure(reference, candidate)` takes indices; a series of size 0 stays empty.
///
/// # Errors
/// Those of `figure`.
pub fn by_blocks(
    sizes: [usize; 2],
    rng: Rng,
    figure: impl Fn(&[usize], &[usize]) -> Result<f64, MetricError> + Sync,
) -> Result<Estimate, MetricError> {
    let all = sizes.map(|n| (0..n).collect::<Vec<usize>>());
    let value = figure(&all[0], &all[1])?;
    let draw = |b: usize| {
        let [x, y] = [0, 1].map(|s| blocks(sizes[s], rng.fork((2 * b + s) as u64)));
        figure(&x, &y)
    };
    let draws: Result<Vec<f64>, _> = (0..DRAWS).into_par_iter().map(draw).collect();
    Ok(spread(value, draws?))
}

fn blocks(n: usize, rng: Rng) -> Vec<usize> {
    let length = n.isqrt().max(1);
    let mut s = rng.sequence();
    let block = |_| {
        let from = s.random_range(0..n);
        (from..from + length).map(|i| i % n)
    };
    (0..n.div_ceil(length)).flat_map(block).take(n).collect()
}

/// Quantile of sorted values, linearly interpolated.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let at = q.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (i, t) = (at as usize, at.fract());
    sorted[i] + (sorted[(i + 1).min(sorted.len() - 1)] - sorted[i]) * t
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::normal;

    /// In how many of 200 sets the interval contains the true value.
    fn hits(truth: f64, figure: impl Fn(u64) -> Estimate) -> usize {
        (0..200).filter(|&s| figure(s).interval[0] <= truth && truth <= figure(s).interval[1]).count()
    }

    #[test]
    fn intervals_of_means_have_nominal_coverage() {
        let n = hits(0.3, |s| of_mean("m", normal(80, 1, s, 0.3).values(), Rng::new(s)).unwrap());
        assert!((178..=199).contains(&n), "{n} of 200");
    }

    #[test]
    fn intervals_by_halves_have_nominal_coverage() {
        let n = hits(1.0, |s| {
            let (a, b) = (normal(80, 1, s, 0.0), normal(60, 1, s + 999, 1.0));
            by_halves([80, 60], 100, Rng::new(s), |x, y| {
                Ok(mean(b.pick(y).values()) - mean(a.pick(x).values()))
            })
            .unwrap()
        });
        assert!((176..=199).contains(&n), "{n} of 200");
    }

    #[test]
    fn intervals_by_influences_are_those_of_the_sum_of_the_means() {
        let (x, y) = (normal(150, 1, 1, 0.0), normal(80, 1, 2, 0.0));
        let e = of_influences(3.0, [x.values(), y.values()], Rng::new(4));
        let wide = 2.0 * 1.96 * (1.0 / 150.0 + 1.0 / 80.0f64).sqrt();
        let found = e.interval[1] - e.interval[0];
        assert!(e.value == 3.0 && (found / wide - 1.0).abs() < 0.25, "{found} for {wide}");
        // Without the second set's part.
        let one = of_influences(3.0, [x.values(), &[]], Rng::new(4));
        let (found, wide) = (one.interval[1] - one.interval[0], 2.0 * 1.96 / 150f64.sqrt());
        assert!((found / wide - 1.0).abs() < 0.25, "{found} for {wide}");
        assert_eq!(of_influences(3.0, [&[], &[]], Rng::new(4)).interval, [3.0; 2]);
    }

    #[test]
    fn intervals_by_blocks_cover_autocorrelated_series() {
        // Moving sums of 8: neighbours correlate, and an ordinary bootstrap would be far too narrow.
        let series = |s: u64| {
            let steps = normal(407, 1, s, 0.0);
            let sums = steps.values().windows(8).map(|w| w.iter().sum::<f64>());
            sums.collect::<Vec<f64>>()
        };
        let at = |v: &[f64], y: &[usize]| mean(&y.iter().map(|&i| v[i]).collect::<Vec<_>>());
        let by = |s: u64| {
            let v = series(s);
            by_blocks([0, v.len()], Rng::new(s), |_, y| Ok(at(&v, y))).unwrap()
        };
        let (n, single) = (hits(0.0, by), hits(0.0, |s| of_mean("m", &series(s), Rng::new(s)).unwrap()));
        assert!((165..=199).contains(&n), "{n} of 200");
        assert!(single < 120, "{single} of 200");
    }

    #[test]
    fn a_half_sample_that_is_too_small_is_reported_as_such() {
        let least = |y: &[usize]| match y.len() {
            found if found < 2 => {
                Err(MetricError::TooFew { metric: "m", what: "the candidate".into(), least: 2, found })
            }
            n => Ok(n as f64),
        };
        let of = |n: usize| by_halves([0, n], 10, Rng::new(1), |_, y| least(y)).map(|f| f.value);
        assert_eq!(of(3), Ok(3.0));
        assert!(of(2).unwrap_err().to_string().contains("needs half-samples: half of the candidate"));
        assert!(of(1).unwrap_err().to_string().contains("at least 2 samples of the candidate, found 1"));
    }

    #[test]
    fn every_index_is_equally_likely() {
        let mut counts = [0; 5];
        (0..5000).for_each(|s| counts[shuffled(5, Rng::new(s))[0]] += 1);
        assert!(counts.iter().all(|c| (880..1120).contains(c)), "{counts:?}");
    }
}

//! How sure a figure is, from the samples themselves.

use rayon::prelude::*;

use super::{MetricError, mean};
pub use crate::data::sample::shuffled;
use crate::world::rng::Rng;

/// A figure with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// Least and greatest value that are still likely.
    pub interval: [f64; 2],
}

/// How often samples are drawn anew.
pub const DRAWS: usize = 200;
const TAIL: f64 = 0.025;

/// The mean of what each sample says, its interval by the bootstrap (Efron 1979): samples drawn with replacement.
///
/// # Errors
/// No samples.
pub fn of_mean(metric: &'static str, values: &[f64], rng: Rng) -> Result<Figure, MetricError> {
    if values.is_empty() {
        return Err(MetricError::TooFew { metric, what: "the set".into(), least: 1, found: 0 });
    }
    let n = values.len();
    let draw = |b: usize| {
        let r = rng.fork(b as u64);
        (0..n).map(|i| values[r.below(i as u64, n as u64) as usize]).sum::<f64>() / n as f64
    };
    let mut draws: Vec<f64> = (0..DRAWS).into_par_iter().map(draw).collect();
    draws.sort_by(f64::total_cmp);
    Ok(Figure { value: mean(values), interval: [quantile(&draws, TAIL), quantile(&draws, 1.0 - TAIL)] })
}

/// A figure of whole sets, its interval by random halves (Politis and Romano 1994): the spread of half of the samples
/// without replacement is that of all of them, and no sample comes twice, which would fool distances between
/// neighbours. `figure(reference, candidate)` is asked for the value with all places and with halves of them.
///
/// # Errors
/// Those of `figure` with all samples; a half that has no figure gives no interval, which is an error too.
pub fn by_halves(
    sizes: [usize; 2],
    draws: usize,
    rng: Rng,
    figure: impl Fn(&[usize], &[usize]) -> Result<f64, MetricError> + Sync,
) -> Result<Figure, MetricError> {
    let all = sizes.map(|n| (0..n).collect::<Vec<usize>>());
    let value = figure(&all[0], &all[1])?;
    let half = |b: usize| {
        let [x, y] = [0, 1].map(|s| {
            let mut order = shuffled(sizes[s], rng.fork((2 * b + s) as u64));
            order.truncate(sizes[s].div_ceil(2));
            order.sort_unstable();
            order
        });
        figure(&x, &y)
    };
    let mut halves = (0..draws).into_par_iter().map(half).collect::<Result<Vec<f64>, _>>()?;
    halves.sort_by(f64::total_cmp);
    // Many figures of fewer samples are off to one side: only their spread is used.
    let centre = mean(&halves);
    let spread = [quantile(&halves, TAIL) - centre, quantile(&halves, 1.0 - TAIL) - centre];
    Ok(Figure { value, interval: [value + spread[0], value + spread[1]] })
}

/// Quantile of sorted values, between neighbours.
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
    use crate::bench::metrics::testing::normal;

    /// How often the interval holds the truth, over many sets.
    fn held(truth: f64, figure: impl Fn(u64) -> Figure) -> usize {
        (0..200).filter(|&s| figure(s).interval[0] <= truth && truth <= figure(s).interval[1]).count()
    }

    #[test]
    fn intervals_of_means_hold_the_mean_nineteen_times_of_twenty() {
        let n = held(0.3, |s| of_mean("m", normal(80, 1, s, 0.3).values(), Rng::new(s)).unwrap());
        assert!((178..=199).contains(&n), "{n} of 200");
    }

    #[test]
    fn intervals_by_halves_hold_the_truth_nineteen_times_of_twenty() {
        let n = held(1.0, |s| {
            let (a, b) = (normal(80, 1, s, 0.0), normal(60, 1, s + 999, 1.0));
            by_halves([80, 60], 100, Rng::new(s), |x, y| {
                Ok(mean(b.pick(y).values()) - mean(a.pick(x).values()))
            })
            .unwrap()
        });
        assert!((176..=199).contains(&n), "{n} of 200");
    }

    #[test]
    fn every_place_is_drawn_alike() {
        let mut counts = [0; 5];
        (0..5000).for_each(|s| counts[shuffled(5, Rng::new(s))[0]] += 1);
        assert!(counts.iter().all(|c| (880..1120).contains(c)), "{counts:?}");
    }
}

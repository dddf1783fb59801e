//! How long and how closely a candidate follows the truth, and whether it survives.

use super::super::autocorrelation::decorrelation_time;
use super::super::correlation::{self, correlation_curves};
use super::super::error::{error_curves, valid_times};
use super::super::exactness::{equal_shares, first_difference};
use super::super::resample::{mean_curve, wilson};
use super::metric::{Outcome, Resampling, Statistic};
use super::side::Comparison;
use crate::metrics::{MetricError, mean};

/// Mean over some worlds of a value each.
fn mean_over(values: Vec<f64>) -> impl Fn(&[usize]) -> Result<f64, MetricError> + Sync {
    move |worlds| Ok(worlds.iter().map(|w| values[*w]).sum::<f64>() / worlds.len() as f64)
}

/// First frame in which the mean correlation is below the threshold.
pub(super) fn correlation_time<'a>(c: &'a Comparison<'a>, threshold: f64) -> Outcome<'a> {
    let curves = correlation_curves(&c.truth.observed, &c.candidate.observed);
    let time = move |worlds: &[usize]| Ok(correlation::correlation_time(&curves, worlds, threshold));
    Statistic::crossing(c.frames() as f64, &c.all(), time)
}

/// Mean time until the error is too large, in autocorrelation times of the truth.
pub(super) fn valid_prediction_time<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let unit = decorrelation_time(&mean_curve(c.truth.memory()?, &c.all()));
    if unit.censored || unit.time <= 0.0 {
        let why = "the truth does not decorrelate within half of the late frames".to_string();
        return Err(MetricError::Unfit { metric: "valid-prediction-time", why });
    }
    let times = valid_times(&error_curves(&c.truth.observed, &c.candidate.observed));
    let is_censored = times.iter().any(|t| t.censored);
    let of_worlds = times.iter().map(|t| t.time / unit.time).collect();
    let statistic = Statistic::of(mean_over(of_worlds)).within([0.0, c.frames() as f64 / unit.time]);
    Ok(Statistic { is_censored, ..statistic })
}

/// Mean error over all frames.
pub(super) fn error<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let curves = error_curves(&c.truth.observed, &c.candidate.observed);
    Ok(Statistic::of(mean_over(curves.iter().map(|curve| mean(curve)).collect())))
}

/// Share of worlds in which the candidate blew up.
pub(super) fn blow_ups<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let blown = c.candidate.worlds.rollouts.iter().map(|r| r.blow_up().is_some());
    let hits = blown.clone().filter(|b| *b).count();
    let share = mean_over(blown.map(|b| f64::from(u8::from(b))).collect());
    Ok(Statistic::of(share).by(Resampling::Known(wilson(hits, c.worlds()))))
}

fn shares(c: &Comparison) -> Vec<Vec<f64>> {
    let pairs = c.truth.worlds.rollouts.iter().zip(c.candidate.worlds.rollouts);
    pairs.map(|(truth, candidate)| equal_shares(truth, candidate)).collect()
}

/// Mean share of cells that are equal, over all frames.
pub(super) fn equal_cells<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let of_worlds = shares(c).iter().map(|s| mean(s)).collect();
    Ok(Statistic::of(mean_over(of_worlds)).within([0.0, 1.0]))
}

/// Mean first frame that differs.
pub(super) fn exact_frames<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let first: Vec<_> = shares(c).iter().map(|s| first_difference(s)).collect();
    let is_censored = first.iter().any(|f| f.censored);
    let statistic = Statistic::of(mean_over(first.iter().map(|f| f.time).collect()));
    Ok(Statistic { is_censored, ..statistic.within([0.0, c.frames() as f64]) })
}

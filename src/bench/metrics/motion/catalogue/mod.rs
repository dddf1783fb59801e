//! All metrics of moving pictures by name, each with its confidence interval over worlds, floor and ceiling.
//!
//! The floor is what the truth itself reaches: other roll-outs of the rule, or the rule from a slightly different start,
//! which is all that chaos allows. The ceiling is what nobody needs to learn: persistence, or noise.

mod climate;
mod curves;
mod list;
mod metric;
mod physics;
mod side;
#[cfg(test)]
mod tests;
mod time;

pub use curves::{MotionCurves, curves};
pub use list::MOTION_METRICS;
use metric::Resampling;
pub use metric::{Censored, MotionMetric, NamedResult};
use side::{Comparison, Side, View};
pub use side::{MotionSetup, Worlds};

use super::resample::{over_halves, over_worlds};
use super::rollout::check_pairs;
use crate::metrics::MetricError;
use crate::metrics::catalogue::{Baseline, MetricResult};
use crate::metrics::interval::Estimate;
use world::rng::Rng;

/// The metric of this name.
pub fn find(name: &str) -> Option<&'static MotionMetric> {
    MOTION_METRICS.iter().find(|m| m.name == name)
}

/// Computes those of the metrics that apply to these worlds, in order. Candidate, floor and ceiling are roll-outs of the
/// same worlds as the truth, in the same order; each is held against the truth.
///
/// # Errors
/// No worlds, sides that differ in number of worlds, layout or length, a truth that is not finite or constant, or late
/// frames that there are not. A metric that cannot be computed has its own error in its place.
pub fn evaluate(
    truth: &Worlds,
    candidate: &Worlds,
    floor: Option<&Worlds>,
    ceiling: Option<&Worlds>,
    setup: &MotionSetup,
    metrics: &[&MotionMetric],
) -> Result<Vec<NamedResult>, MetricError> {
    for other in [Some(truth), Some(candidate), floor, ceiling].into_iter().flatten() {
        check_pairs(truth.rollouts, other.rollouts)?;
    }
    let view = View::of(truth.rollouts, setup)?;
    let (reference, of) = (view.side(truth)?, view.side(candidate)?);
    let bounds = [floor, ceiling].map(|bound| bound.map(|worlds| view.side(worlds)));
    let [floor, ceiling] = bounds.map(Option::transpose);
    let bounds = [floor?, ceiling?];
    let applying = metrics.iter().filter(|m| (m.applies)(truth));
    Ok(applying.map(|m| one(m, &reference, &of, [bounds[0].as_ref(), bounds[1].as_ref()], setup)).collect())
}

/// One metric with its bounds; a bound that cannot be computed is left out.
fn one(
    metric: &MotionMetric,
    truth: &Side,
    candidate: &Side,
    bounds: [Option<&Side>; 2],
    setup: &MotionSetup,
) -> NamedResult {
    let samples = [truth.observed.worlds(); 2];
    let bounds = bounds.map(|side| {
        let comparison = Comparison { truth, candidate: side?, setup };
        let statistic = (metric.compute)(&comparison).ok()?;
        let value = (statistic.figure)(&comparison.all()).ok()?;
        Some((Baseline { value, samples }, statistic.is_censored))
    });
    let comparison = Comparison { truth, candidate, setup };
    let estimated = estimate(metric, &comparison);
    let [floor, ceiling] = bounds.map(|bound| bound.map(|(baseline, _)| baseline));
    let is_cut = |bound: Option<(Baseline, bool)>| bound.is_some_and(|(_, is_censored)| is_censored);
    let censored = Censored {
        figure: estimated.as_ref().is_ok_and(|(_, is_censored, _)| *is_censored),
        floor: is_cut(bounds[0]),
        ceiling: is_cut(bounds[1]),
    };
    let result = estimated.map(|(figure, _, of_reference)| MetricResult {
        figure,
        samples,
        floor,
        ceiling,
        of_reference,
    });
    let MotionMetric { name, about, unit, better, .. } = *metric;
    NamedResult { name, about, unit, better, censored, result }
}

/// The candidate's value with its interval, whether it is censored, and the truth's own.
fn estimate(
    metric: &MotionMetric,
    comparison: &Comparison,
) -> Result<(Estimate, bool, Option<f64>), MetricError> {
    let statistic = (metric.compute)(comparison)?;
    let rng = Rng::new(comparison.setup.seed).named("worlds");
    let (worlds, figure) = (comparison.worlds(), &statistic.figure);
    let estimate = match statistic.resampling {
        _ if !comparison.setup.intervals => Estimate::point(figure(&comparison.all())?),
        Resampling::Bootstrap => over_worlds(worlds, rng, figure)?,
        Resampling::Halves(draws) => over_halves(worlds, draws, rng, figure)?,
        Resampling::Known(interval) => Estimate { value: figure(&comparison.all())?, interval },
    };
    let [least, most] = statistic.range;
    let interval = estimate.interval.map(|end| end.max(least).min(most));
    Ok((Estimate { interval, ..estimate }, statistic.is_censored, statistic.of_reference))
}

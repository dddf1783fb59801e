//! Curves of a comparison, to be drawn.

use super::super::budget::{Boundedness, boundedness, ratio_series};
use super::super::correlation::correlation_curves;
use super::super::error::error_curves;
use super::super::resample::{mean_curve, mean_curve_with_interval, quantile_bands};
use super::super::rollout::check_pairs;
use super::side::{Comparison, MotionSetup, Side, View, Worlds};
use crate::metrics::MetricError;
use crate::metrics::interval::Estimate;
use world::rng::Rng;

/// What a comparison looks like against time, wavenumber, frequency and lag. Pairs are of truth and candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct MotionCurves {
    /// Mean correlation with the truth in each frame, with its interval over worlds.
    pub correlation: Vec<Estimate>,
    /// Normalised RMS error in each frame: its 10 %, 50 % and 90 % quantiles over worlds.
    pub error: Vec<[f64; 3]>,
    /// Energy over the truth's in each frame, worlds together; if the truth is not at rest.
    pub energy: Option<Vec<f64>>,
    /// How that ratio develops; if there are enough frames.
    pub boundedness: Option<Boundedness>,
    /// Energy by wavenumber over the late frames.
    pub spectrum: [Vec<f64>; 2],
    /// Power by frequency over the late frames, and the frames of a segment (bin `k` is `k` periods in so many); if
    /// there are enough frames.
    pub temporal: Option<([Vec<f64>; 2], usize)>,
    /// Autocorrelation by lag over the late frames; if there are enough of them.
    pub autocorrelation: Option<[Vec<f64>; 2]>,
}

/// The curves of a candidate against the truth.
///
/// # Errors
/// Those of [`evaluate`](super::evaluate).
pub fn curves(truth: &Worlds, candidate: &Worlds, setup: &MotionSetup) -> Result<MotionCurves, MetricError> {
    check_pairs(truth.rollouts, candidate.rollouts)?;
    let view = View::of(truth.rollouts, setup)?;
    let (truth, candidate) = (view.side(truth)?, view.side(candidate)?);
    of_comparison(&Comparison { truth: &truth, candidate: &candidate, setup })
}

fn of_comparison(c: &Comparison) -> Result<MotionCurves, MetricError> {
    let all = c.all();
    let [truth, candidate] = [c.truth, c.candidate];
    let energy =
        ratio_series(&mean_curve(&truth.energies()?, &all), &mean_curve(&candidate.energies()?, &all)).ok();
    let temporal = |side: &Side| {
        let worlds = side.temporal().ok()?;
        let power: Vec<Vec<f64>> = worlds.iter().map(|w| w.power.clone()).collect();
        Some((mean_curve(&power, &all), worlds.first()?.segment))
    };
    let memory = |side: &Side| Some(mean_curve(side.memory().ok()?, &all));
    Ok(MotionCurves {
        correlation: mean_curve_with_interval(
            &correlation_curves(&truth.observed, &candidate.observed),
            Rng::new(c.setup.seed).named("worlds"),
        ),
        error: quantile_bands(&error_curves(&truth.observed, &candidate.observed), [0.1, 0.5, 0.9]),
        boundedness: energy.as_ref().and_then(|ratios| boundedness(ratios).ok()),
        energy,
        spectrum: [mean_curve(truth.spectra()?, &all), mean_curve(candidate.spectra()?, &all)],
        temporal: temporal(truth).zip(temporal(candidate)).map(|((a, segment), (b, _))| ([a, b], segment)),
        autocorrelation: memory(truth).zip(memory(candidate)).map(|(a, b)| [a, b]),
    })
}

//! Long-run statistics: what a world is like once correlation with the truth is lost.

use super::super::autocorrelation::{decorrelation_time, integrated_time};
use super::super::crossing::Crossing;
use super::super::distribution::{DistributionDistance, Powers, Quantity, distribution_distance};
use super::super::flicker::Flicker;
use super::super::resample::mean_curve;
use super::super::video::{kernel_sums, of_worlds, stacked};
use super::metric::{Outcome, Resampling, Statistic};
use super::side::{Comparison, Side};
use crate::metrics::interval::DRAWS;
use crate::metrics::{MetricError, SampleMatrix, frechet};

/// A distance of the distributions of a quantity.
pub(super) fn distance<'a>(
    c: &'a Comparison<'a>,
    quantity: Quantity,
    part: fn(DistributionDistance) -> f64,
) -> Outcome<'a> {
    let (truth, candidate) = (c.truth.samples(quantity)?, c.candidate.samples(quantity)?);
    Ok(Statistic::of(move |worlds| {
        Ok(part(distribution_distance(&pooled(truth, worlds), &pooled(candidate, worlds))))
    }))
}

/// Samples of some worlds, in ascending order.
fn pooled(samples: &[Vec<f64>], worlds: &[usize]) -> Vec<f64> {
    let mut all: Vec<f64> = worlds.iter().flat_map(|w| &samples[*w]).copied().collect();
    // A stable sort merges what is in order.
    all.sort_by(f64::total_cmp);
    all
}

/// Kurtosis of the increments.
pub(super) fn kurtosis<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let of = |side: &Side| -> Result<Vec<Powers>, MetricError> {
        let world = |w| Powers::of(Quantity::Increments, &side.observed, w, side.late.clone());
        (0..c.worlds()).map(world).collect()
    };
    let figure = |side: &[Powers], worlds: &[usize]| {
        worlds.iter().fold(Powers::default(), |sum, w| sum.and(side[*w])).kurtosis()
    };
    let (truth, candidate) = (of(c.truth)?, of(c.candidate)?);
    let reference = figure(&truth, &c.all());
    Ok(Statistic::of(move |worlds| Ok(figure(&candidate, worlds))).about(reference))
}

/// A time of the autocorrelation.
fn memory<'a>(c: &'a Comparison<'a>, time: fn(&[f64]) -> Crossing) -> Outcome<'a> {
    let [truth, candidate] = [c.truth.memory()?, c.candidate.memory()?];
    let reference = time(&mean_curve(truth, &c.all())).time;
    let figure = move |worlds: &[usize]| Ok(time(&mean_curve(candidate, worlds)));
    Ok(Statistic::crossing(c.frames() as f64, &c.all(), figure)?.about(reference))
}

/// Lag at which the autocorrelation has fallen to 1/e.
pub(super) fn decorrelation<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    memory(c, decorrelation_time)
}

/// Integrated autocorrelation time.
pub(super) fn integrated<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    memory(c, integrated_time)
}

/// Flicker over all frames.
pub(super) fn flicker<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let of = |side: &Side| -> Result<Vec<Flicker>, MetricError> {
        (0..c.worlds()).map(|w| Flicker::of(&side.observed, w, 0..c.frames())).collect()
    };
    let figure = |side: &[Flicker], worlds: &[usize]| {
        worlds.iter().fold(Flicker::default(), |sum, w| sum.and(side[*w])).ratio()
    };
    let (truth, candidate) = (of(c.truth)?, of(c.candidate)?);
    let reference = figure(&truth, &c.all());
    Ok(Statistic::of(move |worlds| Ok(figure(&candidate, worlds))).about(reference))
}

/// Stacked features of both sides over the late frames.
fn stacks(c: &Comparison) -> Result<[SampleMatrix; 2], MetricError> {
    let of = |side: &Side| {
        let why = "needs features of an eye".to_string();
        let features = side.worlds.features.ok_or(MetricError::Unfit { metric: "video distance", why })?;
        stacked(features, &c.setup.offsets, side.late.clone(), c.setup.every)
    };
    Ok([of(c.truth)?, of(c.candidate)?])
}

/// Estimates of a distance may fall below 0, the kernel's by chance and Fréchet's by rounding.
const ANY: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

/// Kernel distance of stacked features.
pub(super) fn video_kernel<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let [truth, candidate] = stacks(c)?;
    let clips = truth.rows() / c.worlds();
    let sums = kernel_sums(&truth, &candidate, c.worlds())?;
    let figure = move |worlds: &[usize]| match clips * worlds.len() {
        found if found < 2 => {
            let (metric, what) = ("video distance", "the clips".into());
            Err(MetricError::TooFew { metric, what, least: 2, found })
        }
        _ => Ok(sums.of(worlds, worlds).unbiased),
    };
    Ok(Statistic::of(figure).within(ANY).by(Resampling::Halves(DRAWS)))
}

/// Halves of the worlds where each is expensive.
const FEW_DRAWS: usize = 40;

/// Fréchet distance of stacked features.
pub(super) fn video_frechet<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let ([truth, candidate], n) = (stacks(c)?, c.worlds());
    let figure = move |worlds: &[usize]| {
        frechet::frechet(&of_worlds(&truth, n, worlds), &of_worlds(&candidate, n, worlds))
    };
    Ok(Statistic::of(figure).within(ANY).by(Resampling::Halves(FEW_DRAWS)))
}

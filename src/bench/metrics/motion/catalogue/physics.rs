//! Spectra and budgets.

use super::super::budget::{
    Boundedness, FlowBudget, boundedness, divergence_ratio, mean_density, ratio_series,
};
use super::super::ratio::{SpectralRatio, spectral_ratio};
use super::super::resample::mean_curve;
use super::super::temporal::{TemporalPower, fast_share};
use super::metric::{Outcome, Statistic};
use super::side::{Comparison, Side};
use crate::metrics::MetricError;

/// A part of the ratio of the energy spectra.
pub(super) fn spectrum<'a>(c: &'a Comparison<'a>, part: fn(SpectralRatio) -> f64) -> Outcome<'a> {
    let (truth, candidate) = (c.truth.spectra()?, c.candidate.spectra()?);
    let (w, h) = c.truth.observed.size();
    let last = c.setup.last_shell.unwrap_or(w.min(h) / 2);
    Ok(Statistic::of(move |worlds| {
        spectral_ratio(&mean_curve(truth, worlds), &mean_curve(candidate, worlds), last).map(part)
    }))
}

/// A part of the ratio of the power in time.
pub(super) fn temporal<'a>(c: &'a Comparison<'a>, part: fn(SpectralRatio) -> f64) -> Outcome<'a> {
    let (truth, candidate) = (c.truth.temporal()?, c.candidate.temporal()?);
    Ok(Statistic::of(move |worlds| {
        let (truth, candidate) = (mean_power(truth, worlds), mean_power(candidate, worlds));
        spectral_ratio(&truth.power, &candidate.power, truth.power.len() - 1).map(part)
    }))
}

/// Mean over some worlds, all of which have segments of one length.
fn mean_power(of: &[TemporalPower], worlds: &[usize]) -> TemporalPower {
    let picked: Vec<&TemporalPower> = worlds.iter().map(|w| &of[*w]).collect();
    let bins = picked.first().map_or(0, |p| p.power.len());
    let at = |k: usize| picked.iter().map(|p| p.power[k]).sum::<f64>() / picked.len() as f64;
    TemporalPower { segment: picked.first().map_or(0, |p| p.segment), power: (0..bins).map(at).collect() }
}

/// Share of the power in time above half the highest frequency.
pub(super) fn fast_power<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let sides = [c.truth.temporal()?, c.candidate.temporal()?];
    let share = |side: &[TemporalPower], worlds: &[usize]| Ok(fast_share(&mean_power(side, worlds)));
    Ok(Statistic::one_sided(sides, &c.all(), share)?.within([0.0, 1.0]))
}

/// A part of how the energy, over the truth's, develops.
pub(super) fn energy<'a>(c: &'a Comparison<'a>, part: fn(Boundedness) -> f64) -> Outcome<'a> {
    let (truth, candidate) = (c.truth.energies()?, c.candidate.energies()?);
    let figure = move |worlds: &[usize]| {
        boundedness(&ratio_series(&mean_curve(&truth, worlds), &mean_curve(&candidate, worlds))?).map(part)
    };
    Ok(Statistic::of(figure).about(1.0))
}

/// Mean enstrophy over the late frames, over the truth's.
pub(super) fn enstrophy<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let (truth, candidate, late) = (c.truth.budgets()?, c.candidate.budgets()?, &c.truth.late);
    let mean = move |side: &[Vec<FlowBudget>], worlds: &[usize]| {
        let frames = worlds.iter().flat_map(|w| &side[*w][late.clone()]);
        frames.map(|b| b.enstrophy).sum::<f64>()
    };
    let figure = move |worlds: &[usize]| match mean(truth, worlds) {
        none if none <= 0.0 => {
            Err(MetricError::Unfit { metric: "enstrophy", why: "the truth has no vorticity".into() })
        }
        all => Ok(mean(candidate, worlds) / all),
    };
    Ok(Statistic::of(figure).about(1.0))
}

/// RMS divergence over RMS vorticity of the late frames.
pub(super) fn divergence<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let (sides, late) = ([c.truth.budgets()?, c.candidate.budgets()?], &c.truth.late);
    let ratio = move |side: &[Vec<FlowBudget>], worlds: &[usize]| {
        Ok(divergence_ratio(worlds.iter().flat_map(|w| &side[*w][late.clone()])))
    };
    Statistic::one_sided(sides, &c.all(), ratio)
}

/// Largest relative difference of the mean density from the truth's.
pub(super) fn mass<'a>(c: &'a Comparison<'a>) -> Outcome<'a> {
    let of = |side: &Side| -> Result<Vec<Vec<f64>>, MetricError> {
        let world = |r| (0..c.frames()).map(|t| mean_density(r, t)).collect::<Result<Vec<f64>, _>>();
        side.worlds.rollouts.iter().map(world).collect()
    };
    let (truth, candidate) = (of(c.truth)?, of(c.candidate)?);
    Ok(Statistic::of(move |worlds| {
        let ratios = ratio_series(&mean_curve(&truth, worlds), &mean_curve(&candidate, worlds))?;
        Ok(ratios.iter().map(|r| (r - 1.0).abs()).fold(0.0, f64::max))
    }))
}

//! Metrics of feature matrices.

use rand::RngExt;

use super::super::interval::{DRAWS, Estimate, by_blocks, by_halves, of_mean, shuffled};
use super::super::kernel::{self, Kernel};
use super::super::neighbours::{NeighbourStats, memorisation, neighbour_stats};
use super::super::novelty::{last_half, novelty};
use super::super::{MetricError, SampleMatrix, diversity, mean};
use super::inputs::MetricInputs;
use super::result::{Baseline, MetricResult};
use world::rng::Rng;

/// Random splits of the reference for the floor.
const FLOORS: u64 = 4;

pub(super) fn rng(q: &MetricInputs, purpose: &str) -> Rng {
    Rng::new(q.seed).named(purpose)
}

pub(super) fn all(q: &MetricInputs) -> [usize; 2] {
    [q.reference.rows(), q.candidate.rows()]
}

/// A metric of two sets, recomputed on halves for the interval.
pub(super) fn two_sets(
    q: &MetricInputs,
    draws: usize,
    f: impl Fn(&SampleMatrix, &SampleMatrix) -> Result<f64, MetricError> + Sync,
) -> Result<MetricResult, MetricError> {
    let figure =
        by_halves(all(q), draws, rng(q, "halves"), |x, y| f(&q.reference.pick(x), &q.candidate.pick(y)))?;
    bounded(q, figure, f)
}

/// A value with its floor and ceiling; a bound that cannot be computed is omitted.
fn bounded(
    q: &MetricInputs,
    figure: Estimate,
    f: impl Fn(&SampleMatrix, &SampleMatrix) -> Result<f64, MetricError>,
) -> Result<MetricResult, MetricError> {
    let floors: Result<Vec<f64>, MetricError> =
        (0..FLOORS).map(|i| halves(q, i)).map(|[a, b]| f(&a, &b)).collect();
    let floor = floors.ok().map(|v| Baseline { value: mean(&v), samples: [q.reference.rows() / 2; 2] });
    let ceiling = f(q.reference, &noise(q)).ok().map(|value| Baseline { value, samples: all(q) });
    Ok(MetricResult { figure, samples: all(q), floor, ceiling, of_reference: None })
}

/// The reference split into two random halves.
fn halves(q: &MetricInputs, draw: u64) -> [SampleMatrix; 2] {
    let half = q.reference.rows() / 2;
    let order = shuffled(q.reference.rows(), rng(q, "floor").fork(draw));
    [&order[..half], &order[half..2 * half]].map(|indices| q.reference.pick(indices))
}

/// As many samples as the candidate has, each feature uniform over the reference's range.
fn noise(q: &MetricInputs) -> SampleMatrix {
    let (d, mut s) = (q.reference.columns(), rng(q, "noise").sequence());
    let ranges: Vec<(f64, f64)> = (0..d)
        .map(|c| {
            let column = q.reference.column(c);
            column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)))
        })
        .collect();
    let value = |i: usize| {
        let (lo, hi) = ranges[i % d];
        lo + (hi - lo) * s.random::<f64>()
    };
    let values = (0..q.candidate.rows() * d).map(value).collect();
    SampleMatrix::new(d, values).unwrap_or_else(|_| q.candidate.clone())
}

/// Groups of samples over which the kernel is summed; halves are drawn from the groups.
const GROUPS: usize = 24;

pub(super) fn discrepancy(q: &MetricInputs, kernel: Kernel) -> Result<MetricResult, MetricError> {
    let groups = GROUPS.min(q.reference.rows().min(q.candidate.rows()) / 4).max(1);
    let sums = kernel::sums(q.reference, q.candidate, kernel, groups)?;
    let figure = match groups {
        1 => Estimate { value: sums.all().unbiased, interval: [f64::NEG_INFINITY, f64::INFINITY] },
        _ => by_halves([groups; 2], DRAWS, rng(q, "halves"), |x, y| Ok(sums.of(x, y).unbiased))?,
    };
    bounded(q, figure, |a, b| Ok(kernel::discrepancy(a, b, kernel)?.unbiased))
}

/// Neighbour statistics of the two sets, of halves of the reference, and of noise.
pub(super) struct NeighbourCache {
    both: Result<NeighbourStats, MetricError>,
    floors: Result<Vec<NeighbourStats>, MetricError>,
    noise: Result<NeighbourStats, MetricError>,
}

impl NeighbourCache {
    pub(super) fn of(q: &MetricInputs) -> Self {
        let both = neighbour_stats(q.reference, q.candidate, q.k);
        Self {
            floors: (0..FLOORS).map(|i| halves(q, i)).map(|[a, b]| neighbour_stats(&a, &b, q.k)).collect(),
            noise: both.clone().and_then(|_| neighbour_stats(q.reference, &noise(q), q.k)),
            both,
        }
    }

    pub(super) fn result(
        &self,
        q: &MetricInputs,
        part: fn(&NeighbourStats) -> &Vec<f64>,
    ) -> Result<MetricResult, MetricError> {
        let both = self.both.as_ref().map_err(Clone::clone)?;
        let figure = of_mean("neighbours", part(both), rng(q, "bootstrap"))?;
        let floors = |f: &Vec<NeighbourStats>| mean(&f.iter().map(|s| mean(part(s))).collect::<Vec<_>>());
        let floor = self
            .floors
            .as_ref()
            .ok()
            .map(|f| Baseline { value: floors(f), samples: [q.reference.rows() / 2; 2] });
        let ceiling = self.noise.as_ref().ok().map(|s| Baseline { value: mean(part(s)), samples: all(q) });
        Ok(MetricResult { figure, samples: all(q), floor, ceiling, of_reference: None })
    }
}

/// A metric of one set, computed for the candidate and, for comparison, for the reference.
pub(super) fn one_set(
    q: &MetricInputs,
    [reference, candidate]: [&SampleMatrix; 2],
    f: impl Fn(&SampleMatrix) -> Result<f64, MetricError> + Sync,
) -> Result<MetricResult, MetricError> {
    let n = candidate.rows();
    let figure = by_halves([0, n], DRAWS / 2, rng(q, "halves"), |_, y| f(&candidate.pick(y)))?;
    let of_reference = Some(f(reference)?);
    Ok(MetricResult { figure, samples: all(q), floor: None, ceiling: None, of_reference })
}

pub(super) fn class_score(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let tables = q.probabilities.ok_or(MetricError::Unfit {
        metric: "class-score",
        why: "needs pictures and a judge that classifies them".into(),
    })?;
    one_set(q, tables, diversity::class_score)
}

pub(super) fn memorised(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let held_out = q
        .held_out
        .ok_or(MetricError::Unfit { metric: "memorisation", why: "needs held-out samples".into() })?;
    let values = memorisation(q.reference, held_out, q.candidate)?;
    let figure = of_mean("memorisation", &values, rng(q, "bootstrap"))?;
    let copied = mean(&memorisation(q.reference, held_out, q.reference)?);
    let ceiling = Some(Baseline { value: copied, samples: [q.reference.rows(); 2] });
    Ok(MetricResult { figure, samples: all(q), floor: None, ceiling, of_reference: None })
}

/// Novelty late in the sequence; successive samples correlate, so the interval is by block bootstrap.
pub(super) fn late_novelty(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let late = |t: &SampleMatrix| novelty(t, q.k).map(|v| last_half(&v).to_vec());
    let (reference, candidate) = (late(q.reference)?, late(q.candidate)?);
    let at = |indices: &[usize]| mean(&indices.iter().map(|&i| candidate[i]).collect::<Vec<_>>());
    let figure = by_blocks([0, candidate.len()], rng(q, "blocks"), |_, y| Ok(at(y)))?;
    let samples = [reference.len(), candidate.len()];
    Ok(MetricResult { figure, samples, floor: None, ceiling: None, of_reference: Some(mean(&reference)) })
}

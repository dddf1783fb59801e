//! Metrics of feature matrices.

use rand::RngExt;
use rayon::prelude::*;

use super::super::frechet::{self, KnownSet};
use super::super::interval::{DRAWS, Estimate, by_blocks, by_halves, of_mean, shuffled};
use super::super::kernel::{self, Kernel, SummedSet};
use super::super::neighbours::memorisation;
use super::super::novelty::{last_half, novelty};
use super::super::{MetricError, SampleMatrix, Samples, diversity, mean};
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

/// The mean of per-sample values, with an interval if wanted.
pub(super) fn of_values(
    q: &MetricInputs,
    what: &'static str,
    values: &[f64],
    purpose: &str,
) -> Result<Estimate, MetricError> {
    match q.intervals || values.is_empty() {
        true => of_mean(what, values, rng(q, purpose)),
        false => Ok(Estimate::point(mean(values))),
    }
}

/// A metric of two sets, recomputed on halves for the interval.
pub(super) fn two_sets(
    q: &MetricInputs,
    draws: usize,
    f: impl Fn(&SampleMatrix, &SampleMatrix) -> Result<f64, MetricError> + Sync,
) -> Result<MetricResult, MetricError> {
    let of_rows = |x: &[usize], y: &[usize]| f(&q.reference.pick(x), &q.candidate.pick(y));
    let figure = match q.intervals {
        true => by_halves(all(q), draws, rng(q, "halves"), of_rows)?,
        false => Estimate::point(f(q.reference, q.candidate)?),
    };
    let halves = |[a, b]: [Vec<usize>; 2]| f(&q.reference.pick(&a), &q.reference.pick(&b));
    let floors = splits(q).into_iter().map(halves).collect();
    Ok(bounded(q, figure, floors, f(q.reference, &noise(q))))
}

/// A value with its floor and ceiling; a bound that could not be computed is omitted.
pub(super) fn bounded(
    q: &MetricInputs,
    figure: Estimate,
    floors: Result<Vec<f64>, MetricError>,
    ceiling: Result<f64, MetricError>,
) -> MetricResult {
    let floor = floors.ok().filter(|v| !v.is_empty());
    let floor = floor.map(|v| Baseline { value: mean(&v), samples: [q.reference.rows() / 2; 2] });
    let ceiling = ceiling.ok().map(|value| Baseline { value, samples: all(q) });
    MetricResult { figure, samples: all(q), floor, ceiling, of_reference: None }
}

/// Random splits of the reference into two halves.
pub(super) fn splits(q: &MetricInputs) -> Vec<[Vec<usize>; 2]> {
    let (n, half) = (q.reference.rows(), q.reference.rows() / 2);
    let orders = (0..FLOORS).map(|draw| shuffled(n, rng(q, "floor").fork(draw)));
    orders.map(|order| [order[..half].to_vec(), order[half..2 * half].to_vec()]).collect()
}

/// As many samples as the candidate has, each feature uniform over the reference's range.
pub(super) fn noise(q: &MetricInputs) -> SampleMatrix {
    let (d, mut s) = (q.reference.columns(), rng(q, "noise").sequence());
    let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); d];
    for i in 0..q.reference.rows() {
        let pairs = ranges.iter_mut().zip(q.reference.row(i));
        pairs.for_each(|((lo, hi), v)| (*lo, *hi) = (lo.min(*v), hi.max(*v)));
    }
    let value = |i: usize| {
        let (lo, hi) = ranges[i % d];
        lo + (hi - lo) * s.random::<f64>()
    };
    let values = (0..q.candidate.rows() * d).map(value).collect();
    SampleMatrix::new(d, values).unwrap_or_else(|_| q.candidate.clone())
}

/// The Fréchet distance, with an interval by its influence function.
pub(super) fn frechet_distance(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let sets = [q.reference, q.candidate].map(KnownSet::Samples);
    let figure = || frechet::estimate(sets, q.intervals.then(|| rng(q, "influences")));
    let halves = |[a, b]: &[Vec<usize>; 2]| {
        frechet::of_samples([Samples::at(q.reference, a), Samples::at(q.reference, b)])
    };
    // A decomposition runs on one thread, so they run beside each other.
    let bounds = || {
        let floors: Result<Vec<f64>, MetricError> = splits(q).par_iter().map(halves).collect();
        (floors, frechet::of_samples([q.reference.into(), (&noise(q)).into()]))
    };
    let (figure, (floors, ceiling)) = rayon::join(figure, bounds);
    Ok(bounded(q, figure?, floors, ceiling))
}

/// Groups of samples over which the kernel is summed; halves are drawn from the groups.
pub(super) const GROUPS: usize = 24;

pub(super) fn discrepancy(q: &MetricInputs, kernel: Kernel) -> Result<MetricResult, MetricError> {
    kernel::fit(q.reference, q.candidate)?;
    let groups = GROUPS.min(q.reference.rows().min(q.candidate.rows()) / 4).max(1);
    let centre = Samples::from(q.reference).mean();
    let splits = if q.reference.rows() < 4 { Vec::new() } else { splits(q) };
    let reference = SummedSet::of(q.reference, kernel, groups, &centre, &splits);
    let against = |other| reference.against(&SummedSet::of(other, kernel, groups, &centre, &[]));
    let sums = against(q.candidate);
    let figure = match groups > 1 && q.intervals {
        true => by_halves([groups; 2], DRAWS, rng(q, "halves"), |x, y| Ok(sums.of(x, y).unbiased))?,
        false => Estimate::point(sums.all().unbiased),
    };
    let ceiling = against(&noise(q)).all().unbiased;
    Ok(bounded(q, figure, Ok(reference.halves.clone()), Ok(ceiling)))
}

/// A metric of one set, computed for the candidate and, for comparison, for the reference.
pub(super) fn one_set(
    q: &MetricInputs,
    [reference, candidate]: [&SampleMatrix; 2],
    f: impl Fn(&SampleMatrix) -> Result<f64, MetricError> + Sync,
) -> Result<MetricResult, MetricError> {
    let n = candidate.rows();
    let figure = match q.intervals {
        true => by_halves([0, n], DRAWS / 2, rng(q, "halves"), |_, y| f(&candidate.pick(y)))?,
        false => Estimate::point(f(candidate)?),
    };
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
    let figure = of_values(q, "memorisation", &values, "bootstrap")?;
    let copied = mean(&memorisation(q.reference, held_out, q.reference)?);
    let ceiling = Some(Baseline { value: copied, samples: [q.reference.rows(); 2] });
    Ok(MetricResult { figure, samples: all(q), floor: None, ceiling, of_reference: None })
}

/// Novelty late in the sequence; successive samples correlate, so the interval is by block bootstrap.
pub(super) fn late_novelty(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let late = |t: &SampleMatrix| novelty(t, q.k).map(|v| last_half(&v).to_vec());
    let (reference, candidate) = (late(q.reference)?, late(q.candidate)?);
    let at = |indices: &[usize]| mean(&indices.iter().map(|&i| candidate[i]).collect::<Vec<_>>());
    let figure = match q.intervals {
        true => by_blocks([0, candidate.len()], rng(q, "blocks"), |_, y| Ok(at(y)))?,
        false => Estimate::point(mean(&candidate)),
    };
    let samples = [reference.len(), candidate.len()];
    Ok(MetricResult { figure, samples, floor: None, ceiling: None, of_reference: Some(mean(&reference)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::normal;

    fn sets(seed: u64) -> [SampleMatrix; 2] {
        [normal(150, 5, seed, 0.0), normal(150, 5, seed + 1000, 0.5)]
    }

    fn kid([a, b]: &[SampleMatrix; 2], seed: u64) -> Estimate {
        discrepancy(&MetricInputs { seed, ..MetricInputs::of(a, b) }, Kernel::Cubic).unwrap().figure
    }

    #[test]
    fn halves_of_groups_vary_the_kernel_distance_as_halves_of_samples_do() {
        let ratio = |seed: u64| {
            let sets = sets(seed);
            let anew = by_halves([150; 2], DRAWS, Rng::new(seed), |x, y| {
                Ok(kernel::discrepancy(&sets[0].pick(x), &sets[1].pick(y), Kernel::Cubic)?.unbiased)
            });
            let width = |e: Estimate| e.interval[1] - e.interval[0];
            width(kid(&sets, seed)) / width(anew.unwrap())
        };
        let ratios: Vec<f64> = (0..12).map(ratio).collect();
        assert!((0.8..1.25).contains(&mean(&ratios)), "{ratios:?}");
    }

    #[test]
    fn intervals_of_the_kernel_distance_contain_the_expected_value_as_often_as_they_should() {
        let all: Vec<Estimate> = (0..150).map(|s| kid(&sets(s), s)).collect();
        let expected = mean(&all.iter().map(|e| e.value).collect::<Vec<_>>());
        let hits = all.iter().filter(|e| e.interval[0] <= expected && expected <= e.interval[1]).count();
        assert!((128..=150).contains(&hits), "{hits} of 150");
    }

    #[test]
    fn the_floor_and_the_ceiling_are_those_of_comparing_halves_and_noise() {
        let [a, b] = sets(3);
        let q = MetricInputs { seed: 9, ..MetricInputs::of(&a, &b) };
        let near = |found: Option<Baseline>, expected: f64| {
            let found = found.unwrap().value;
            assert!((found - expected).abs() < 1e-9 * (1.0 + expected.abs()), "{found} for {expected}");
        };
        type Distance = fn(&SampleMatrix, &SampleMatrix) -> Result<f64, MetricError>;
        let cubic: Distance = |a, b| Ok(kernel::discrepancy(a, b, Kernel::Cubic)?.unbiased);
        for (result, distance) in [
            (discrepancy(&q, Kernel::Cubic).unwrap(), cubic),
            (frechet_distance(&q).unwrap(), frechet::frechet as Distance),
        ] {
            let of_halves = |[x, y]: &[Vec<usize>; 2]| distance(&a.pick(x), &a.pick(y)).unwrap();
            near(result.floor, mean(&splits(&q).iter().map(of_halves).collect::<Vec<_>>()));
            near(result.ceiling, distance(&a, &noise(&q)).unwrap());
            assert!((result.figure.value - distance(&a, &b).unwrap()).abs() < 1e-9);
        }
    }
}

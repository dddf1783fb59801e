//! Metrics of nearest neighbours: found once for all of them.

use super::super::interval::spread;
use super::super::neighbours::{Halves, Listed, NeighbourStats, Neighbours, fit, of_samples, within};
use super::super::{MetricError, Samples, mean};
use super::inputs::MetricInputs;
use super::result::MetricResult;
use super::tables::{bounded, noise, of_values, rng, splits};

/// Neighbour statistics of the two sets, of halves of the reference, and of noise.
pub(super) struct NeighbourCache {
    both: Result<NeighbourStats, MetricError>,
    /// Those of random halves of the two sets, a value each; none if halves are too small.
    draws: Option<NeighbourStats>,
    floors: Result<Vec<NeighbourStats>, MetricError>,
    noise: Result<NeighbourStats, MetricError>,
}

impl NeighbourCache {
    pub(super) fn of(q: &MetricInputs) -> Self {
        let sets: [Samples; 2] = [q.reference.into(), q.candidate.into()];
        if let Err(e) = fit(sets, q.k) {
            return Self { both: Err(e.clone()), draws: None, floors: Err(e.clone()), noise: Err(e) };
        }
        let sizes = sets.map(Samples::rows);
        let halves = listed(q, sizes).map(|count| (Halves::draw(sizes, rng(q, "halves")), count));
        let count = halves.as_ref().map_or(q.k.max(1), |h| h.1);
        let real = Neighbours::of(sets[0], count);
        // The reference with its neighbours, which serve for noise too.
        let against = |other: Samples, count: usize, halves: Option<&Halves>| {
            let made = Neighbours::of(other, count);
            let of = |samples, neighbours| Listed { samples, neighbours };
            within([of(sets[0], &real), of(other, &made)], q.k.max(1), halves)
        };
        let (both, draws) = against(sets[1], count, halves.as_ref().map(|h| &h.0));
        let floor = |[a, b]: [Vec<usize>; 2]| {
            of_samples([Samples::at(q.reference, &a), Samples::at(q.reference, &b)], q.k)
        };
        let floors = splits(q).into_iter().map(floor).collect();
        let noise = against((&noise(q)).into(), q.k.max(1), None).0;
        Self { both: Ok(both), draws, floors, noise: Ok(noise) }
    }

    /// One of the metrics. Its interval is that of half-samples of both sets (see
    /// [`by_halves`](crate::metrics::interval::by_halves)), with the neighbourhoods that these have. Where halves are too
    /// small for that, the values of the samples that the metric is the mean of are resampled, and the neighbourhoods and
    /// the other set held fixed; such an interval may be half as wide as it should.
    pub(super) fn result(
        &self,
        q: &MetricInputs,
        part: fn(&NeighbourStats) -> &Vec<f64>,
    ) -> Result<MetricResult, MetricError> {
        let both = self.both.as_ref().map_err(Clone::clone)?;
        let value = |s: &NeighbourStats| mean(part(s));
        let figure = match &self.draws {
            Some(draws) => spread(value(both), part(draws).clone()),
            None => of_values(q, "neighbours", part(both), "bootstrap")?,
        };
        let floors = self.floors.as_ref().map(|f| f.iter().map(value).collect()).map_err(Clone::clone);
        Ok(bounded(q, figure, floors, self.noise.as_ref().map(value).map_err(Clone::clone)))
    }
}

/// How many neighbours to list for half-samples; none if there are to be none.
pub(super) fn listed(q: &MetricInputs, sizes: [usize; 2]) -> Option<usize> {
    let fit = sizes.iter().all(|n| n.div_ceil(2) > q.k.max(1));
    (q.intervals && fit).then(|| Halves::listed(q.k.max(1)))
}

#[cfg(test)]
mod tests {
    use super::super::{METRICS, evaluate};
    use super::*;
    use crate::metrics::catalogue::Metric;
    use crate::metrics::interval::{DRAWS, Estimate, by_halves};
    use crate::metrics::neighbours::neighbour_stats;
    use crate::metrics::testing::normal;

    type Part = fn(&NeighbourStats) -> &Vec<f64>;
    const PARTS: [(&str, Part); 4] = [
        ("precision", |s| &s.precision),
        ("recall", |s| &s.recall),
        ("density", |s| &s.density),
        ("coverage", |s| &s.coverage),
    ];

    fn estimates(q: &MetricInputs) -> Vec<Estimate> {
        let metrics: Vec<&Metric> =
            PARTS.iter().filter_map(|(name, _)| METRICS.iter().find(|m| m.name == *name)).collect();
        evaluate(q, &metrics, |_| ()).into_iter().map(|r| r.unwrap().figure).collect()
    }

    #[test]
    fn intervals_are_those_of_half_samples_computed_anew() {
        let (a, b) = (normal(130, 3, 1, 0.0), normal(90, 3, 2, 0.4));
        let q = MetricInputs { k: 4, seed: 5, ..MetricInputs::of(&a, &b) };
        for ((name, part), found) in PARTS.into_iter().zip(estimates(&q)) {
            let anew = by_halves([130, 90], DRAWS, rng(&q, "halves"), |x, y| {
                Ok(mean(part(&neighbour_stats(&a.pick(x), &b.pick(y), 4)?)))
            });
            let anew = anew.unwrap();
            assert_eq!(found.value, anew.value, "{name}");
            let off = |end: usize| (found.interval[end] - anew.interval[end]).abs();
            assert!(off(0) < 1e-12 && off(1) < 1e-12, "{name}: {found:?}, {anew:?}");
        }
    }

    #[test]
    fn intervals_contain_the_expected_value_about_as_often_as_they_should() {
        let all: Vec<Vec<Estimate>> = (0..100)
            .map(|s| {
                let (a, b) = (normal(100, 3, s, 0.0), normal(100, 3, s + 1000, 0.7));
                estimates(&MetricInputs { seed: s, ..MetricInputs::of(&a, &b) })
            })
            .collect();
        for (i, (name, _)) in PARTS.iter().enumerate() {
            let expected = mean(&all.iter().map(|e| e[i].value).collect::<Vec<_>>());
            let contains = |e: &Estimate| e.interval[0] <= expected && expected <= e.interval[1];
            let hits = all.iter().filter(|e| contains(&e[i])).count();
            assert!((86..=100).contains(&hits), "{name}: {hits} of 100");
        }
    }

    #[test]
    fn intervals_may_be_left_out_and_small_sets_have_them_too() {
        let (a, b) = (normal(40, 3, 1, 0.0), normal(40, 3, 2, 0.4));
        let with = MetricInputs::of(&a, &b);
        let without = estimates(&MetricInputs { intervals: false, ..MetricInputs::of(&a, &b) });
        for (with, without) in estimates(&with).iter().zip(&without) {
            assert!(with.has_interval() && !without.has_interval() && with.value == without.value);
        }
        // A half of eight has four, and none of them five neighbours.
        let few = a.pick(&(0..8).collect::<Vec<_>>());
        assert!(listed(&MetricInputs::of(&few, &few), [8, 8]).is_none());
        assert!(estimates(&MetricInputs::of(&few, &few)).iter().all(Estimate::has_interval));
    }
}

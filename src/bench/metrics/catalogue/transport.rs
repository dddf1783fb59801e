//! Metrics by optimal transport and by histograms.

use rand::seq::index;

use super::super::histogram::{Distribution, Unit, counts, jensen_shannon, kullback_leibler};
use super::super::transport::exact::{GroundCost, costs, transport};
use super::super::transport::sliced;
use super::super::{MetricError, SampleMatrix, both};
use super::inputs::MetricInputs;
use super::result::MetricResult;
use super::tables::{rng, two_sets};

/// Random directions, if none are given.
const DIRECTIONS: usize = 128;
/// Half-samples for the interval where each is expensive.
const FEW_DRAWS: usize = 40;

/// Sliced Wasserstein distance of order 2.
pub(super) fn slices(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let own = match q.projections {
        Some(_) => None,
        None => Some(sliced::directions(q.reference.columns(), DIRECTIONS, rng(q, "directions"))?),
    };
    let directions = q.projections.or(own.as_ref()).unwrap_or(q.reference);
    two_sets(q, FEW_DRAWS, |a, b| Ok(sliced::sliced(a, b, directions, 2.0)?.mean))
}

/// Maximum number of samples of each set: the exact plan takes cubic time.
const MOST: usize = 400;

/// Earth mover's distance, exact.
pub(super) fn earth_mover(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let subsample = |t: &SampleMatrix, purpose: &str| match t.rows() > MOST {
        true => t.pick(&index::sample(&mut rng(q, purpose).sequence(), t.rows(), MOST).into_vec()),
        false => t.clone(),
    };
    let (reference, candidate) = (subsample(q.reference, "moved from"), subsample(q.candidate, "moved to"));
    let few = MetricInputs { reference: &reference, candidate: &candidate, ..*q };
    two_sets(&few, FEW_DRAWS, |a, b| Ok(transport(&costs(a, b, GroundCost::Euclidean)?, None, None)?.cost))
}

/// Mean over features of a divergence of histograms, each with bins over the range of both sets.
fn of_histograms(
    q: &MetricInputs,
    metric: &'static str,
    divergence: fn(&Distribution, &Distribution, Unit) -> Result<f64, MetricError>,
) -> Result<MetricResult, MetricError> {
    both(metric, q.reference, q.candidate, 1)?;
    let columns = q.reference.columns();
    let edges: Vec<Vec<f64>> = (0..columns).map(|c| edges(q, c)).collect();
    two_sets(q, FEW_DRAWS, |a, b| {
        let one = |c: usize| {
            let of = |t: &SampleMatrix| Distribution::smoothed(&counts(&t.column(c), &edges[c])?);
            divergence(&of(a)?, &of(b)?, Unit::Bits)
        };
        let sum = (0..columns).map(one).sum::<Result<f64, MetricError>>()?;
        Ok(sum / columns as f64)
    })
}

/// Edges of equal bins over a feature's range in both sets; a constant feature gets a range of 1.
fn edges(q: &MetricInputs, column: usize) -> Vec<f64> {
    let values = [q.reference.column(column), q.candidate.column(column)].concat();
    let (lo, hi) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    let (lo, hi) = if hi > lo { (lo, hi) } else { (lo - 0.5, hi + 0.5) };
    let bins = q.bins.max(1);
    (0..=bins).map(|i| if i == bins { hi } else { lo + (hi - lo) * i as f64 / bins as f64 }).collect()
}

/// Kullback-Leibler divergence of the reference's features from the candidate's.
pub(super) fn divergence(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    of_histograms(q, "kl", kullback_leibler)
}

/// Jensen-Shannon divergence of the features.
pub(super) fn symmetric_divergence(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    of_histograms(q, "js", jensen_shannon)
}

#[cfg(test)]
mod tests {
    use super::super::{evaluate, find};
    use super::*;
    use crate::metrics::testing::normal;

    #[test]
    fn a_shift_costs_its_length() {
        let a = normal(600, 4, 1, 0.0);
        let b = SampleMatrix::new(4, a.values().iter().map(|v| v + 0.5).collect()).unwrap();
        let q = MetricInputs { seed: 1, ..MetricInputs::of(&a, &b) };
        let value = |name: &str| evaluate(&q, &[find(name).unwrap()], |_| ()).remove(0).unwrap();
        // |δ| = 1; the mean square of a unit vector's coordinate is ¼ in four dimensions.
        let sliced = value("sliced");
        assert!((sliced.figure.value - 0.5).abs() < 0.05, "{sliced:?}");
        let moved = value("earth-mover");
        assert_eq!(moved.samples, [400, 400]);
        assert!(moved.figure.value > 0.9 && moved.figure.value < 1.5, "{moved:?}");
        let one =
            MetricInputs { projections: Some(&SampleMatrix::new(4, vec![1.0, 0.0, 0.0, 0.0]).unwrap()), ..q };
        let along = evaluate(&one, &[find("sliced").unwrap()], |_| ()).remove(0).unwrap();
        assert!((along.figure.value - 0.5).abs() < 1e-12);
        assert!(value("kl").figure.value > value("js").figure.value);
    }

    #[test]
    fn a_constant_feature_has_no_divergence() {
        let a = SampleMatrix::new(1, vec![3.0; 20]).unwrap();
        let q = MetricInputs { bins: 8, ..MetricInputs::of(&a, &a) };
        for name in ["kl", "js", "sliced", "earth-mover"] {
            assert_eq!(
                evaluate(&q, &[find(name).unwrap()], |_| ()).remove(0).unwrap().figure.value,
                0.0,
                "{name}"
            );
        }
    }
}

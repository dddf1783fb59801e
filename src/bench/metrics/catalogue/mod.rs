//! All metrics by name, each with its confidence interval, noise floor (reference against itself) and ceiling (noise
//! against the reference).

mod inputs;
mod list;
mod memory;
mod metric;
mod neighbours;
mod pictures;
mod result;
mod tables;
mod transport;

use super::MetricError;
pub use inputs::{GreyImages, MetricInputs};
pub use list::METRICS;
pub use memory::memory;
use metric::Estimator;
pub use metric::{Direction, Metric, MetricDomain};
use neighbours::NeighbourCache;
pub use result::{Baseline, MetricResult};

/// Computes metrics in order; `done` is called after each.
pub fn evaluate(
    inputs: &MetricInputs,
    metrics: &[&Metric],
    mut done: impl FnMut(&Metric),
) -> Vec<Result<MetricResult, MetricError>> {
    let mut neighbours = None;
    let mut one = |metric: &&Metric| {
        let result = match metric.estimator {
            Estimator::Direct(estimate) => estimate(inputs),
            Estimator::Neighbours(part) => {
                neighbours.get_or_insert_with(|| NeighbourCache::of(inputs)).result(inputs, part)
            }
        };
        done(metric);
        result.and_then(|found| match found.figure.value.is_nan() {
            // Values that are finite may still be too large for their squares to be.
            true => Err(MetricError::Unfit { metric: metric.name, why: "the values are too large".into() }),
            false => Ok(found),
        })
    };
    metrics.iter().map(&mut one).collect()
}

/// The metrics with these names, or all if none are given.
///
/// # Errors
/// No metric has that name; the message lists those available.
pub fn chosen(names: &[String]) -> Result<Vec<&'static Metric>, String> {
    let known = || METRICS.iter().map(|m| m.name).collect::<Vec<_>>().join(", ");
    let one = |n: &String| find(n).ok_or_else(|| format!("no metric `{n}`; available: {}", known()));
    match names.is_empty() {
        true => Ok(METRICS.iter().collect()),
        false => names.iter().map(one).collect(),
    }
}

/// The metric with this name.
pub fn find(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|m| m.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::SampleMatrix;
    use crate::metrics::testing::normal;

    fn inputs<'a>(reference: &'a SampleMatrix, candidate: &'a SampleMatrix) -> MetricInputs<'a> {
        MetricInputs { seed: 1, ..MetricInputs::of(reference, candidate) }
    }

    fn one(metric: &Metric, a: &SampleMatrix, b: &SampleMatrix) -> MetricResult {
        evaluate(&inputs(a, b), &[metric], |_| ()).remove(0).unwrap()
    }

    #[test]
    fn equal_distributions_are_at_the_floor_and_others_between_floor_and_ceiling() {
        let (a, like, far) = (normal(300, 6, 1, 0.0), normal(300, 6, 2, 0.0), normal(300, 6, 3, 0.5));
        for metric in METRICS.iter().filter(|m| matches!(m.better, Direction::Less)) {
            let (near, apart) = (one(metric, &a, &like), one(metric, &a, &far));
            let (floor, ceiling) = (near.floor.unwrap().value, apart.ceiling.unwrap().value);
            assert!(near.figure.value < apart.figure.interval[0], "{}", metric.name);
            assert!(apart.figure.value < ceiling && floor < apart.figure.interval[0], "{}", metric.name);
            assert_eq!(near.floor.unwrap().samples, [150; 2]);
            let [lo, hi] = apart.figure.interval;
            assert!(lo < apart.figure.value && apart.figure.value < hi && hi - lo < apart.figure.value);
        }
        let off = normal(300, 6, 4, 1.5);
        for metric in METRICS.iter().filter(|m| m.better == Direction::More) {
            let (near, apart) = (one(metric, &a, &like), one(metric, &a, &off));
            assert!(near.figure.interval[0] > apart.figure.interval[1], "{}", metric.name);
        }
    }

    #[test]
    fn results_do_not_depend_on_the_thread_count() {
        let (a, b) = (normal(120, 4, 1, 0.0), normal(120, 4, 2, 0.2));
        let answers = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| METRICS[..7].iter().map(|m| one(m, &a, &b)).collect::<Vec<_>>())
        };
        assert_eq!(answers(1), answers(3));
    }

    #[test]
    fn sets_of_several_blocks_do_not_depend_on_the_thread_count_either() {
        let (a, b) = (normal(400, 20, 1, 0.0), normal(310, 20, 2, 0.2));
        let answers = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let names = ["frechet", "kid", "precision", "recall", "density", "coverage"];
            pool.install(|| names.map(|name| one(find(name).unwrap(), &a, &b)))
        };
        assert_eq!(answers(1), answers(4));
    }

    #[test]
    fn every_metric_can_do_without_an_interval() {
        let (a, b) = (normal(60, 4, 1, 0.0), normal(60, 4, 2, 0.3));
        let held_out = normal(60, 4, 3, 0.0);
        for metric in METRICS.iter().filter(|m| m.of == MetricDomain::Features) {
            let q = MetricInputs { held_out: Some(&held_out), ..inputs(&a, &b) };
            let with = evaluate(&q, &[metric], |_| ()).remove(0).unwrap();
            let without =
                evaluate(&MetricInputs { intervals: false, ..q }, &[metric], |_| ()).remove(0).unwrap();
            assert!(with.figure.has_interval() && !without.figure.has_interval(), "{}", metric.name);
            let same = (with.figure.value - without.figure.value).abs() <= 1e-9 * with.figure.value.abs();
            assert!(
                same && with.floor == without.floor && with.ceiling == without.ceiling,
                "{}",
                metric.name
            );
        }
    }

    #[test]
    fn metrics_without_their_inputs_do_not_apply() {
        let a = normal(20, 2, 1, 0.0);
        let names: Vec<&str> =
            METRICS.iter().filter(|m| !(m.applies)(&inputs(&a, &a))).map(|m| m.name).collect();
        assert_eq!(names[..3], ["class-score", "memorisation", "novelty"]);
        assert_eq!(names.len(), 11, "{names:?}");
        assert!(find("kid").is_some() && find("nonsense").is_none());
    }
}

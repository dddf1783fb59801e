//! Every metric by name, each with its interval, its floor (the same against the same) and its ceiling (noise).

mod list;
mod pictures;
mod tables;
mod transport;

use super::image::Grey;
use super::interval::Estimate;
use super::neighbours::{NEIGHBOURS, NeighbourStats};
use super::{MetricError, SampleMatrix};
use tables::NeighbourCache;

/// Which way a figure should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Towards zero.
    Less,
    /// Upwards.
    More,
    /// Towards the reference's own figure.
    LikeReference,
    /// Towards one half.
    Half,
}

impl Direction {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Less => "less is better",
            Self::More => "more is better",
            Self::LikeReference => "like the reference's is better",
            Self::Half => "½ is better",
        }
    }
}

/// Pictures in grey, with their classes where they have some.
#[derive(Clone, Debug, Default)]
pub struct GreyImages {
    /// The pictures.
    pub pictures: Vec<Grey>,
    /// Class of each; empty if there are none.
    pub labels: Vec<usize>,
    /// Names of the classes, also of those that no picture is of; empty if they have none.
    pub classes: Vec<String>,
}

/// What is asked of metrics.
pub struct MetricInputs<'a> {
    /// What is aimed at.
    pub reference: &'a SampleMatrix,
    /// What is judged.
    pub candidate: &'a SampleMatrix,
    /// Samples like the reference that the candidate's maker never saw; as many as `reference`, which it did see.
    pub held_out: Option<&'a SampleMatrix>,
    /// Class probabilities of reference and candidate.
    pub probabilities: Option<[&'a SampleMatrix; 2]>,
    /// The pictures of reference and candidate.
    pub pictures: Option<[&'a GreyImages; 2]>,
    /// Neighbours that make a sample's surroundings.
    pub k: usize,
    /// Bins of a histogram.
    pub bins: usize,
    /// Directions to look along, a row each; drawn unless given.
    pub projections: Option<&'a SampleMatrix>,
    /// All draws follow from it.
    pub seed: u64,
}

impl<'a> MetricInputs<'a> {
    /// The usual question of two sets of features: the usual neighbours, 32 bins, seed 0, and nothing else given.
    pub fn of(reference: &'a SampleMatrix, candidate: &'a SampleMatrix) -> Self {
        let (held_out, probabilities, pictures, projections) = (None, None, None, None);
        let (k, bins, seed) = (NEIGHBOURS, 32, 0);
        Self { reference, candidate, held_out, probabilities, pictures, k, bins, projections, seed }
    }
}

/// What a metric is of; where this is damaged, others can still be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricDomain {
    /// Features.
    Features,
    /// Probabilities of classes.
    Classes,
    /// The pictures themselves.
    Pictures,
}

/// A figure to hold another against.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Baseline {
    /// The figure.
    pub value: f64,
    /// Samples in each set that it was taken of.
    pub samples: [usize; 2],
}

/// What a metric says.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct MetricResult {
    /// The figure with its 95 % interval.
    #[serde(flatten)]
    pub figure: Estimate,
    /// Samples of reference and candidate that it was taken of.
    pub samples: [usize; 2],
    /// The same against the same: half of the reference against the other half.
    pub floor: Option<Baseline>,
    /// Noise against the reference: each feature uniform over the reference's range.
    pub ceiling: Option<Baseline>,
    /// The reference's own figure, for metrics of one set.
    pub of_reference: Option<f64>,
}

/// One metric.
pub struct Metric {
    /// Its name on the command line.
    pub name: &'static str,
    /// One sentence, with the source.
    pub about: &'static str,
    /// Which way is better.
    pub better: Direction,
    /// What it is of.
    pub of: MetricDomain,
    /// Whether the question holds what it needs.
    pub applies: fn(&MetricInputs) -> bool,
    take: Estimator,
}

/// How a figure is taken.
enum Estimator {
    /// By itself.
    Alone(fn(&MetricInputs) -> Result<MetricResult, MetricError>),
    /// From what nearest neighbours tell, which is worked out once for all metrics that want it.
    Neighbours(fn(&NeighbourStats) -> &Vec<f64>),
}

/// The answers of some metrics, one after the other; `done` is called after each.
pub fn take(
    question: &MetricInputs,
    metrics: &[&Metric],
    mut done: impl FnMut(&Metric),
) -> Vec<Result<MetricResult, MetricError>> {
    let mut around = None;
    let mut one = |metric: &&Metric| {
        let answer = match metric.take {
            Estimator::Alone(take) => take(question),
            Estimator::Neighbours(part) => {
                around.get_or_insert_with(|| NeighbourCache::of(question)).answer(question, part)
            }
        };
        done(metric);
        answer
    };
    metrics.iter().map(&mut one).collect()
}

pub use list::METRICS;

/// The metrics of these names, all if there are none; or a message that tells which there are.
///
/// # Errors
/// No metric has that name.
pub fn chosen(names: &[String]) -> Result<Vec<&'static Metric>, String> {
    let known = || METRICS.iter().map(|m| m.name).collect::<Vec<_>>().join(", ");
    let one = |n: &String| find(n).ok_or_else(|| format!("no metric `{n}`; there are {}", known()));
    match names.is_empty() {
        true => Ok(METRICS.iter().collect()),
        false => names.iter().map(one).collect(),
    }
}

/// The metric of a name.
pub fn find(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|m| m.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::normal;

    fn ask<'a>(reference: &'a SampleMatrix, candidate: &'a SampleMatrix) -> MetricInputs<'a> {
        MetricInputs { seed: 1, ..MetricInputs::of(reference, candidate) }
    }

    fn one(metric: &Metric, a: &SampleMatrix, b: &SampleMatrix) -> MetricResult {
        take(&ask(a, b), &[metric], |_| ()).remove(0).unwrap()
    }

    #[test]
    fn like_sets_are_at_the_floor_and_unlike_ones_between_floor_and_ceiling() {
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
    fn the_same_question_has_the_same_answer_at_any_thread_count() {
        let (a, b) = (normal(120, 4, 1, 0.0), normal(120, 4, 2, 0.2));
        let answers = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| METRICS[..7].iter().map(|m| one(m, &a, &b)).collect::<Vec<_>>())
        };
        assert_eq!(answers(1), answers(3));
    }

    #[test]
    fn metrics_that_lack_something_do_not_apply() {
        let a = normal(20, 2, 1, 0.0);
        let names: Vec<&str> =
            METRICS.iter().filter(|m| !(m.applies)(&ask(&a, &a))).map(|m| m.name).collect();
        assert_eq!(names[..3], ["class-score", "memorisation", "novelty"]);
        assert_eq!(names.len(), 11, "{names:?}");
        assert!(find("kid").is_some() && find("nonsense").is_none());
    }
}

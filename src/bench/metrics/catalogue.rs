//! Every metric by name, each with its interval, its floor (the same against the same) and its ceiling (noise).

use super::interval::{DRAWS, Figure, by_halves, of_mean, shuffled};
use super::kernel::Kernel;
use super::neighbours::{Surroundings, memorisation, surroundings};
use super::{MetricError, Table, diversity, frechet, kernel, mean};
use crate::world::rng::Rng;

/// Which way a figure should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// Towards zero.
    Less,
    /// Upwards.
    More,
    /// Towards the reference's own figure.
    LikeReference,
    /// Towards one half.
    Half,
}

/// What is asked of metrics.
pub struct Question<'a> {
    /// What is aimed at.
    pub reference: &'a Table,
    /// What is judged.
    pub candidate: &'a Table,
    /// Samples like the reference that the candidate's maker never saw; as many as `reference`, which it did see.
    pub held_out: Option<&'a Table>,
    /// Class probabilities of reference and candidate.
    pub probabilities: Option<[&'a Table; 2]>,
    /// Neighbours that make a sample's surroundings.
    pub k: usize,
    /// All draws follow from it.
    pub seed: u64,
}

/// A figure to hold another against.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Bound {
    /// The figure.
    pub value: f64,
    /// Samples in each set that it was taken of.
    pub samples: [usize; 2],
}

/// What a metric says.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Answer {
    /// The figure with its 95 % interval.
    #[serde(flatten)]
    pub figure: Figure,
    /// Samples of reference and candidate that it was taken of.
    pub samples: [usize; 2],
    /// The same against the same: half of the reference against the other half.
    pub floor: Option<Bound>,
    /// Noise against the reference: each feature uniform over the reference's range.
    pub ceiling: Option<Bound>,
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
    pub better: Better,
    /// Whether the question holds what it needs.
    pub applies: fn(&Question) -> bool,
    take: Take,
}

/// How a figure is taken.
enum Take {
    /// By itself.
    Alone(fn(&Question) -> Result<Answer, MetricError>),
    /// From what nearest neighbours tell, which is worked out once for all metrics that want it.
    Neighbours(fn(&Surroundings) -> &Vec<f64>),
}

/// The answers of some metrics, one after the other; `done` is called after each.
pub fn take(
    question: &Question,
    metrics: &[&Metric],
    mut done: impl FnMut(&Metric),
) -> Vec<Result<Answer, MetricError>> {
    let mut around = None;
    let mut one = |metric: &&Metric| {
        let answer = match metric.take {
            Take::Alone(take) => take(question),
            Take::Neighbours(part) => {
                around.get_or_insert_with(|| Around::of(question)).answer(question, part)
            }
        };
        done(metric);
        answer
    };
    metrics.iter().map(&mut one).collect()
}

fn always(_: &Question) -> bool {
    true
}

/// All metrics.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "frechet",
        about: "Distance between the normal distributions of both sets (Fréchet 1957, Heusel et al. 2017).",
        better: Better::Less,
        applies: always,
        take: Take::Alone(|q| two_sets(q, DRAWS, frechet::frechet)),
    },
    Metric {
        name: "kid",
        about: "Unbiased cubic-kernel discrepancy (Bińkowski et al. 2018); negative values are as good as zero.",
        better: Better::Less,
        applies: always,
        take: Take::Alone(|q| discrepancy(q, Kernel::Cubic)),
    },
    Metric {
        name: "precision",
        about: "Share of candidates among the reference: fidelity (Kynkäänniemi et al. 2019).",
        better: Better::More,
        applies: always,
        take: Take::Neighbours(|s| &s.precision),
    },
    Metric {
        name: "recall",
        about: "Share of the reference among the candidates: diversity (Kynkäänniemi et al. 2019).",
        better: Better::More,
        applies: always,
        take: Take::Neighbours(|s| &s.recall),
    },
    Metric {
        name: "density",
        about: "How densely candidates lie among the reference; 1 for like sets (Naeem et al. 2020).",
        better: Better::More,
        applies: always,
        take: Take::Neighbours(|s| &s.density),
    },
    Metric {
        name: "coverage",
        about: "Share of the reference with a candidate near it (Naeem et al. 2020).",
        better: Better::More,
        applies: always,
        take: Take::Neighbours(|s| &s.coverage),
    },
    Metric {
        name: "vendi",
        about: "Number of wholly different samples that would be as diverse (Friedman and Dieng 2023).",
        better: Better::LikeReference,
        applies: always,
        take: Take::Alone(|q| one_set(q, [q.reference, q.candidate], diversity::vendi_cosine)),
    },
    Metric {
        name: "class-score",
        about: "How surely and evenly the judge names classes, 1 to their number (Salimans et al. 2016, with our judge).",
        better: Better::LikeReference,
        applies: |q| q.probabilities.is_some(),
        take: Take::Alone(class_score),
    },
    Metric {
        name: "memorisation",
        about: "Share of candidates nearer to a training sample than to any held-out one (after Meehan et al. 2020).",
        better: Better::Half,
        applies: |q| q.held_out.is_some(),
        take: Take::Alone(memorised),
    },
];

/// The metric of a name.
pub fn find(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|m| m.name == name)
}

/// Halves of the reference that are drawn for the floor.
const FLOORS: u64 = 4;

fn rng(q: &Question, purpose: &str) -> Rng {
    Rng::new(q.seed).named(purpose)
}

fn all(q: &Question) -> [usize; 2] {
    [q.reference.rows(), q.candidate.rows()]
}

/// A metric of two sets, asked anew for halves of them.
fn two_sets(
    q: &Question,
    draws: usize,
    f: impl Fn(&Table, &Table) -> Result<f64, MetricError> + Sync,
) -> Result<Answer, MetricError> {
    let figure =
        by_halves(all(q), draws, rng(q, "halves"), |x, y| f(&q.reference.pick(x), &q.candidate.pick(y)))?;
    bounded(q, figure, f)
}

/// A figure with its floor and ceiling; a bound that cannot be taken is left out.
fn bounded(
    q: &Question,
    figure: Figure,
    f: impl Fn(&Table, &Table) -> Result<f64, MetricError>,
) -> Result<Answer, MetricError> {
    let floors: Result<Vec<f64>, MetricError> =
        (0..FLOORS).map(|i| halves(q, i)).map(|[a, b]| f(&a, &b)).collect();
    let floor = floors.ok().map(|v| Bound { value: mean(&v), samples: [q.reference.rows() / 2; 2] });
    let ceiling = f(q.reference, &noise(q)).ok().map(|value| Bound { value, samples: all(q) });
    Ok(Answer { figure, samples: all(q), floor, ceiling, of_reference: None })
}

/// The reference in two random halves.
fn halves(q: &Question, draw: u64) -> [Table; 2] {
    let half = q.reference.rows() / 2;
    let order = shuffled(q.reference.rows(), rng(q, "floor").fork(draw));
    [&order[..half], &order[half..2 * half]].map(|places| q.reference.pick(places))
}

/// As many samples as the candidate has, each feature uniform over the reference's range.
fn noise(q: &Question) -> Table {
    let (d, r) = (q.reference.columns(), rng(q, "noise"));
    let ranges: Vec<(f64, f64)> = (0..d)
        .map(|c| {
            let column = q.reference.column(c);
            column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)))
        })
        .collect();
    let value = |i: usize| {
        let (lo, hi) = ranges[i % d];
        lo + (hi - lo) * r.unit64(i as u64)
    };
    let values = (0..q.candidate.rows() * d).map(value).collect();
    Table::new(d, values).unwrap_or_else(|_| q.candidate.clone())
}

/// Groups of samples that the kernel is summed over; halves are drawn among them.
const GROUPS: usize = 24;

fn discrepancy(q: &Question, kernel: Kernel) -> Result<Answer, MetricError> {
    let groups = GROUPS.min(q.reference.rows().min(q.candidate.rows()) / 4).max(1);
    let sums = kernel::sums(q.reference, q.candidate, kernel, groups)?;
    let figure = match groups {
        1 => Figure { value: sums.all().unbiased, interval: [f64::NEG_INFINITY, f64::INFINITY] },
        _ => by_halves([groups; 2], DRAWS, rng(q, "halves"), |x, y| Ok(sums.of(x, y).unbiased))?,
    };
    bounded(q, figure, |a, b| Ok(kernel::discrepancy(a, b, kernel)?.unbiased))
}

/// What neighbours tell of the two sets, of halves of the reference, and of noise.
struct Around {
    both: Result<Surroundings, MetricError>,
    floors: Result<Vec<Surroundings>, MetricError>,
    noise: Result<Surroundings, MetricError>,
}

impl Around {
    fn of(q: &Question) -> Self {
        let both = surroundings(q.reference, q.candidate, q.k);
        Self {
            floors: (0..FLOORS).map(|i| halves(q, i)).map(|[a, b]| surroundings(&a, &b, q.k)).collect(),
            noise: both.clone().and_then(|_| surroundings(q.reference, &noise(q), q.k)),
            both,
        }
    }

    fn answer(&self, q: &Question, part: fn(&Surroundings) -> &Vec<f64>) -> Result<Answer, MetricError> {
        let both = self.both.as_ref().map_err(Clone::clone)?;
        let figure = of_mean("neighbours", part(both), rng(q, "bootstrap"))?;
        let floors = |f: &Vec<Surroundings>| mean(&f.iter().map(|s| mean(part(s))).collect::<Vec<_>>());
        let floor = self
            .floors
            .as_ref()
            .ok()
            .map(|f| Bound { value: floors(f), samples: [q.reference.rows() / 2; 2] });
        let ceiling = self.noise.as_ref().ok().map(|s| Bound { value: mean(part(s)), samples: all(q) });
        Ok(Answer { figure, samples: all(q), floor, ceiling, of_reference: None })
    }
}

/// A metric of one set, taken of the candidate and, to compare, of the reference.
fn one_set(
    q: &Question,
    [reference, candidate]: [&Table; 2],
    f: impl Fn(&Table) -> Result<f64, MetricError> + Sync,
) -> Result<Answer, MetricError> {
    let n = candidate.rows();
    let figure = by_halves([0, n], DRAWS / 2, rng(q, "halves"), |_, y| f(&candidate.pick(y)))?;
    let of_reference = Some(f(reference)?);
    Ok(Answer { figure, samples: all(q), floor: None, ceiling: None, of_reference })
}

fn class_score(q: &Question) -> Result<Answer, MetricError> {
    let tables = q.probabilities.ok_or(MetricError::Unfit {
        metric: "class-score",
        why: "needs pictures and a judge that names their classes".into(),
    })?;
    one_set(q, tables, diversity::class_score)
}

fn memorised(q: &Question) -> Result<Answer, MetricError> {
    let held_out = q
        .held_out
        .ok_or(MetricError::Unfit { metric: "memorisation", why: "needs held-out samples".into() })?;
    let values = memorisation(q.reference, held_out, q.candidate)?;
    let figure = of_mean("memorisation", &values, rng(q, "bootstrap"))?;
    let copied = mean(&memorisation(q.reference, held_out, q.reference)?);
    let ceiling = Some(Bound { value: copied, samples: [q.reference.rows(); 2] });
    Ok(Answer { figure, samples: all(q), floor: None, ceiling, of_reference: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::metrics::testing::normal;

    fn ask<'a>(reference: &'a Table, candidate: &'a Table) -> Question<'a> {
        Question { reference, candidate, held_out: None, probabilities: None, k: 5, seed: 1 }
    }

    fn one(metric: &Metric, a: &Table, b: &Table) -> Answer {
        take(&ask(a, b), &[metric], |_| ()).remove(0).unwrap()
    }

    #[test]
    fn like_sets_are_at_the_floor_and_unlike_ones_between_floor_and_ceiling() {
        let (a, like, far) = (normal(300, 6, 1, 0.0), normal(300, 6, 2, 0.0), normal(300, 6, 3, 0.5));
        for metric in METRICS.iter().filter(|m| matches!(m.better, Better::Less)) {
            let (near, apart) = (one(metric, &a, &like), one(metric, &a, &far));
            let (floor, ceiling) = (near.floor.unwrap().value, apart.ceiling.unwrap().value);
            assert!(near.figure.value < apart.figure.interval[0], "{}", metric.name);
            assert!(apart.figure.value < ceiling && floor < apart.figure.interval[0], "{}", metric.name);
            assert_eq!(near.floor.unwrap().samples, [150; 2]);
            let [lo, hi] = apart.figure.interval;
            assert!(lo < apart.figure.value && apart.figure.value < hi && hi - lo < apart.figure.value);
        }
        let off = normal(300, 6, 4, 1.5);
        for metric in METRICS.iter().filter(|m| m.better == Better::More) {
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
        assert_eq!(names, ["class-score", "memorisation"]);
        assert!(find("kid").is_some() && find("nonsense").is_none());
    }
}

//! Every metric by name, each with its interval, its floor (the same against the same) and its ceiling (noise).

mod pictures;
mod tables;
mod transport;

use super::image::{self, Grey};
use super::interval::{DRAWS, Figure};
use super::kernel::Kernel;
use super::neighbours::Surroundings;
use super::{MetricError, Table, diversity, frechet};
use pictures::{alike_within, per_picture};
use tables::{Around, class_score, discrepancy, memorised, one_set, two_sets};

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

impl Better {
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
pub struct Album {
    /// The pictures.
    pub pictures: Vec<Grey>,
    /// Class of each; empty if there are none.
    pub labels: Vec<usize>,
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
    /// The pictures of reference and candidate.
    pub pictures: Option<[&'a Album; 2]>,
    /// Neighbours that make a sample's surroundings.
    pub k: usize,
    /// Bins of a histogram.
    pub bins: usize,
    /// Directions to look along, a row each; drawn unless given.
    pub projections: Option<&'a Table>,
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
        name: "sliced",
        about: "Wasserstein distance of order 2 along many directions (Bonneel et al. 2015).",
        better: Better::Less,
        applies: always,
        take: Take::Alone(transport::slices),
    },
    Metric {
        name: "earth-mover",
        about: "Exact cost of carrying one set onto the other, of at most 400 samples each (Rubner et al. 2000).",
        better: Better::Less,
        applies: always,
        take: Take::Alone(transport::earth_mover),
    },
    Metric {
        name: "kl",
        about: "Divergence of the reference's histograms from the candidate's, bits, mean of features (Kullback and Leibler 1951).",
        better: Better::Less,
        applies: always,
        take: Take::Alone(transport::divergence),
    },
    Metric {
        name: "js",
        about: "Divergence of the histograms from their middle, bits, mean of features, 0 to 1 (Lin 1991).",
        better: Better::Less,
        applies: always,
        take: Take::Alone(transport::symmetric_divergence),
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
    Metric {
        name: "entropy",
        about: "Mean Shannon entropy of a picture's grey levels, in bits (Shannon 1948).",
        better: Better::LikeReference,
        applies: |q| q.pictures.is_some(),
        take: Take::Alone(|q| per_picture(q, |p| Ok(image::entropy(p)))),
    },
    Metric {
        name: "compressed",
        about: "Mean bytes a pixel after zlib at level 9: how little a picture can be told in.",
        better: Better::LikeReference,
        applies: |q| q.pictures.is_some(),
        take: Take::Alone(|q| per_picture(q, pictures::compressed)),
    },
    Metric {
        name: "edges",
        about: "Mean gradient of a picture, grey levels a pixel (Sobel and Feldman 1968).",
        better: Better::LikeReference,
        applies: |q| q.pictures.is_some(),
        take: Take::Alone(|q| per_picture(q, |p| Ok(image::edge_density(p)))),
    },
    Metric {
        name: "spectrum",
        about: "Mean slope of a picture's power over spatial frequency, both logarithmic; near −2 for photographs (Field 1987).",
        better: Better::LikeReference,
        applies: |q| q.pictures.is_some(),
        take: Take::Alone(|q| per_picture(q, pictures::slope)),
    },
    Metric {
        name: "dimension",
        about: "Mean box-counting dimension of what is brighter than Otsu's threshold, 0 to 2 (Otsu 1979, Mandelbrot 1982).",
        better: Better::LikeReference,
        applies: |q| q.pictures.is_some(),
        take: Take::Alone(|q| per_picture(q, pictures::dimension)),
    },
    Metric {
        name: "symmetry",
        about: "Mean correlation of a picture with its mirror image, −1 to 1.",
        better: Better::LikeReference,
        applies: |q| q.pictures.is_some(),
        take: Take::Alone(|q| per_picture(q, image::left_right)),
    },
    Metric {
        name: "likeness",
        about: "Mean structural similarity of random pairs within a class: 1 where all are alike (Wang et al. 2004, Odena et al. 2017).",
        better: Better::LikeReference,
        applies: |q| q.pictures.is_some(),
        take: Take::Alone(alike_within),
    },
];

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
    use crate::bench::metrics::testing::normal;

    fn ask<'a>(reference: &'a Table, candidate: &'a Table) -> Question<'a> {
        Question {
            reference,
            candidate,
            held_out: None,
            probabilities: None,
            pictures: None,
            k: 5,
            bins: 32,
            projections: None,
            seed: 1,
        }
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
        assert_eq!(names[..2], ["class-score", "memorisation"]);
        assert_eq!(names.len(), 9, "{names:?}");
        assert!(find("kid").is_some() && find("nonsense").is_none());
    }
}

//! The list of metrics.

use super::super::image;
use super::super::interval::DRAWS;
use super::super::kernel::Kernel;
use super::super::{diversity, frechet};
use super::pictures::{self, alike_at_scales, alike_within, per_picture};
use super::tables::{class_score, discrepancy, memorised, new_over_time, one_set, two_sets};
use super::transport;
use super::{Direction, Estimator, Metric, MetricDomain, MetricInputs};

fn always(_: &MetricInputs) -> bool {
    true
}

/// All metrics.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "frechet",
        about: "Distance between the normal distributions of both sets (Fréchet 1957, Heusel et al. 2017).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Alone(|q| two_sets(q, DRAWS, frechet::frechet)),
    },
    Metric {
        name: "kid",
        about: "Unbiased cubic-kernel discrepancy (Bińkowski et al. 2018); negative values are as good as zero.",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Alone(|q| discrepancy(q, Kernel::Cubic)),
    },
    Metric {
        name: "sliced",
        about: "Wasserstein distance of order 2 along many directions (Bonneel et al. 2015).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Alone(transport::slices),
    },
    Metric {
        name: "earth-mover",
        about: "Exact cost of carrying one set onto the other, of at most 400 samples each (Rubner et al. 2000).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Alone(transport::earth_mover),
    },
    Metric {
        name: "kl",
        about: "Divergence of the reference's histograms from the candidate's, bits, mean of features (Kullback and Leibler 1951).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Alone(transport::divergence),
    },
    Metric {
        name: "js",
        about: "Divergence of the histograms from their middle, bits, mean of features, 0 to 1 (Lin 1991).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Alone(transport::symmetric_divergence),
    },
    Metric {
        name: "precision",
        about: "Share of candidates among the reference: fidelity (Kynkäänniemi et al. 2019).",
        better: Direction::More,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Neighbours(|s| &s.precision),
    },
    Metric {
        name: "recall",
        about: "Share of the reference among the candidates: diversity (Kynkäänniemi et al. 2019).",
        better: Direction::More,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Neighbours(|s| &s.recall),
    },
    Metric {
        name: "density",
        about: "How densely candidates lie among the reference; 1 for like sets (Naeem et al. 2020).",
        better: Direction::More,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Neighbours(|s| &s.density),
    },
    Metric {
        name: "coverage",
        about: "Share of the reference with a candidate near it (Naeem et al. 2020).",
        better: Direction::More,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Neighbours(|s| &s.coverage),
    },
    Metric {
        name: "vendi",
        about: "Number of wholly different samples that would be as diverse (Friedman and Dieng 2023).",
        better: Direction::LikeReference,
        of: MetricDomain::Features,
        applies: always,
        take: Estimator::Alone(|q| one_set(q, [q.reference, q.candidate], diversity::vendi_cosine)),
    },
    Metric {
        name: "class-score",
        about: "How surely and evenly the judge names classes, 1 to their number (Salimans et al. 2016, with our judge).",
        better: Direction::LikeReference,
        of: MetricDomain::Classes,
        applies: |q| q.probabilities.is_some(),
        take: Estimator::Alone(class_score),
    },
    Metric {
        name: "memorisation",
        about: "Share of candidates nearer to a training sample than to any held-out one (after Meehan et al. 2020).",
        better: Direction::Half,
        of: MetricDomain::Features,
        applies: |q| q.held_out.is_some(),
        take: Estimator::Alone(memorised),
    },
    Metric {
        name: "novelty",
        about: "Mean distance to the k nearest earlier samples, late in a sequence (Lehman and Stanley 2011); only asked for by name, as samples must be in time order.",
        better: Direction::LikeReference,
        of: MetricDomain::Features,
        applies: |_| false,
        take: Estimator::Alone(new_over_time),
    },
    Metric {
        name: "entropy",
        about: "Mean Shannon entropy of a picture's grey levels, in bits (Shannon 1948).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        take: Estimator::Alone(|q| per_picture(q, |p| Ok(image::entropy(p)))),
    },
    Metric {
        name: "compressed",
        about: "Mean bytes a pixel after zlib at level 9: how little a picture can be told in.",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        take: Estimator::Alone(|q| per_picture(q, pictures::compressed)),
    },
    Metric {
        name: "edges",
        about: "Mean gradient of a picture, grey levels a pixel (Sobel and Feldman 1968).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        take: Estimator::Alone(|q| per_picture(q, |p| Ok(image::edge_density(p)))),
    },
    Metric {
        name: "spectrum",
        about: "Mean slope of a picture's power over spatial frequency, both logarithmic; near −2 for photographs (Field 1987).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        take: Estimator::Alone(|q| per_picture(q, pictures::slope)),
    },
    Metric {
        name: "dimension",
        about: "Mean box-counting dimension of what is brighter than Otsu's threshold, 0 to 2 (Otsu 1979, Mandelbrot 1982).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        take: Estimator::Alone(|q| per_picture(q, pictures::dimension)),
    },
    Metric {
        name: "symmetry",
        about: "Mean correlation of a picture with its mirror image, −1 to 1.",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        take: Estimator::Alone(|q| per_picture(q, image::left_right)),
    },
    Metric {
        name: "likeness",
        about: "Mean structural similarity of random pairs within a class: 1 where all are alike (Wang et al. 2004, Odena et al. 2017).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        take: Estimator::Alone(alike_within),
    },
    Metric {
        name: "ms-likeness",
        about: "The same over several scales: 3 of the 5 for pictures of 64×64, 2 for 28×28 (Wang et al. 2003, Odena et al. 2017).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        take: Estimator::Alone(alike_at_scales),
    },
];

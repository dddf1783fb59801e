//! Catalogue of metrics.

use super::super::diversity;
use super::super::image;
use super::super::kernel::Kernel;
use super::inputs::MetricInputs;
use super::metric::{Direction, Estimator, Metric, MetricDomain};
use super::pictures::{self, ms_ssim_within, per_picture, ssim_within};
use super::tables::{class_score, discrepancy, frechet_distance, late_novelty, memorised, one_set};
use super::transport;

fn always(_: &MetricInputs) -> bool {
    true
}

/// All metrics.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "frechet",
        about: "Fréchet distance between Gaussians fitted to both sets (Fréchet 1957, Heusel et al. 2017).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Direct(frechet_distance),
    },
    Metric {
        name: "kid",
        about: "Kernel distance KID: unbiased MMD² with a cubic kernel (Bińkowski et al. 2018); negative values are as good as zero.",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Direct(|q| discrepancy(q, Kernel::Cubic)),
    },
    Metric {
        name: "sliced",
        about: "Sliced Wasserstein distance of order 2, over many random directions (Bonneel et al. 2015).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Direct(transport::slices),
    },
    Metric {
        name: "earth-mover",
        about: "Earth mover's distance: exact optimal transport between at most 400 samples of each set (Rubner et al. 2000).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Direct(transport::earth_mover),
    },
    Metric {
        name: "kl",
        about: "Kullback-Leibler divergence of the reference's histograms from the candidate's, bits, mean over features (1951).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Direct(transport::divergence),
    },
    Metric {
        name: "js",
        about: "Jensen-Shannon divergence of the histograms, bits, mean over features, 0 to 1 (Lin 1991).",
        better: Direction::Less,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Direct(transport::symmetric_divergence),
    },
    Metric {
        name: "precision",
        about: "Share of candidates within the reference's manifold: fidelity (Kynkäänniemi et al. 2019).",
        better: Direction::More,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Neighbours(|s| &s.precision),
    },
    Metric {
        name: "recall",
        about: "Share of the reference within the candidates' manifold: diversity (Kynkäänniemi et al. 2019).",
        better: Direction::More,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Neighbours(|s| &s.recall),
    },
    Metric {
        name: "density",
        about: "Density of candidates within the reference's manifold; 1 for equal distributions (Naeem et al. 2020).",
        better: Direction::More,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Neighbours(|s| &s.density),
    },
    Metric {
        name: "coverage",
        about: "Share of reference samples with a candidate in their neighbourhood (Naeem et al. 2020).",
        better: Direction::More,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Neighbours(|s| &s.coverage),
    },
    Metric {
        name: "vendi",
        about: "Vendi score: effective number of distinct samples (Friedman and Dieng 2023).",
        better: Direction::LikeReference,
        of: MetricDomain::Features,
        applies: always,
        estimator: Estimator::Direct(|q| one_set(q, [q.reference, q.candidate], diversity::vendi_cosine)),
    },
    Metric {
        name: "class-score",
        about: "Inception score with this program's judge: confident and balanced classes, 1 to their number (Salimans et al. 2016).",
        better: Direction::LikeReference,
        of: MetricDomain::Classes,
        applies: |q| q.probabilities.is_some(),
        estimator: Estimator::Direct(class_score),
    },
    Metric {
        name: "memorisation",
        about: "Share of candidates nearer to a training sample than to any held-out one (after Meehan et al. 2020).",
        better: Direction::Half,
        of: MetricDomain::Features,
        applies: |q| q.held_out.is_some(),
        estimator: Estimator::Direct(memorised),
    },
    Metric {
        name: "novelty",
        about: "Mean distance to the k nearest earlier samples, late in a sequence (Lehman and Stanley 2011); only on request, as samples must be in time order.",
        better: Direction::LikeReference,
        of: MetricDomain::Features,
        applies: |_| false,
        estimator: Estimator::Direct(late_novelty),
    },
    Metric {
        name: "entropy",
        about: "Mean Shannon entropy of a picture's grey levels, in bits (Shannon 1948).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        estimator: Estimator::Direct(|q| per_picture(q, |p| Ok(image::entropy(p)))),
    },
    Metric {
        name: "compressed",
        about: "Mean compressed size, bytes a pixel, by zlib at level 9.",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        estimator: Estimator::Direct(|q| per_picture(q, pictures::compressed)),
    },
    Metric {
        name: "edges",
        about: "Mean gradient magnitude of a picture, grey levels a pixel (Sobel and Feldman 1968).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        estimator: Estimator::Direct(|q| per_picture(q, |p| Ok(image::edge_density(p)))),
    },
    Metric {
        name: "spectrum",
        about: "Mean log-log slope of power over spatial frequency; near −2 for photographs (Field 1987).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        estimator: Estimator::Direct(|q| per_picture(q, pictures::slope)),
    },
    Metric {
        name: "dimension",
        about: "Mean box-counting dimension of the pixels above Otsu's threshold, 0 to 2 (Otsu 1979, Mandelbrot 1982).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        estimator: Estimator::Direct(|q| per_picture(q, pictures::dimension)),
    },
    Metric {
        name: "symmetry",
        about: "Mean correlation of a picture with its mirror image, −1 to 1.",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        estimator: Estimator::Direct(|q| per_picture(q, image::left_right)),
    },
    Metric {
        name: "likeness",
        about: "Mean SSIM of random pairs within a class; 1 if all are identical (Wang et al. 2004, Odena et al. 2017).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        estimator: Estimator::Direct(ssim_within),
    },
    Metric {
        name: "ms-likeness",
        about: "The same with MS-SSIM: 3 of its 5 scales for pictures of 64×64, 2 for 28×28 (Wang et al. 2003, Odena et al. 2017).",
        better: Direction::LikeReference,
        of: MetricDomain::Pictures,
        applies: |q| q.pictures.is_some(),
        estimator: Estimator::Direct(ms_ssim_within),
    },
];

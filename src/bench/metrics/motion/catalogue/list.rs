//! Catalogue of metrics of moving pictures.

use super::super::distribution::Quantity;
use super::climate::{decorrelation, distance, flicker, integrated, kurtosis, video_frechet, video_kernel};
use super::metric::MotionMetric;
use super::physics::{divergence, energy, enstrophy, fast_power, mass, spectrum, temporal};
use super::side::Worlds;
use super::time::{blow_ups, correlation_time, equal_cells, error, exact_frames, valid_prediction_time};
use crate::metrics::catalogue::Direction;

fn always(_: &Worlds) -> bool {
    true
}
fn flows(w: &Worlds) -> bool {
    w.rollouts.first().is_some_and(|r| r.layout().velocity.is_some())
}
fn gases(w: &Worlds) -> bool {
    w.rollouts.first().is_some_and(|r| r.layout().density.is_some())
}
fn automata(w: &Worlds) -> bool {
    w.rollouts.first().is_some_and(|r| r.layout().discrete)
}
fn seen(w: &Worlds) -> bool {
    w.features.is_some()
}

/// All metrics of moving pictures.
pub const MOTION_METRICS: &[MotionMetric] = &[
    MotionMetric {
        name: "correlation-time-80",
        about: "First frame whose mean correlation with the truth is below 0.8 (Lippe et al. 2023).",
        unit: "frames",
        better: Direction::More,
        applies: always,
        compute: |c| correlation_time(c, 0.8),
    },
    MotionMetric {
        name: "correlation-time-50",
        about: "First frame whose mean correlation with the truth is below 0.5.",
        unit: "frames",
        better: Direction::More,
        applies: always,
        compute: |c| correlation_time(c, 0.5),
    },
    MotionMetric {
        name: "valid-prediction-time",
        about: "Mean time until the normalised RMS error exceeds 0.4 (Pathak et al. 2018, Vlachas et al. 2020), over the truth's autocorrelation time.",
        unit: "autocorrelation times",
        better: Direction::More,
        applies: always,
        compute: valid_prediction_time,
    },
    MotionMetric {
        name: "error",
        about: "RMS error in standard deviations of the truth, mean over all frames; √2 for independent worlds.",
        unit: "standard deviations",
        better: Direction::Less,
        applies: always,
        compute: error,
    },
    MotionMetric {
        name: "blow-ups",
        about: "Share of worlds in which a value ceases to be finite.",
        unit: "",
        better: Direction::Less,
        applies: always,
        compute: blow_ups,
    },
    MotionMetric {
        name: "equal-cells",
        about: "Share of cells equal to the truth's, mean over all frames.",
        unit: "",
        better: Direction::More,
        applies: automata,
        compute: equal_cells,
    },
    MotionMetric {
        name: "exact-frames",
        about: "First frame that differs from the truth in any cell, mean over worlds.",
        unit: "frames",
        better: Direction::More,
        applies: automata,
        compute: exact_frames,
    },
    MotionMetric {
        name: "spectrum-in-space",
        about: "Late energy by wavenumber: mean |log₁₀| of the ratio to the truth's; 1 is a factor of ten.",
        unit: "decades",
        better: Direction::Less,
        applies: always,
        compute: |c| spectrum(c, |r| r.mean_decades),
    },
    MotionMetric {
        name: "worst-octave-in-space",
        about: "Late energy by octaves of wavenumbers: the largest factor off the truth's; 1 if none.",
        unit: "",
        better: Direction::Less,
        applies: always,
        compute: |c| spectrum(c, |r| r.worst_factor),
    },
    MotionMetric {
        name: "spectrum-in-time",
        about: "Late power by frequency (Welch 1967): mean |log₁₀| of the ratio to the truth's; 1 is a factor of ten.",
        unit: "decades",
        better: Direction::Less,
        applies: always,
        compute: |c| temporal(c, |r| r.mean_decades),
    },
    MotionMetric {
        name: "worst-octave-in-time",
        about: "Late power by octaves of frequencies: the largest factor off the truth's; 1 if none.",
        unit: "",
        better: Direction::Less,
        applies: always,
        compute: |c| temporal(c, |r| r.worst_factor),
    },
    MotionMetric {
        name: "energy-at-the-end",
        about: "Energy over the truth's, mean over the last tenth of the frames; kinetic for flows, else variance.",
        unit: "",
        better: Direction::LikeReference,
        applies: always,
        compute: |c| energy(c, |b| b.last),
    },
    MotionMetric {
        name: "energy-at-most",
        about: "Energy over the truth's in the frame where the ratio is largest.",
        unit: "",
        better: Direction::LikeReference,
        applies: always,
        compute: |c| energy(c, |b| b.most),
    },
    MotionMetric {
        name: "energy-growth",
        about: "Factor by which the energy over the truth's changes in the second half of the frames.",
        unit: "",
        better: Direction::LikeReference,
        applies: always,
        compute: |c| energy(c, |b| b.growth),
    },
    MotionMetric {
        name: "enstrophy",
        about: "Late mean square of the vorticity over the truth's.",
        unit: "",
        better: Direction::LikeReference,
        applies: flows,
        compute: enstrophy,
    },
    MotionMetric {
        name: "divergence-ratio",
        about: "Late RMS divergence over RMS vorticity; 0 for incompressible flow, 1 for white noise.",
        unit: "",
        better: Direction::LikeReference,
        applies: flows,
        compute: divergence,
    },
    MotionMetric {
        name: "mass-error",
        about: "Largest relative difference of the mean density from the truth's, over all frames.",
        unit: "",
        better: Direction::Less,
        applies: gases,
        compute: mass,
    },
    MotionMetric {
        name: "values-wasserstein",
        about: "Wasserstein distance of order 1 between the distributions of late values, in their standard deviations.",
        unit: "standard deviations",
        better: Direction::Less,
        applies: always,
        compute: |c| distance(c, Quantity::Values, |d| d.wasserstein),
    },
    MotionMetric {
        name: "values-ks",
        about: "Kolmogorov-Smirnov statistic of late values: the largest difference of the distribution functions.",
        unit: "",
        better: Direction::Less,
        applies: always,
        compute: |c| distance(c, Quantity::Values, |d| d.kolmogorov_smirnov),
    },
    MotionMetric {
        name: "increments-wasserstein",
        about: "Wasserstein distance of order 1 between the distributions of late changes from frame to frame.",
        unit: "standard deviations",
        better: Direction::Less,
        applies: always,
        compute: |c| distance(c, Quantity::Increments, |d| d.wasserstein),
    },
    MotionMetric {
        name: "increments-ks",
        about: "Kolmogorov-Smirnov statistic of late changes from frame to frame.",
        unit: "",
        better: Direction::Less,
        applies: always,
        compute: |c| distance(c, Quantity::Increments, |d| d.kolmogorov_smirnov),
    },
    MotionMetric {
        name: "increments-kurtosis",
        about: "Kurtosis of late changes from frame to frame: 3 if they are normal, more if they are intermittent.",
        unit: "",
        better: Direction::LikeReference,
        applies: always,
        compute: kurtosis,
    },
    MotionMetric {
        name: "autocorrelation-time",
        about: "Lag at which the autocorrelation of the late frames has fallen to 1/e.",
        unit: "frames",
        better: Direction::LikeReference,
        applies: always,
        compute: decorrelation,
    },
    MotionMetric {
        name: "integrated-autocorrelation-time",
        about: "½ plus the sum of the autocorrelation of the late frames, windowed (Madras and Sokal 1988).",
        unit: "frames",
        better: Direction::LikeReference,
        applies: always,
        compute: integrated,
    },
    MotionMetric {
        name: "flicker",
        about: "Mean second difference in time over the mean first: 0 for steady change, √3 for white noise, 2 for alternation.",
        unit: "",
        better: Direction::LikeReference,
        applies: always,
        compute: flicker,
    },
    MotionMetric {
        name: "fast-power",
        about: "Share of the late power in time above half the highest frequency; ½ for white noise.",
        unit: "",
        better: Direction::LikeReference,
        applies: always,
        compute: fast_power,
    },
    MotionMetric {
        name: "video-kernel",
        about: "Unbiased MMD² with a cubic kernel of an eye's features on several late frames (after Luo et al. 2025); negative values are as good as zero.",
        unit: "",
        better: Direction::Less,
        applies: seen,
        compute: video_kernel,
    },
    MotionMetric {
        name: "video-frechet",
        about: "Fréchet distance of the same features (after Unterthiner et al. 2018; biased towards single frames: Ge et al. 2024).",
        unit: "",
        better: Direction::Less,
        applies: seen,
        compute: video_frechet,
    },
];

//! The sliced Wasserstein distance (Rabin et al. 2011; as a loss of textures Heitz et al. 2021): along a direction two
//! sets of as many points are as far apart as their sorted projections; the gradient moves each point towards the one
//! of its rank.
//!
//! Directions are mixtures of one to three features. Along dense random ones any distribution of many features looks
//! nearly normal (Diaconis and Freedman 1984), which hides what tells textures apart; single features are the
//! histograms of Heeger and Bergen (1995). Each step draws its directions from a bank whose quantiles over all pictures
//! are known, so that the target has no sampling noise.

use rand::seq::index;
use rayon::prelude::*;

use crate::nca::cells::products::{matrix, transpose};
use world::rng::Rng;

/// Directions of a bank.
const DIRECTIONS: usize = 256;
/// Greatest number of quantiles that are kept of each.
const POINTS: usize = 4096;
/// Most features that a direction mixes.
const MIXED: u64 = 3;
/// Directions that one task projects on.
const CHUNK: usize = 16;

/// The distribution of features along random directions.
pub struct Bank {
    channels: usize,
    /// `[DIRECTIONS][channels]`, in deviations of each feature.
    directions: Vec<f32>,
    /// `[DIRECTIONS][points]`, ascending.
    quantiles: Vec<f32>,
    points: usize,
}

/// How far worlds are from a distribution.
pub struct Distance {
    /// Mean squared distance along the directions, in deviations of the features.
    pub mean: f64,
    /// The same of each world's own points.
    pub each: Vec<f64>,
    /// Gradient of the mean, by world, `[channels][cells]`.
    pub gradient: Vec<Vec<f32>>,
}

impl Bank {
    /// Of features `[channels][samples]`, to be compared with about `points` points.
    pub fn of(features: &[f32], channels: usize, points: usize, rng: Rng) -> Self {
        let samples = features.len() / channels;
        let deviations = deviations(features, samples);
        let directions: Vec<f32> =
            (0..DIRECTIONS as u64).flat_map(|k| direction(&deviations, rng.fork(k))).collect();
        let points = points.clamp(1, POINTS);
        let rows = directions.par_chunks(CHUNK * channels).flat_map_iter(|some| {
            let projected = matrix(some, channels, features, samples);
            let sorted =
                |row: &[f32]| ranked(row.iter().copied()).into_iter().map(value).collect::<Vec<f32>>();
            projected.chunks_exact(samples).map(|row| resampled(&sorted(row), points)).collect::<Vec<_>>()
        });
        let quantiles = rows.collect::<Vec<_>>().concat();
        Self { channels, directions, quantiles, points }
    }

    /// The distance of worlds `[channels][cells]`, all of one size, along `count` directions that `rng` draws.
    pub fn distance(&self, worlds: &[&[f32]], count: usize, rng: Rng) -> Distance {
        let (n, c, cells) = (worlds.len(), self.channels, worlds[0].len() / self.channels);
        let count = count.clamp(1, DIRECTIONS);
        let drawn = index::sample(&mut rng.sequence(), DIRECTIONS, count).into_vec();
        let rows: Vec<f32> =
            drawn.iter().flat_map(|k| self.directions[k * c..(k + 1) * c].iter().copied()).collect();
        let projected: Vec<Vec<f32>> = worlds.par_iter().map(|w| matrix(&rows, c, w, cells)).collect();
        let along = |k: usize| {
            let goal = &self.quantiles[drawn[k] * self.points..][..self.points];
            let values = projected.iter().flat_map(|p| p[k * cells..(k + 1) * cells].iter().copied());
            residuals(values, n * cells, goal)
        };
        let residuals: Vec<Vec<f32>> = (0..count).into_par_iter().map(along).collect();
        let back = transpose(&rows, c);
        let scale = 2.0 / (count * n * cells) as f32;
        let of_world = |i: usize| {
            let own = residuals.iter().flat_map(|r| r[i * cells..(i + 1) * cells].iter().copied());
            let own: Vec<f32> = own.collect();
            let squares: f64 = own.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
            let scaled: Vec<f32> = own.iter().map(|v| v * scale).collect();
            (squares / (count * cells) as f64, matrix(&back, count, &scaled, cells))
        };
        let (each, gradient): (Vec<f64>, Vec<Vec<f32>>) =
            (0..n).into_par_iter().map(of_world).collect::<Vec<_>>().into_iter().unzip();
        Distance { mean: each.iter().sum::<f64>() / n as f64, each, gradient }
    }
}

/// Standard deviation of each feature; of one that hardly varies, a tenth of what features vary on average, so that it
/// does not count more than it shows.
fn deviations(features: &[f32], samples: usize) -> Vec<f64> {
    let variance = |row: &[f32]| {
        let mean = row.iter().map(|v| f64::from(*v)).sum::<f64>() / samples as f64;
        row.iter().map(|v| (f64::from(*v) - mean) * (f64::from(*v) - mean)).sum::<f64>() / samples as f64
    };
    let all: Vec<f64> = features.chunks_exact(samples).map(variance).collect();
    let least = 0.01 * all.iter().sum::<f64>() / all.len() as f64 + 1e-12;
    all.iter().map(|v| v.max(least).sqrt()).collect()
}

/// A mixture of one to [`MIXED`] features, of unit length in their deviations.
fn direction(deviations: &[f64], rng: Rng) -> Vec<f32> {
    let channels = deviations.len();
    let few = (1 + rng.below(0, MIXED) as usize).min(channels);
    let mixed = index::sample(&mut rng.named("mixed").sequence(), channels, few).into_vec();
    let weights: Vec<f64> = (0..few as u64).map(|i| f64::from(rng.named("weights").normal(i))).collect();
    let length = weights.iter().map(|w| w * w).sum::<f64>().sqrt();
    let mut row = vec![0f32; channels];
    mixed.iter().zip(&weights).for_each(|(&c, w)| row[c] = (w / length / deviations[c]) as f32);
    row
}

/// How far each value is from the quantile of its rank, in the order of the values.
fn residuals(values: impl Iterator<Item = f32>, n: usize, quantiles: &[f32]) -> Vec<f32> {
    let goal = resampled(quantiles, n);
    let mut all = vec![0f32; n];
    for (key, goal) in ranked(values).into_iter().zip(goal) {
        all[key as u32 as usize] = value(key) - goal;
    }
    all
}

/// Values in ascending order, each with its place: the higher half of a key orders as the value does, the lower half
/// is the place.
fn ranked(values: impl Iterator<Item = f32>) -> Vec<u64> {
    let key = |(place, v): (usize, f32)| {
        let bits = v.to_bits();
        let ordered = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
        u64::from(ordered) << 32 | place as u64
    };
    let mut keys: Vec<u64> = values.enumerate().map(key).collect();
    keys.sort_unstable();
    keys
}

/// The value of a key.
fn value(key: u64) -> f32 {
    let ordered = (key >> 32) as u32;
    f32::from_bits(if ordered >> 31 == 1 { ordered & !(1 << 31) } else { !ordered })
}

/// `n` quantiles at equal steps of a sorted sample, by linear interpolation; the sample itself if it has as many.
fn resampled(sorted: &[f32], n: usize) -> Vec<f32> {
    let m = sorted.len();
    if m == n {
        return sorted.to_vec();
    }
    let one = |i: usize| {
        let at = ((2 * i + 1) * m) as f64 / (2 * n) as f64 - 0.5;
        let at = at.clamp(0.0, (m - 1) as f64);
        let (low, part) = (at as usize, (at - libm::floor(at)) as f32);
        part.mul_add(sorted[(low + 1).min(m - 1)] - sorted[low], sorted[low])
    };
    (0..n).map(one).collect()
}

#[cfg(test)]
mod tests;

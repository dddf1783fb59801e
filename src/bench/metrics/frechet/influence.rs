//! The interval of the distance, by its influence function.
//!
//! The distance is a smooth function of means and covariances. To first order it is the mean over the samples of their
//! influences (the infinitesimal jackknife; Efron 1982, chapter 6): for a sample x of the first set, centred,
//!
//! 2(m₁ − m₂)·x + xᵀ(I − G)x, with G the map that carries N(0, Σ₁) into N(0, Σ₂).
//!
//! So one decomposition serves all resamples, each of which is a mean of resampled influences (Efron 1979). What is
//! resampled are the samples of both sets; what is held fixed is G and the difference of the means. The interval is that
//! of the expected distance at this number of samples. For two sets of one distribution, where terms of second order
//! remain, it is wider than nominal by about √2 (a bootstrap of the distance itself by √3).

use super::moments::Moments;
use super::samples::{Products, are_fewer};
use super::statistics::{NAME, Statistics};
use crate::metrics::interval::{Estimate, of_influences};
use crate::metrics::linear::{dot, fits};
use crate::metrics::product::{Pairs, ROWS, Rows, blocks, walk};
use crate::metrics::{MetricError, SampleMatrix, Samples, both};
use world::rng::Rng;

/// What is known of a set.
#[derive(Clone, Copy)]
pub enum KnownSet<'a> {
    /// Its samples.
    Samples(&'a SampleMatrix),
    /// Mean and covariance only, which count as exact.
    Statistics(&'a Statistics),
}

/// Fewest samples for an interval.
const LEAST: usize = 3;

/// A distance and the influence of each sample on it; none of sets whose samples are not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Influences {
    /// The distance.
    pub value: f64,
    /// Of the samples of each set.
    pub of: [Vec<f64>; 2],
}

/// The distance of two sets, with a 95 % interval if a random stream for it is given.
///
/// # Errors
/// As [`frechet`](super::frechet); fewer than three samples for an interval.
pub fn estimate(sets: [KnownSet; 2], interval: Option<Rng>) -> Result<Estimate, MetricError> {
    let Some(rng) = interval else { return distance(sets).map(Estimate::point) };
    let Influences { value, of } = influences(sets)?;
    for (set, what) in sets.iter().zip(["the reference", "the candidate"]) {
        if let KnownSet::Samples(table) = set
            && table.rows() < LEAST
        {
            let metric = "the interval of the Fréchet distance";
            return Err(MetricError::TooFew { metric, what: what.into(), least: LEAST, found: table.rows() });
        }
    }
    Ok(of_influences(value, [&of[0], &of[1]], rng))
}

/// The distance alone.
fn distance(sets: [KnownSet; 2]) -> Result<f64, MetricError> {
    if let [KnownSet::Samples(a), KnownSet::Samples(b)] = sets {
        both(NAME, a, b, 2)?;
        let samples = [a.into(), b.into()];
        if are_fewer(samples) {
            return Products::of(samples)?.distance();
        }
    }
    statistics(sets[0])?.distance(&statistics(sets[1])?)
}

/// What is known of a set, in moments.
fn statistics(set: KnownSet) -> Result<Statistics, MetricError> {
    match set {
        KnownSet::Statistics(known) => Ok(known.clone()),
        KnownSet::Samples(table) => {
            both(NAME, table, table, 2)?;
            fits(table.columns(), table.columns(), NAME)?;
            Ok(Statistics::from(&Moments::of(table)))
        }
    }
}

/// The distance and the influences.
///
/// # Errors
/// As [`frechet`](super::frechet).
pub fn influences(sets: [KnownSet; 2]) -> Result<Influences, MetricError> {
    if let [KnownSet::Samples(a), KnownSet::Samples(b)] = sets {
        both(NAME, a, b, 2)?;
        let samples = [a.into(), b.into()];
        if are_fewer(samples) {
            return by_samples(samples);
        }
    }
    by_moments(sets)
}

/// From the products of samples.
pub(super) fn by_samples(sets: [Samples; 2]) -> Result<Influences, MetricError> {
    let products = Products::of(sets)?;
    let (value, [x, y]) = products.distance_and_squares()?;
    let [mx, my] = &products.means;
    Ok(Influences { value, of: [of_samples(sets[0], mx, my, &x), of_samples(sets[1], my, mx, &y)] })
}

/// From means and covariances.
pub(super) fn by_moments(sets: [KnownSet; 2]) -> Result<Influences, MetricError> {
    let [a, b] = [statistics(sets[0])?, statistics(sets[1])?];
    a.fit(&b)?;
    let root = a.covariance().root_of_product(b.covariance(), NAME)?;
    let value = a.without_root(&b) - 2.0 * root.trace;
    let of = |set: KnownSet, own: &[f64], other: &[f64], directions: Vec<f64>| match set {
        KnownSet::Statistics(_) => Ok(Vec::new()),
        KnownSet::Samples(table) => {
            let directions = SampleMatrix::new(own.len(), directions)?;
            Ok(of_samples(table.into(), own, other, &squares(table.into(), own, &directions)))
        }
    };
    let first = of(sets[0], a.mean(), b.mean(), root.by_self)?;
    let second = of(sets[1], b.mean(), a.mean(), root.by_other)?;
    Ok(Influences { value, of: [first, second] })
}

/// Σ (r·x)² over all directions r, for each sample x less its mean.
fn squares(samples: Samples, mean: &[f64], directions: &SampleMatrix) -> Vec<f64> {
    let block = |b: usize| vec![0.0; ROWS.min(samples.rows() - b * ROWS)];
    let mut found: Vec<Vec<f64>> = (0..blocks(samples.rows())).map(block).collect();
    let (left, right) = (Rows::centred(samples, mean), Rows::plain(directions.into()));
    walk::<f64, _>(&left, &right, Pairs::All, &mut found, |sums, tile| {
        for (i, sum) in sums.iter_mut().enumerate() {
            let row = &tile.row(i)[..tile.size[1]];
            *sum += dot(row, row);
        }
    });
    found.concat()
}

/// The influences of a set's samples, given xᵀGx of each.
fn of_samples(samples: Samples, own: &[f64], other: &[f64], squares: &[f64]) -> Vec<f64> {
    let one = |(i, square): (usize, &f64)| {
        let terms = samples.row(i).iter().zip(own.iter().zip(other));
        let plain: f64 = terms.map(|(x, (m, o))| (x - m) * (2.0 * (m - o) + (x - m))).sum();
        plain - square
    };
    squares.iter().enumerate().map(one).collect()
}

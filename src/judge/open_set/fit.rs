//! Fits the detector to the statistics of known pictures and outliers.

use super::density::packed;
use super::detector::{OpenSet, OpenSetArrays, OpenSetHeader, logarithm, projected};
use crate::classifier::Observation;
use learn::gmm::data::Principal;
use learn::gmm::model::{Gaussian, Mixture};
use learn::net::weights::Weights;
use world::rng::Rng;

/// Principal components that are kept.
const COMPONENTS: usize = 96;
/// Gaussians of outliers.
const OUTLIERS: usize = 4;
/// Iterations of EM for these.
const ITERATIONS: usize = 20;
/// Raises the diagonal of a covariance by this share of its mean.
const SHRINKAGE: f64 = 0.05;
/// Rows from which the components are computed, at most.
const MOST: usize = 4000;
/// Share of known pictures that may score above the threshold, and share that may be less confident.
const FALSE_POSITIVES: [f64; 2] = [0.04, 0.01];

/// Pictures that a detector is fitted to.
pub struct KnownPictures<'a> {
    /// Statistics of training pictures.
    pub statistics: &'a [Vec<f32>],
    /// Their classes.
    pub labels: &'a [usize],
    /// Validation pictures and their confidences, for the thresholds.
    pub validation: (&'a [Observation], &'a [f32]),
}

/// Fits a detector; `weights` gets its arrays. `outliers`: statistics of pictures of no class, with the names of their
/// sets.
///
/// # Errors
/// A class without pictures, identical pictures, or covariances that cannot be used.
pub fn fit(
    known: &KnownPictures,
    classes: usize,
    (outliers, shown): (&[Vec<f32>], Vec<String>),
    weights: &mut Weights,
) -> Result<OpenSet, String> {
    let logs = |rows: &[Vec<f32>]| -> Vec<Vec<f64>> {
        rows.iter().map(|r| r.iter().map(|v| logarithm(*v)).collect()).collect()
    };
    let (mean, deviation) = moments(&logs(known.statistics));
    let standard = |rows: &[Vec<f32>]| -> Vec<Vec<f64>> {
        let one = |r: Vec<f64>| {
            r.iter().zip(&mean).zip(&deviation).map(|((v, m), d)| (v - *m as f64) / *d as f64).collect()
        };
        logs(rows).into_iter().map(one).collect()
    };
    let every = known.statistics.len().div_ceil(MOST).max(1);
    let some: Vec<Vec<f32>> = known.statistics.iter().step_by(every).cloned().collect();
    let principal = Principal::of_rows(&standard(&some), COMPONENTS)?;
    let basis: Vec<f32> = principal.basis.iter().flatten().map(|v| *v as f32).collect();
    let project =
        |rows: &[Vec<f32>]| rows.iter().map(|r| projected(r, &mean, &deviation, &basis)).collect::<Vec<_>>();
    let points = project(known.statistics);
    let of_class = |class| {
        let mine = points.iter().zip(known.labels).filter(|(_, y)| **y == class);
        mixture(&mine.map(|(p, _)| p.clone()).collect::<Vec<_>>(), 1)
    };
    let gaussians = (0..classes).map(of_class).collect::<Result<Vec<_>, _>>()?.concat();
    let foreign = match outliers.is_empty() {
        true => Vec::new(),
        false => mixture(&project(outliers), OUTLIERS)?,
    };
    let header = OpenSetHeader {
        statistics: mean.len(),
        components: principal.basis.len(),
        known: classes,
        outliers: foreign.len(),
        threshold: 0.0,
        least_confidence: 0.0,
        shown,
    };
    let arrays = OpenSetArrays {
        projection: [mean.clone(), deviation.clone(), basis.clone()],
        known: arrays(&gaussians),
        outliers: arrays(&foreign),
    };
    arrays.store(&header, weights);
    let mut made = OpenSet::open(&header, weights)?;
    let (seen, confidences) = known.validation;
    let scores = seen.iter().map(|o| made.score(&o.statistics, &o.logits)).collect();
    made.header.threshold = quantile(scores, 1.0 - FALSE_POSITIVES[0]);
    made.header.least_confidence =
        quantile(confidences.iter().map(|c| *c as f64).collect(), FALSE_POSITIVES[1]) as f32;
    Ok(made)
}

/// A detector's header, and in `weights` its arrays, with a Gaussian for each of `classes` new classes, whose pictures have
/// these statistics and labels. Components and thresholds stay as they are.
///
/// # Errors
/// A class without pictures, or identical pictures.
pub fn extended(
    header: &OpenSetHeader,
    statistics: &[&[f32]],
    labels: &[usize],
    classes: usize,
    weights: &mut Weights,
) -> Result<OpenSetHeader, String> {
    let open_set = OpenSet::open(header, weights)?;
    let points: Vec<Vec<f64>> = statistics.iter().map(|s| open_set.projected(s)).collect();
    let of_class = |class| {
        let mine = points.iter().zip(labels).filter(|(_, y)| **y == class);
        mixture(&mine.map(|(p, _)| p.clone()).collect::<Vec<_>>(), 1)
    };
    let gaussians = (0..classes).map(of_class).collect::<Result<Vec<_>, _>>()?.concat();
    let made = OpenSetHeader { known: header.known + classes, ..header.clone() };
    made.check()?;
    open_set.add_known(arrays(&gaussians), weights);
    Ok(made)
}

fn moments(rows: &[Vec<f64>]) -> (Vec<f32>, Vec<f32>) {
    let (n, numbers) = (rows.len().max(1) as f64, rows.first().map_or(0, Vec::len));
    let mean: Vec<f64> = (0..numbers).map(|j| rows.iter().map(|r| r[j]).sum::<f64>() / n).collect();
    let spread = |j: usize| {
        let squares = rows.iter().map(|r| (r[j] - mean[j]) * (r[j] - mean[j]));
        ((squares.sum::<f64>() / n).sqrt() + 0.01) as f32
    };
    ((0..numbers).map(|j| mean[j] as f32).collect(), (0..numbers).map(spread).collect())
}

/// A mixture of `count` Gaussians; one alone is that of the points' own moments.
fn mixture(points: &[Vec<f64>], count: usize) -> Result<Vec<Gaussian>, String> {
    let mut made = Mixture::begin(points, count, SHRINKAGE, Rng::new(0).named("open set"))?;
    for _ in 0..if count == 1 { 1 } else { ITERATIONS } {
        made.em_step(points, SHRINKAGE)?;
    }
    Ok(made.0)
}

fn arrays(gaussians: &[Gaussian]) -> [Vec<f32>; 3] {
    let means = gaussians.iter().flat_map(|g| g.mean.iter().map(|v| *v as f32)).collect();
    let lower = |g: &Gaussian| {
        let n = g.mean.len();
        let rows = (0..n).flat_map(|i| g.factor[i * n..=i * n + i].iter().map(|v| *v as f32));
        let rows: Vec<f32> = rows.collect();
        debug_assert_eq!(rows.len(), packed(n));
        rows
    };
    let shares = gaussians.iter().map(|g| g.share as f32).collect();
    [means, gaussians.iter().flat_map(lower).collect(), shares]
}

/// The value below which a share of the values lies; not finite ones lie above all.
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (share * values.len() as f64) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::scores::auroc;
    use super::*;
    use crate::verdict::EMBEDDING;

    const NUMBERS: usize = 40;

    /// Statistics of a picture of a class: bounded below, each class elsewhere, related to each other.
    fn picture(class: usize, r: Rng) -> Vec<f32> {
        let shared = r.normal(99);
        let one = |i: usize| {
            let centre = if i % 3 == class { 1.5 } else { 0.4 };
            (centre + 0.2 * shared + 0.1 * r.normal(i as u64)).max(0.0)
        };
        (0..NUMBERS).map(one).collect()
    }

    /// Between the classes, where a linear classifier is sure.
    fn foreign(r: Rng) -> Vec<f32> {
        (0..NUMBERS).map(|i| (0.8 + 0.3 * r.normal(i as u64)).max(0.0)).collect()
    }

    fn known(count: u64, seed: u64) -> (Vec<Vec<f32>>, Vec<usize>) {
        let r = Rng::new(seed);
        (0..count).map(|i| (picture(i as usize % 3, r.fork(i)), i as usize % 3)).unzip()
    }

    fn fitted(outliers: &[Vec<f32>]) -> (OpenSet, Weights) {
        let (train, labels) = known(600, 1);
        let (held, _) = known(400, 2);
        let confidences: Vec<f32> = (0..400).map(|i| 0.5 + i as f32 / 800.0).collect();
        let one = |statistics| Observation { logits: vec![0.0; 3], embedding: [0.0; EMBEDDING], statistics };
        let held: Vec<Observation> = held.into_iter().map(one).collect();
        let all = KnownPictures { statistics: &train, labels: &labels, validation: (&held, &confidences) };
        let mut weights = Weights::default();
        let shown = outliers.iter().take(1).map(|_| "made".to_string()).collect();
        (fit(&all, 3, (outliers, shown), &mut weights).unwrap(), weights)
    }

    #[test]
    fn known_pictures_are_kept_and_foreign_ones_are_not() {
        let (open_set, _) = fitted(&[]);
        let (new, _) = known(1000, 3);
        let called = new.iter().filter(|s| open_set.is_unsure(s, &[0.0; 3], 1.0)).count();
        assert!((10..90).contains(&called), "{called} of 1000, 4 % expected");
        let strangers: Vec<Vec<f32>> = (0..300).map(|i| foreign(Rng::new(4).fork(i))).collect();
        let rejected = strangers.iter().filter(|s| open_set.is_unsure(s, &[0.0; 3], 1.0)).count();
        assert!(rejected > 290, "{rejected} of 300");
        assert!(open_set.is_unsure(&new[0], &[0.0; 3], 0.5) && open_set.header.outliers == 0);
        // Low logits of all classes are those of a foreign picture (Liu et al. 2020).
        let score = |logits: f32| open_set.score(&new[0], &[logits; 3]);
        assert!(score(-5.0) > score(0.0) + 50.0 && score(5.0) < score(0.0) - 50.0);
    }

    /// Of a kind that was shown, even those are told that lie close to a class.
    #[test]
    fn outliers_that_were_shown_are_told_better() {
        let near = |i: u64| {
            let mut s = picture(0, Rng::new(7).fork(i));
            s[1] += 0.25;
            s[2] += 0.25;
            s
        };
        let all: Vec<Vec<f32>> = (0..700).map(near).collect();
        let (new, _) = known(500, 5);
        let told = |open_set: &OpenSet| {
            let of =
                |rows: &[Vec<f32>]| rows.iter().map(|s| open_set.score(s, &[0.0; 3])).collect::<Vec<f64>>();
            auroc(&of(&new), &of(&all[..200]))
        };
        let (without, with) = (told(&fitted(&[]).0), told(&fitted(&all[200..]).0));
        assert!(with > without && with > 0.9, "{with} after {without}");
    }

    #[test]
    fn what_was_fitted_is_read_from_the_weights_again() {
        let strangers: Vec<Vec<f32>> = (0..300).map(|i| foreign(Rng::new(4).fork(i))).collect();
        let (open_set, weights) = fitted(&strangers);
        assert_eq!(OpenSet::open(&open_set.header, &weights).unwrap(), open_set);
        assert_eq!(
            (open_set.header.known, open_set.header.outliers, open_set.header.components),
            (3, 4, NUMBERS)
        );
        let wider = OpenSetHeader { components: NUMBERS - 1, ..open_set.header.clone() };
        assert!(OpenSet::open(&wider, &weights).unwrap_err().contains("seen.open_set."));
        assert!(open_set.is_unsure(&[f32::NAN; NUMBERS], &[0.0; 3], 1.0), "what is no number is not known");
    }
}

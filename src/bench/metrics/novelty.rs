//! Novelty over time: whether a process keeps producing new behaviour.
//!
//! Rows are features in time order.

use rayon::prelude::*;

use super::image::slope;
use super::linear::square_distance;
use super::{MetricError, SampleMatrix, mean};

const NAME: &str = "novelty";

/// Open-endedness of a process.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Openness {
    /// Mean novelty over the last half of the rows that have one, in the unit of the features.
    pub late: f64,
    /// Slope of the cumulative coverage over time, regions a row: 1 if every row opens a new one, 0 if none does.
    pub growth: f64,
}

/// For each row from the k-th (counted from 0), the mean distance to its k nearest *earlier* rows, in the unit of the
/// features. Lehman and Stanley (2011), with the whole past as the archive.
///
/// Returns `rows − k` values; each depends on the past only, so a prefix of the sequence gives a prefix of the values.
///
/// # Errors
/// k is 0, or there are at most k rows.
pub fn novelty(sequence: &SampleMatrix, k: usize) -> Result<Vec<f64>, MetricError> {
    if k == 0 {
        return Err(MetricError::Unfit {
            metric: NAME,
            why: "expected at least 1 neighbour, found 0".into(),
        });
    }
    at_least(k + 1, sequence)?;
    let one = |t: usize| {
        let past = (0..t).map(|i| square_distance(sequence.row(t), sequence.row(i)));
        least(k, past).into_iter().map(f64::sqrt).sum::<f64>() / k as f64
    };
    Ok((k..sequence.rows()).into_par_iter().map(one).collect())
}

/// The k smallest values in ascending order, in O(k) memory.
fn least(k: usize, values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut kept: Vec<f64> = Vec::with_capacity(k + 1);
    for v in values {
        if kept.len() < k || v < kept[k - 1] {
            kept.insert(kept.partition_point(|w| *w <= v), v);
            kept.truncate(k);
        }
    }
    kept
}

/// Cumulative coverage: after each row, the number of regions of this radius visited so far. A row opens a region if it
/// lies farther than `radius` from the first row of every earlier one (the archive rule of Lehman and Stanley 2011).
///
/// # Errors
/// No rows, or a radius that is negative or not finite.
pub fn coverage(sequence: &SampleMatrix, radius: f64) -> Result<Vec<usize>, MetricError> {
    if !(radius >= 0.0 && radius.is_finite()) {
        let why = format!("expected a radius of 0 or more, found {radius}");
        return Err(MetricError::Unfit { metric: NAME, why });
    }
    at_least(1, sequence)?;
    let mut first: Vec<usize> = Vec::new();
    let visit = |t: usize| {
        let known = |&i: &usize| square_distance(sequence.row(t), sequence.row(i)) <= radius * radius;
        if !first.iter().any(known) {
            first.push(t);
        }
        first.len()
    };
    Ok((0..sequence.rows()).map(visit).collect())
}

/// A radius to suit a set: the median nearest-neighbour distance of its rows.
///
/// # Errors
/// Fewer than two rows.
pub fn spacing(set: &SampleMatrix) -> Result<f64, MetricError> {
    at_least(2, set)?;
    let nearest = |i: usize| {
        let others = (0..set.rows()).filter(|&j| j != i);
        others.map(|j| square_distance(set.row(i), set.row(j))).fold(f64::INFINITY, f64::min)
    };
    let mut all: Vec<f64> = (0..set.rows()).into_par_iter().map(nearest).collect();
    all.sort_by(f64::total_cmp);
    Ok(super::interval::quantile(&all, 0.5).sqrt())
}

/// The last half of a series, with the middle element of an odd number.
pub fn last_half(series: &[f64]) -> &[f64] {
    &series[series.len() / 2..]
}

/// Late novelty and growth of coverage of a sequence.
///
/// # Errors
/// As [`novelty`] and [`coverage`].
pub fn openness(sequence: &SampleMatrix, k: usize, radius: f64) -> Result<Openness, MetricError> {
    let late = mean(last_half(&novelty(sequence, k)?));
    let points: Vec<(f64, f64)> =
        coverage(sequence, radius)?.iter().enumerate().map(|(t, &n)| (t as f64, n as f64)).collect();
    Ok(Openness { late, growth: slope(&points).unwrap_or(0.0) })
}

fn at_least(least: usize, set: &SampleMatrix) -> Result<(), MetricError> {
    match set.rows() {
        found if found < least => {
            Err(MetricError::TooFew { metric: NAME, what: "the sequence".into(), least, found })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::testing::normal;

    fn line(values: &[f64]) -> SampleMatrix {
        SampleMatrix::new(1, values.to_vec()).unwrap()
    }

    proptest! {
        #[test]
        fn it_agrees_with_sorting_all_distances(n in 2usize..40, d in 1usize..9, k in 1usize..6, seed: u64) {
            prop_assume!(n > k);
            let t = normal(n, d, seed, 0.0);
            let slow = |row: usize| {
                let apart = |i: usize| (0..d).map(|c| (t.row(row)[c] - t.row(i)[c]).powi(2)).sum::<f64>().sqrt();
                let mut all: Vec<f64> = (0..row).map(apart).collect();
                all.sort_by(f64::total_cmp);
                all[..k].iter().sum::<f64>() / k as f64
            };
            let found = novelty(&t, k).unwrap();
            prop_assert_eq!(found.len(), n - k);
            for (i, v) in found.iter().enumerate() {
                prop_assert!((v - slow(i + k)).abs() < 1e-12);
            }
            // Values do not depend on the future.
            let start = t.pick(&(0..n.div_ceil(2).max(k + 1)).collect::<Vec<_>>());
            let early = novelty(&start, k).unwrap();
            prop_assert_eq!(&early[..], &found[..early.len()]);
        }

        #[test]
        fn regions_are_separate_and_cover_every_row(n in 1usize..60, radius in 0.0f64..3.0, seed: u64) {
            let t = normal(n, 2, seed, 0.0);
            let counts = coverage(&t, radius).unwrap();
            let opened: Vec<usize> = (0..n).filter(|&i| counts[i] > if i == 0 { 0 } else { counts[i - 1] }).collect();
            prop_assert_eq!(opened.len(), counts[n - 1]);
            let apart = |i: usize, j: usize| ((t.row(i)[0] - t.row(j)[0]).powi(2) + (t.row(i)[1] - t.row(j)[1]).powi(2)).sqrt();
            for (a, &i) in opened.iter().enumerate() {
                prop_assert!(opened[..a].iter().all(|&j| apart(i, j) > radius - 1e-9));
            }
            prop_assert!((0..n).all(|i| opened.iter().any(|&j| j <= i && apart(i, j) <= radius + 1e-9)));
        }
    }

    #[test]
    fn a_straight_walk_is_open_ended_and_a_cycle_is_not() {
        let straight = line(&(0..100).map(f64::from).collect::<Vec<_>>());
        // The k nearest earlier rows are 1, 2 and 3 back; each row opens a region.
        assert_eq!(openness(&straight, 3, 0.5), Ok(Openness { late: 2.0, growth: 1.0 }));
        let alternate = openness(&straight, 3, 1.0).unwrap().growth;
        assert!((alternate - 0.5).abs() < 0.01, "every second row opens one: {alternate}");
        let cycle = line(&(0..100).map(|t| f64::from(t % 10)).collect::<Vec<_>>());
        assert_eq!(openness(&cycle, 3, 0.5).unwrap().late, 0.0);
        // Ten regions in ten steps, then none: Σ (t − 49.5)·c over Σ (t − 49.5)².
        assert!((openness(&cycle, 3, 0.5).unwrap().growth - 2107.5 / 83325.0).abs() < 1e-12);
        assert_eq!(coverage(&cycle, 0.5).unwrap()[99], 10);
    }

    #[test]
    fn novelty_of_random_rows_falls() {
        let t = normal(400, 2, 3, 0.0);
        let v = novelty(&t, 5).unwrap();
        assert!(mean(last_half(&v)) < 0.5 * mean(&v[..40]));
    }

    #[test]
    fn spacing_is_the_median_step() {
        assert_eq!(spacing(&line(&[0.0, 1.0, 3.0, 9.0, 9.5])), Ok(1.0));
    }

    #[test]
    fn sequences_that_are_too_short_are_reported() {
        let e = novelty(&normal(5, 2, 1, 0.0), 5).unwrap_err().to_string();
        assert!(e.contains("at least 6 samples of the sequence, found 5"), "{e}");
        assert!(novelty(&normal(5, 2, 1, 0.0), 0).is_err());
        assert!(coverage(&normal(5, 2, 1, 0.0), f64::NAN).is_err());
        assert!(spacing(&normal(1, 2, 1, 0.0)).is_err());
        assert!(last_half(&[]).is_empty() && last_half(&[1.0, 2.0, 3.0]) == [2.0, 3.0]);
    }
}

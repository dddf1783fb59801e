//! Nearest-neighbour metrics: precision and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al.
//! 2020), and memorisation of the training set.

use rayon::prelude::*;

use super::linear::square_distance;
use super::{MetricError, SampleMatrix};

/// Default k of the k-nearest-neighbour manifold.
pub const NEIGHBOURS: usize = 5;

/// Fidelity and diversity sample by sample; the metrics are the means.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourStats {
    /// For each candidate: 1 if it lies within the manifold of the reference.
    pub precision: Vec<f64>,
    /// For each reference sample: 1 if it lies within the manifold of the candidates.
    pub recall: Vec<f64>,
    /// For each candidate: the number of reference neighbourhoods that contain it, divided by k.
    pub density: Vec<f64>,
    /// For each reference sample: 1 if its neighbourhood contains a candidate.
    pub coverage: Vec<f64>,
}

/// Precision, recall, density and coverage per sample. The neighbourhood of a sample is the open ball out to its k-th
/// nearest neighbour in its own set; the manifold of a set is the union of its neighbourhoods.
///
/// # Errors
/// Either set has at most k samples, or the numbers of columns differ.
pub fn neighbour_stats(
    reference: &SampleMatrix,
    candidate: &SampleMatrix,
    k: usize,
) -> Result<NeighbourStats, MetricError> {
    super::both("precision, recall, density and coverage", reference, candidate, k.max(1) + 1)?;
    let (real, made) = (radii(reference, k), radii(candidate, k));
    let (precision, density) = (0..candidate.rows())
        .into_par_iter()
        .map(|j| {
            let within = |i: &usize| square_distance(reference.row(*i), candidate.row(j)) < real[*i];
            let n = (0..reference.rows()).filter(within).count();
            ((n > 0) as u8 as f64, n as f64 / k as f64)
        })
        .unzip();
    let (recall, coverage) = (0..reference.rows())
        .into_par_iter()
        .map(|i| {
            let (mut recalled, mut nearest) = (false, f64::INFINITY);
            for (j, radius) in made.iter().enumerate() {
                let d = square_distance(reference.row(i), candidate.row(j));
                recalled |= d < *radius;
                nearest = nearest.min(d);
            }
            (recalled as u8 as f64, (nearest < real[i]) as u8 as f64)
        })
        .unzip();
    Ok(NeighbourStats { precision, recall, density, coverage })
}

/// Squared distance of each sample to its k-th nearest neighbour.
fn radii(table: &SampleMatrix, k: usize) -> Vec<f64> {
    let radius = |i: usize| {
        let others = (0..table.rows()).filter(|&j| j != i);
        let mut d: Vec<f64> = others.map(|j| square_distance(table.row(i), table.row(j))).collect();
        *d.select_nth_unstable_by(k - 1, f64::total_cmp).1
    };
    (0..table.rows()).into_par_iter().map(radius).collect()
}

/// For each sample of `from` the index of the nearest of `to`, and the distance to it.
pub fn nearest(from: &SampleMatrix, to: &SampleMatrix) -> Vec<(usize, f64)> {
    let one = |i: usize| {
        let all = (0..to.rows()).map(|j| (j, square_distance(from.row(i), to.row(j))));
        all.fold((0, f64::INFINITY), |best, d| if d.1 < best.1 { d } else { best })
    };
    (0..from.rows()).into_par_iter().map(one).map(|(j, d)| (j, d.sqrt())).collect()
}

/// For each candidate 1 if it is nearer to a training sample than to any held-out one (½ for a tie). The mean is ½ for
/// a generator that learned the distribution, 1 for one that reproduces its training set (after the data-copying test
/// of Meehan et al. 2020). Training and held-out sets must be of equal size, as the nearest of more samples is nearer.
///
/// # Errors
/// An empty set, or different numbers of columns or of training and held-out samples.
pub fn memorisation(
    train: &SampleMatrix,
    held_out: &SampleMatrix,
    candidate: &SampleMatrix,
) -> Result<Vec<f64>, MetricError> {
    const NAME: &str = "memorisation";
    super::both(NAME, train, candidate, 1)?;
    super::both(NAME, held_out, candidate, 1)?;
    if train.rows() != held_out.rows() {
        let say = |n: usize, what: &str| format!("{n} {what} samples");
        return Err(MetricError::Unlike {
            metric: NAME,
            expected: say(train.rows(), "held-out (as many as training)"),
            found: say(held_out.rows(), "held-out"),
        });
    }
    let (seen, unseen) = (nearest(candidate, train), nearest(candidate, held_out));
    let one = |(a, b): (&(usize, f64), &(usize, f64))| match a.1.total_cmp(&b.1) {
        std::cmp::Ordering::Less => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 0.0,
    };
    Ok(seen.iter().zip(&unseen).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::mean;
    use crate::metrics::testing::normal;

    #[test]
    fn sets_of_one_distribution_have_the_expected_coverage_and_density() {
        // E[coverage] = 1 − ∏_{i<k} (N−1−i)/(N+M−1−i), E[density] = 1 (Naeem et al. 2020).
        let (n, m, k) = (400, 400, 5);
        let expected = 1.0 - (0..k).map(|i| (n - 1 - i) as f64 / (n + m - 1 - i) as f64).product::<f64>();
        let (mut coverage, mut density) = (0.0, 0.0);
        for seed in 0..20 {
            let s = neighbour_stats(&normal(n, 3, seed, 0.0), &normal(m, 3, seed + 99, 0.0), k).unwrap();
            coverage += mean(&s.coverage) / 20.0;
            density += mean(&s.density) / 20.0;
        }
        assert!((coverage - expected).abs() < 0.01, "{coverage} for {expected}");
        assert!((density - 1.0).abs() < 0.03, "{density}");
    }

    #[test]
    fn a_generator_of_four_points_has_no_recall() {
        let real = normal(1000, 8, 1, 0.0);
        let four = real.pick(&(0..1000).map(|i| i % 4).collect::<Vec<_>>());
        let s = neighbour_stats(&real, &four, 5).unwrap();
        assert_eq!((mean(&s.precision), mean(&s.recall)), (1.0, 0.0));
        assert!(mean(&s.coverage) < 0.05);
        let swapped = neighbour_stats(&four, &real, 5).unwrap();
        assert_eq!((swapped.precision, swapped.recall), (s.recall, s.precision));
    }

    #[test]
    fn copies_of_the_training_set_are_detected() {
        let (train, held, made) = (normal(300, 6, 1, 0.0), normal(300, 6, 2, 0.0), normal(300, 6, 3, 0.0));
        let share = |t: &SampleMatrix| mean(&memorisation(&train, &held, t).unwrap());
        assert_eq!(share(&train), 1.0);
        assert_eq!(share(&held), 0.0);
        assert!((share(&made) - 0.5).abs() < 0.09, "{}", share(&made));
        assert!(memorisation(&train, &held.pick(&[1, 2]), &made).is_err());
    }

    #[test]
    fn too_few_samples_are_reported() {
        let e = neighbour_stats(&normal(5, 2, 1, 0.0), &normal(9, 2, 2, 0.0), 5).unwrap_err();
        assert!(e.to_string().contains("at least 6 samples of the reference, found 5"), "{e}");
    }
}

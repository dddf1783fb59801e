//! Whether two sets can be told apart: the leave-one-out accuracy of a nearest-neighbour classifier (Lopez-Paz and Oquab
//! 2017).

use rayon::prelude::*;

use crate::metrics::SampleMatrix;
use crate::metrics::linear::square_distance;

/// Samples of each set that are compared at most.
const MOST: usize = 500;

/// Share of the samples of both sets whose nearest other sample is of their own set, and the number of samples; of sets
/// of different sizes, as many as the smaller has. ½ if they cannot be told apart, 1 if always, less than ½ if one
/// holds copies of the other. `None` for less than two samples of each.
pub fn accuracy(a: &SampleMatrix, b: &SampleMatrix) -> Option<(f64, usize)> {
    let n = a.rows().min(b.rows()).min(MOST);
    if n < 2 || a.columns() != b.columns() {
        return None;
    }
    let of = |set: &SampleMatrix, row: &[f64], but: Option<usize>| {
        let others = (0..n).filter(|i| Some(*i) != but);
        others.map(|i| square_distance(row, set.row(i))).fold(f64::INFINITY, f64::min)
    };
    let one = |i: usize| {
        let (own, other) = if i < n { (a, b) } else { (b, a) };
        let row = own.row(i % n);
        match of(own, row, Some(i % n)).total_cmp(&of(other, row, None)) {
            std::cmp::Ordering::Less => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Greater => 0.0,
        }
    };
    let right: Vec<f64> = (0..2 * n).into_par_iter().map(one).collect();
    Some((right.iter().sum::<f64>() / (2 * n) as f64, 2 * n))
}

/// Accuracies up to this are chance: two standard deviations of a fair coin above ½.
pub fn chance(samples: usize) -> f64 {
    0.5 + 1.0 / (samples as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::normal;

    #[test]
    fn one_distribution_is_at_chance_and_two_are_told_apart() {
        let of = |b: &SampleMatrix| accuracy(&normal(200, 4, 1, 0.0), b).unwrap();
        let (same, n) = of(&normal(200, 4, 2, 0.0));
        assert!(n == 400 && (0.4..0.6).contains(&same), "{same}");
        assert_eq!(of(&normal(200, 4, 3, 20.0)).0, 1.0);
        let some = of(&normal(200, 4, 4, 1.0)).0;
        assert!(some > chance(400) && some < 0.98, "{some}");
    }

    #[test]
    fn copies_are_worse_than_chance_and_ties_count_half() {
        let a = normal(50, 3, 1, 0.0);
        // Every sample's nearest other one is its copy in the other set.
        assert_eq!(accuracy(&a, &a), Some((0.0, 100)));
        let same = SampleMatrix::new(1, vec![2.0; 6]).unwrap();
        assert_eq!(accuracy(&same, &same), Some((0.5, 12)));
        let line = |v: &[f64]| SampleMatrix::new(1, v.to_vec()).unwrap();
        // 0 and 1 are nearest to each other, 10 and 10.5 too; 5.2 and 3.4 are, too, but of two sets.
        assert_eq!(accuracy(&line(&[0.0, 1.0, 5.2]), &line(&[10.0, 10.5, 3.4])), Some((4.0 / 6.0, 6)));
        assert_eq!(
            accuracy(&line(&[0.0, 1.0, 5.2]), &line(&[10.0, 10.5])),
            Some((1.0, 4)),
            "of the smaller set"
        );
        assert!(accuracy(&line(&[0.0]), &line(&[1.0, 2.0])).is_none());
    }
}

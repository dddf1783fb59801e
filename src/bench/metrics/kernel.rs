//! Maximum mean discrepancy (MMD, Gretton et al. 2012); with the cubic kernel, KID (Bińkowski et al. 2018).

use rayon::prelude::*;

use super::linear::{dot, square_distance};
use super::{MetricError, SampleMatrix};

/// A kernel: the similarity of two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel {
    /// (x·y/d + 1)³, with d the number of columns.
    Cubic,
    /// exp(−γ|x − y|²).
    Gaussian {
        /// 1 / 2σ².
        gamma: f64,
    },
}

impl Kernel {
    fn of(self, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Self::Cubic => {
                let k = dot(a, b) / a.len() as f64 + 1.0;
                k * k * k
            }
            Self::Gaussian { gamma } => (-gamma * square_distance(a, b)).exp(),
        }
    }
}

/// Squared MMD of two sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discrepancy {
    /// U-statistic, without the diagonal: its expectation is 0 for two sets of one distribution, so it may be negative.
    pub unbiased: f64,
    /// V-statistic, with the diagonal: never negative, biased upwards for two sets of one distribution.
    pub biased: f64,
}

/// Kernel sums over groups of samples, from which the discrepancy of any subset of groups follows at once.
#[derive(Clone, Debug)]
pub struct Sums {
    groups: usize,
    /// Samples of each group of each set.
    sizes: [Vec<f64>; 2],
    /// Over pairs of distinct samples within each set, group by group.
    within: [Vec<f64>; 2],
    /// Over pairs across the sets, group by group.
    across: Vec<f64>,
    /// Diagonal terms of each group of each set.
    own: [Vec<f64>; 2],
}

const NAME: &str = "kernel distance";

/// Kernel sums, with sample i in group i mod `groups`.
///
/// # Errors
/// Fewer than two samples, or different numbers of columns.
pub fn sums(
    reference: &SampleMatrix,
    candidate: &SampleMatrix,
    kernel: Kernel,
    groups: usize,
) -> Result<Sums, MetricError> {
    super::both(NAME, reference, candidate, 2)?;
    let g = groups.max(1);
    let pairs = |a: &SampleMatrix, b: &SampleMatrix, same: bool| {
        let rows: Vec<Vec<f64>> = (0..a.rows())
            .into_par_iter()
            .map(|i| {
                let mut row = vec![0.0; g];
                for j in (0..b.rows()).filter(|&j| !same || j != i) {
                    row[j % g] += kernel.of(a.row(i), b.row(j));
                }
                row
            })
            .collect();
        let mut table = vec![0.0; g * g];
        for (i, row) in rows.iter().enumerate() {
            table[i % g * g..][..g].iter_mut().zip(row).for_each(|(t, v)| *t += v);
        }
        table
    };
    let own = |t: &SampleMatrix| {
        let mut sums = vec![0.0; g];
        (0..t.rows()).for_each(|i| sums[i % g] += kernel.of(t.row(i), t.row(i)));
        sums
    };
    let sizes = |t: &SampleMatrix| (0..g).map(|k| (t.rows() + g - 1 - k).div_euclid(g) as f64).collect();
    Ok(Sums {
        groups: g,
        sizes: [sizes(reference), sizes(candidate)],
        within: [pairs(reference, reference, true), pairs(candidate, candidate, true)],
        across: pairs(reference, candidate, false),
        own: [own(reference), own(candidate)],
    })
}

impl Sums {
    /// The discrepancy of all samples.
    pub fn all(&self) -> Discrepancy {
        let every: Vec<usize> = (0..self.groups).collect();
        self.of(&every, &every)
    }

    /// The discrepancy of some groups of each set.
    pub fn of(&self, reference: &[usize], candidate: &[usize]) -> Discrepancy {
        let total = |table: &[f64], a: &[usize], b: &[usize]| -> f64 {
            a.iter().flat_map(|i| b.iter().map(move |j| table[i * self.groups + j])).sum()
        };
        let sum = |values: &[f64], of: &[usize]| of.iter().map(|&i| values[i]).sum::<f64>();
        let (n, m) = (sum(&self.sizes[0], reference), sum(&self.sizes[1], candidate));
        let (x, y) =
            (total(&self.within[0], reference, reference), total(&self.within[1], candidate, candidate));
        let across = 2.0 * total(&self.across, reference, candidate) / (n * m);
        let (own_x, own_y) = (sum(&self.own[0], reference), sum(&self.own[1], candidate));
        Discrepancy {
            unbiased: x / (n * (n - 1.0)) + y / (m * (m - 1.0)) - across,
            biased: (x + own_x) / (n * n) + (y + own_y) / (m * m) - across,
        }
    }
}

/// The discrepancy of two sets under a kernel.
///
/// # Errors
/// As [`sums`].
pub fn discrepancy(
    reference: &SampleMatrix,
    candidate: &SampleMatrix,
    kernel: Kernel,
) -> Result<Discrepancy, MetricError> {
    Ok(sums(reference, candidate, kernel, 1)?.all())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::testing::normal;

    fn direct(a: &SampleMatrix, b: &SampleMatrix, k: Kernel) -> (f64, f64) {
        let mean = |a: &SampleMatrix, b: &SampleMatrix, skip: bool| {
            let mut sum = (0.0, 0.0);
            for i in 0..a.rows() {
                for j in 0..b.rows() {
                    if !(skip && i == j) {
                        sum = (sum.0 + k.of(a.row(i), b.row(j)), sum.1 + 1.0);
                    }
                }
            }
            sum.0 / sum.1
        };
        let across = 2.0 * mean(a, b, false);
        (mean(a, a, true) + mean(b, b, true) - across, mean(a, a, false) + mean(b, b, false) - across)
    }

    proptest! {
        #[test]
        fn group_sums_add_up(n in 2usize..30, m in 2usize..30, d in 1usize..12, groups in 1usize..9, seed: u64) {
            let (a, b) = (normal(n, d, seed, 0.0), normal(m, d, !seed, 0.4));
            for kernel in [Kernel::Cubic, Kernel::Gaussian { gamma: 0.3 }] {
                let (unbiased, biased) = direct(&a, &b, kernel);
                let got = sums(&a, &b, kernel, groups).unwrap().all();
                prop_assert!((got.unbiased - unbiased).abs() < 1e-9 * (1.0 + unbiased.abs()));
                prop_assert!((got.biased - biased).abs() < 1e-9 * (1.0 + biased.abs()));
                prop_assert!(got.biased > -1e-9);
            }
        }
    }

    #[test]
    fn some_groups_give_the_discrepancy_of_their_samples() {
        let (a, b) = (normal(23, 4, 1, 0.0), normal(19, 4, 2, 0.3));
        let (ga, gb) = ([0usize, 2, 3], [1usize, 4]);
        let some = |t: &SampleMatrix, g: &[usize]| {
            t.pick(&(0..t.rows()).filter(|i| g.contains(&(i % 5))).collect::<Vec<_>>())
        };
        let got = sums(&a, &b, Kernel::Cubic, 5).unwrap().of(&ga, &gb);
        let (unbiased, biased) = direct(&some(&a, &ga), &some(&b, &gb), Kernel::Cubic);
        assert!((got.unbiased - unbiased).abs() < 1e-9 && (got.biased - biased).abs() < 1e-9);
    }

    #[test]
    fn the_unbiased_estimate_averages_to_zero_for_one_distribution() {
        let d =
            |seed| discrepancy(&normal(60, 8, seed, 0.0), &normal(60, 8, seed + 1000, 0.0), Kernel::Cubic);
        let mean = (0..200).map(|s| d(s).unwrap().unbiased).sum::<f64>() / 200.0;
        let apart =
            discrepancy(&normal(60, 8, 1, 0.0), &normal(60, 8, 2, 1.0), Kernel::Cubic).unwrap().unbiased;
        assert!(mean.abs() < 0.02 * apart, "{mean} of {apart}");
    }
}

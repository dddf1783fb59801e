//! Maximum mean discrepancy (MMD, Gretton et al. 2012); with the cubic kernel, KID (Bińkowski et al. 2018).
//!
//! All pairs are summed once, by matrix products in tiles, into sums over groups of samples; intervals resample the
//! groups, which takes no further pair.

mod function;
mod pairs;
mod sums;

use super::{MetricError, SampleMatrix, Samples, both};
pub use function::Kernel;
pub(crate) use pairs::SummedSet;
pub use sums::{Discrepancy, Sums};

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
    fit(reference, candidate)?;
    let centre = Samples::from(reference).mean();
    let of = |table| SummedSet::of(table, kernel, groups, &centre, &[]);
    Ok(of(reference).against(&of(candidate)))
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

/// Checks that both sets have two samples and the same number of columns.
pub(crate) fn fit(reference: &SampleMatrix, candidate: &SampleMatrix) -> Result<(), MetricError> {
    both(NAME, reference, candidate, 2)
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

    #[test]
    fn sums_over_many_tiles_add_up() {
        // More rows than a block has, more columns than are multiplied at a time, and a last tile of a few columns.
        let (a, b) = (normal(300, 270, 1, 0.1), normal(197, 270, 2, 0.2));
        for kernel in [Kernel::Cubic, Kernel::Gaussian { gamma: 0.002 }] {
            let (unbiased, biased) = direct(&a, &b, kernel);
            let got = sums(&a, &b, kernel, 24).unwrap();
            assert!(
                (got.all().unbiased - unbiased).abs() < 1e-10 && (got.all().biased - biased).abs() < 1e-10
            );
            // A group by itself: 300 = 12 · 24 + 12 and 197 = 8 · 24 + 5.
            let of = |t: &SampleMatrix| t.pick(&(4..t.rows()).step_by(24).collect::<Vec<_>>());
            let alone = direct(&of(&a), &of(&b), kernel).0;
            assert!((got.of(&[4], &[4]).unbiased - alone).abs() < 1e-10);
        }
    }

    #[test]
    fn halves_have_the_discrepancy_of_their_samples() {
        for (n, kernel) in [(201, Kernel::Cubic), (140, Kernel::Gaussian { gamma: 0.1 }), (5, Kernel::Cubic)]
        {
            let t = normal(n, 6, 3, 0.4);
            let halves: Vec<[Vec<usize>; 2]> = (0..3)
                .map(|s| {
                    let order = crate::metrics::interval::shuffled(n, world::rng::Rng::new(s));
                    [order[..n / 2].to_vec(), order[n / 2..n / 2 * 2].to_vec()]
                })
                .collect();
            let centre = Samples::from(&t).mean();
            let found = SummedSet::of(&t, kernel, 7, &centre, &halves).halves;
            for (halves, found) in halves.iter().zip(found) {
                let [a, b] = halves.each_ref().map(|h| t.pick(h));
                let expected = direct(&a, &b, kernel).0;
                assert!((found - expected).abs() < 1e-10 * (1.0 + expected.abs()), "{found} for {expected}");
            }
        }
    }

    #[test]
    fn neither_vectors_nor_threads_change_a_bit() {
        let (a, b) = (normal(300, 40, 1, 0.0), normal(280, 40, 2, 0.3));
        let bits = || sums(&a, &b, Kernel::Cubic, 5).unwrap().of(&[0, 2], &[1, 4]).unbiased.to_bits();
        let expected = bits();
        for v in world::vectors::Vectors::available() {
            assert_eq!(v.run(bits).unwrap(), expected, "{v}");
        }
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(pool.install(bits), expected, "{threads} threads");
        }
    }
}

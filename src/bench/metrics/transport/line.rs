//! One-dimensional samples: Wasserstein and energy distance, and the Kolmogorov-Smirnov test.

use super::{MetricError, order, power, root};

/// The Wasserstein distance of order `p` between two samples of numbers, of any sizes.
///
/// At least 0, in the unit of the values. In one dimension the optimal plan is monotone (Vallender 1973 for `p` = 1,
/// Villani 2003, theorem 2.18), and follows from sorting the samples.
///
/// # Errors
/// A sample is empty or holds a value that is not finite; `p` is below 1.
pub fn wasserstein(reference: &[f64], candidate: &[f64], p: f64) -> Result<f64, MetricError> {
    const METRIC: &str = "Wasserstein distance";
    order(METRIC, p)?;
    let (a, b) = (sorted(METRIC, "the reference", reference)?, sorted(METRIC, "the candidate", candidate)?);
    Ok(root(cost_of_sorted(&a, &b, p), p))
}

/// `W_p^p` of two ascending samples.
///
/// Mass is counted in units of `1 / (n · m)`: a point of `a` has m of them, a point of `b` has n.
pub(super) fn cost_of_sorted(a: &[f64], b: &[f64], p: f64) -> f64 {
    let (n, m) = (a.len(), b.len());
    let (mut i, mut j, mut left, mut room) = (0, 0, m, n);
    let mut cost = 0.0;
    while i < n && j < m {
        let step = left.min(room);
        cost += step as f64 * power(a[i] - b[j], p);
        (left, room) = (left - step, room - step);
        if left == 0 {
            (i, left) = (i + 1, m);
        }
        if room == 0 {
            (j, room) = (j + 1, n);
        }
    }
    cost / (n as f64 * m as f64)
}

/// The energy distance of two samples of numbers (Székely and Rizzo 2013).
///
/// The square root of `2 E|X - Y| - E|X - X'| - E|Y - Y'|`, which in one dimension is twice the integral of the squared
/// difference of the distribution functions. At least 0, in the square root of the values' unit; 0 only for equal
/// distributions.
///
/// # Errors
/// A sample is empty or holds a value that is not finite.
pub fn energy(reference: &[f64], candidate: &[f64]) -> Result<f64, MetricError> {
    const METRIC: &str = "energy distance";
    let (a, b) = (sorted(METRIC, "the reference", reference)?, sorted(METRIC, "the candidate", candidate)?);
    let (n, m) = (a.len() as f64, b.len() as f64);
    let (mut area, mut last) = (0.0, (0.0, 0.0));
    for (x, i, j) in steps(&a, &b) {
        let (from, gap) = last;
        area += power(gap, 2.0) * (x - from);
        last = (x, i as f64 / n - j as f64 / m);
    }
    Ok((2.0 * area).sqrt())
}

/// Result of the two-sample Kolmogorov-Smirnov test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KolmogorovSmirnov {
    /// Largest difference of the two distribution functions, 0 to 1.
    pub statistic: f64,
    /// p value: the probability of a statistic at least as large for two samples of one continuous distribution.
    pub p: f64,
}

/// Above this many pairs of values the asymptotic distribution is precise enough, and the exact one slow.
const EXACT_PAIRS: usize = 100_000_000;

/// The two-sided two-sample Kolmogorov-Smirnov test (Kolmogorov 1933, Smirnov 1939).
///
/// The p value is exact up to 10⁸ pairs of values (Hodges 1957), asymptotic beyond.
///
/// # Errors
/// A sample is empty or holds a value that is not finite.
pub fn kolmogorov_smirnov(reference: &[f64], candidate: &[f64]) -> Result<KolmogorovSmirnov, MetricError> {
    const METRIC: &str = "Kolmogorov-Smirnov test";
    let (a, b) = (sorted(METRIC, "the reference", reference)?, sorted(METRIC, "the candidate", candidate)?);
    let (n, m) = (a.len(), b.len());
    // In integer units of 1 / (n · m), so that equal differences compare as equal.
    let gap = steps(&a, &b).map(|(_, i, j)| (i * m).abs_diff(j * n)).max().unwrap_or(0);
    let statistic = gap as f64 / (n as f64 * m as f64);
    let exact = n.checked_mul(m).is_some_and(|pairs| pairs <= EXACT_PAIRS);
    let p = if exact { exact_tail(n, m, gap) } else { limit_tail(n as f64, m as f64, statistic) };
    Ok(KolmogorovSmirnov { statistic, p })
}

/// The share of lattice paths from (0, 0) to (n, m) that deviate from the diagonal by `gap` or more somewhere.
///
/// `left[j]`: the share of the paths to (i, j) that have. A path reaches (i, j) from (i - 1, j) in i of i + j cases.
/// Only positive terms are added, so that a small p keeps its precision.
fn exact_tail(n: usize, m: usize, gap: usize) -> f64 {
    let mut left = vec![0.0f64; m + 1];
    for i in 0..=n {
        for j in 0..=m {
            left[j] = if (i * m).abs_diff(j * n) >= gap {
                1.0
            } else {
                let before = if j > 0 { j as f64 * left[j - 1] } else { 0.0 };
                (i as f64 * left[j] + before) / (i + j).max(1) as f64
            };
        }
    }
    left[m]
}

/// Asymptotic p value (Kolmogorov).
fn limit_tail(n: f64, m: f64, statistic: f64) -> f64 {
    let reach = n * m / (n + m) * statistic * statistic;
    // Below this the tail is 1 to sixteen digits, and the series converges slowly.
    if reach < 0.03 {
        return 1.0;
    }
    let term = |k: i32| libm::exp(-2.0 * f64::from(k * k) * reach) * if k % 2 == 1 { 2.0 } else { -2.0 };
    (1..=30).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// At every distinct value of two ascending samples: the value, and the number of each at or below it.
fn steps<'a>(a: &'a [f64], b: &'a [f64]) -> impl Iterator<Item = (f64, usize, usize)> + 'a {
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        let x = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.min(*y),
            (Some(x), None) | (None, Some(x)) => *x,
            (None, None) => return None,
        };
        i += a[i..].iter().take_while(|v| **v <= x).count();
        j += b[j..].iter().take_while(|v| **v <= x).count();
        Some((x, i, j))
    })
}

fn sorted(metric: &'static str, what: &str, values: &[f64]) -> Result<Vec<f64>, MetricError> {
    if values.is_empty() {
        return Err(MetricError::TooFew { metric, what: what.into(), least: 1, found: 0 });
    }
    if let Some(v) = values.iter().find(|v| !v.is_finite()) {
        return Err(MetricError::Unfit { metric, why: format!("{what} holds {v}; expected finite numbers") });
    }
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(-9.0f64..9.0, 1..8)
    }

    #[test]
    fn a_shift_costs_its_length() {
        let a: Vec<f64> = (0..20).map(|i| f64::from(i * i % 13)).collect();
        let b: Vec<f64> = a.iter().rev().map(|x| x + 2.5).collect();
        for p in [1.0, 2.0, 3.5] {
            assert!((wasserstein(&a, &b, p).unwrap() - 2.5).abs() < 1e-12);
        }
    }

    #[test]
    fn unequal_sizes_split_the_mass() {
        // Halves at 0 and 3 onto thirds at 0, 1 and 3: a sixth goes from 0 to 1, a sixth from 3 to 1.
        let (a, b) = ([3.0, 0.0], [1.0, 0.0, 3.0]);
        assert!((wasserstein(&a, &b, 1.0).unwrap() - 0.5).abs() < 1e-15);
        assert!((wasserstein(&a, &b, 2.0).unwrap() - (5.0f64 / 6.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn p_values_of_small_samples_are_shares_of_interleavings() {
        // Of the 20 ways to interleave 3 and 3, two keep the samples apart.
        let apart = kolmogorov_smirnov(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).unwrap();
        assert!(apart.statistic == 1.0 && (apart.p - 0.1).abs() < 1e-15);
        let uneven = kolmogorov_smirnov(&[1.0], &[2.0, 3.0, 4.0]).unwrap();
        assert!(uneven.statistic == 1.0 && (uneven.p - 0.5).abs() < 1e-15);
        assert_eq!(kolmogorov_smirnov(&[1.0, 1.0], &[1.0]).unwrap().p, 1.0);
    }

    #[test]
    fn the_exact_tail_tends_to_the_limit() {
        for gap in [60, 80, 100] {
            let (exact, limit) =
                (exact_tail(2000, 2000, gap * 2000), limit_tail(2000.0, 2000.0, gap as f64 / 2000.0));
            assert!((exact - limit).abs() < 0.01, "{exact} and {limit}");
        }
        assert!((limit_tail(1.0, 1.0, 0.2450) - 1.0).abs() < 1e-9, "continuous where the series begins");
    }

    #[test]
    fn invalid_samples_are_rejected() {
        assert!(matches!(wasserstein(&[], &[1.0], 1.0), Err(MetricError::TooFew { .. })));
        assert!(matches!(energy(&[1.0], &[f64::NAN]), Err(MetricError::Unfit { .. })));
        assert!(matches!(wasserstein(&[1.0], &[1.0], 0.5), Err(MetricError::Unfit { .. })));
        assert!(matches!(kolmogorov_smirnov(&[1.0], &[]), Err(MetricError::TooFew { .. })));
    }

    type Measure<'a> = &'a dyn Fn(&[f64], &[f64]) -> f64;

    proptest! {
        #[test]
        fn distances_satisfy_the_axioms(a in sample(), b in sample(), c in sample(), p in 1.0f64..4.0) {
            let measures: [Measure; 3] = [
                &|x, y| wasserstein(x, y, 1.0).unwrap(),
                &|x, y| wasserstein(x, y, p).unwrap(),
                &|x, y| energy(x, y).unwrap(),
            ];
            for d in measures {
                prop_assert_eq!(d(&a, &a), 0.0);
                prop_assert!((d(&a, &b) - d(&b, &a)).abs() < 1e-9);
                prop_assert!(d(&a, &c) <= d(&a, &b) + d(&b, &c) + 1e-9);
            }
        }

        #[test]
        fn energy_agrees_with_its_definition(a in sample(), b in sample()) {
            let mean = |x: &[f64], y: &[f64]| {
                let all = x.iter().flat_map(|u| y.iter().map(move |v| (u - v).abs()));
                all.sum::<f64>() / (x.len() * y.len()) as f64
            };
            let squared = 2.0 * mean(&a, &b) - mean(&a, &a) - mean(&b, &b);
            prop_assert!((energy(&a, &b).unwrap().powi(2) - squared).abs() < 1e-9);
        }
    }
}

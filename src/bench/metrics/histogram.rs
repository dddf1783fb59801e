//! Histograms and the divergences between them.

use super::MetricError;

const METRIC: &str = "histogram";

/// Histogram counts: each bin is half-open, [left, right), but the last includes its right edge. Values outside are not
/// counted.
///
/// # Errors
/// Fewer than two edges, edges that do not increase, a value that is NaN.
pub fn counts(values: &[f64], edges: &[f64]) -> Result<Vec<u64>, MetricError> {
    let unfit = |why: String| MetricError::Unfit { metric: METRIC, why };
    let [.., last] = edges else { return Err(unfit("no edges".into())) };
    if edges.len() < 2 {
        return Err(MetricError::TooFew { metric: METRIC, what: "edges".into(), least: 2, found: 1 });
    }
    if let Some(w) = edges.windows(2).find(|w| w[0].partial_cmp(&w[1]) != Some(std::cmp::Ordering::Less)) {
        return Err(unfit(format!("the edges do not increase from {} to {}", w[0], w[1])));
    }
    let mut counts = vec![0; edges.len() - 1];
    for v in values {
        if v.is_nan() {
            return Err(unfit("a value is NaN".into()));
        }
        let passed = edges.partition_point(|e| e <= v);
        let bin = if v == last { edges.len() - 2 } else { passed.wrapping_sub(1) };
        if let Some(count) = counts.get_mut(bin) {
            *count += 1;
        }
    }
    Ok(counts)
}

/// Unit of information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Logarithms to base e.
    Nats,
    /// Logarithms to base 2.
    Bits,
}

impl Unit {
    fn of(self, nats: f64) -> f64 {
        match self {
            Self::Nats => nats,
            Self::Bits => nats / std::f64::consts::LN_2,
        }
    }
}

/// A discrete distribution over bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution(Vec<f64>);

impl Distribution {
    /// Masses, normalised to a sum of 1.
    ///
    /// # Errors
    /// A mass is negative or not finite, or all are 0.
    pub fn new(masses: &[f64]) -> Result<Self, MetricError> {
        let unfit = |why: String| Err(MetricError::Unfit { metric: METRIC, why });
        if let Some(i) = masses.iter().position(|m| !(m.is_finite() && *m >= 0.0)) {
            return unfit(format!("the mass of bin {} is {}; expected at least 0", i + 1, masses[i]));
        }
        let total: f64 = masses.iter().sum();
        if !(total.is_finite() && total > 0.0) {
            return unfit(format!("the masses sum to {total}"));
        }
        Ok(Self(masses.iter().map(|m| m / total).collect()))
    }

    /// Counts with add-one smoothing (Laplace's rule of succession, 1774), so that no bin has probability 0.
    ///
    /// # Errors
    /// No bins.
    pub fn smoothed(counts: &[u64]) -> Result<Self, MetricError> {
        Self::new(&counts.iter().map(|c| *c as f64 + 1.0).collect::<Vec<_>>())
    }

    /// The probabilities.
    pub fn probabilities(&self) -> &[f64] {
        &self.0
    }

    /// Entropy (Shannon 1948): from 0 (all mass in one bin) to the logarithm of the number of bins.
    pub fn entropy(&self, unit: Unit) -> f64 {
        unit.of(self.0.iter().map(|p| relative_term(*p, 1.0)).sum::<f64>().abs())
    }
}

/// `p ln(p / q)`; 0 where `p` is 0.
fn relative_term(p: f64, q: f64) -> f64 {
    if p > 0.0 { p * libm::log(p / q) } else { 0.0 }
}

/// Sum of `term` over corresponding bins.
fn sum(
    reference: &Distribution,
    candidate: &Distribution,
    term: impl Fn(f64, f64) -> f64,
) -> Result<f64, MetricError> {
    same_bins(reference.0.len(), candidate.0.len())?;
    Ok(reference.0.iter().zip(&candidate.0).map(|(p, q)| term(*p, *q)).sum())
}

fn same_bins(reference: usize, candidate: usize) -> Result<(), MetricError> {
    if reference == candidate {
        return Ok(());
    }
    let bins = |n: usize| format!("{n} bins");
    Err(MetricError::Unlike { metric: METRIC, expected: bins(reference), found: bins(candidate) })
}

/// Kullback-Leibler divergence (1951) of `reference` from `candidate`: at least 0, not symmetric, infinite where the
/// candidate gives probability 0 to a bin of the reference.
///
/// # Errors
/// Different numbers of bins.
pub fn kullback_leibler(
    reference: &Distribution,
    candidate: &Distribution,
    unit: Unit,
) -> Result<f64, MetricError> {
    Ok(unit.of(sum(reference, candidate, relative_term)?.max(0.0)))
}

/// Jensen-Shannon divergence (Lin 1991): the mean divergence of both from their mixture. Symmetric, from 0 to 1 bit
/// (disjoint supports).
///
/// # Errors
/// Different numbers of bins.
pub fn jensen_shannon(
    reference: &Distribution,
    candidate: &Distribution,
    unit: Unit,
) -> Result<f64, MetricError> {
    let term = |p: f64, q: f64| 0.5 * (relative_term(p, 0.5 * (p + q)) + relative_term(q, 0.5 * (p + q)));
    Ok(unit.of(sum(reference, candidate, term)?.max(0.0)))
}

/// Square root of [`jensen_shannon`], which is a metric (Endres and Schindelin 2003). `unit` is that of the divergence
/// under the root.
///
/// # Errors
/// Different numbers of bins.
pub fn jensen_shannon_distance(
    reference: &Distribution,
    candidate: &Distribution,
    unit: Unit,
) -> Result<f64, MetricError> {
    Ok(jensen_shannon(reference, candidate, unit)?.sqrt())
}

/// Total variation distance: the share of mass that must move, 0 to 1.
///
/// # Errors
/// Different numbers of bins.
pub fn total_variation(reference: &Distribution, candidate: &Distribution) -> Result<f64, MetricError> {
    sum(reference, candidate, |p, q| 0.5 * (p - q).abs())
}

/// Hellinger distance (1909): 0 to 1 (disjoint supports).
///
/// # Errors
/// Different numbers of bins.
pub fn hellinger(reference: &Distribution, candidate: &Distribution) -> Result<f64, MetricError> {
    let term = |p: f64, q: f64| 0.5 * (p.sqrt() - q.sqrt()) * (p.sqrt() - q.sqrt());
    Ok(sum(reference, candidate, term)?.sqrt())
}

/// Pearson's chi-squared statistic (1900) for the homogeneity of two sets of counts: at least 0. Bins empty in both are
/// skipped.
///
/// # Errors
/// Different numbers of bins, or no counts in one of them.
pub fn chi_squared(reference: &[u64], candidate: &[u64]) -> Result<f64, MetricError> {
    const METRIC: &str = "chi-squared statistic";
    same_bins(reference.len(), candidate.len())?;
    let (n, m) = (reference.iter().sum::<u64>() as f64, candidate.iter().sum::<u64>() as f64);
    for (what, total) in [("the reference", n), ("the candidate", m)] {
        if total == 0.0 {
            return Err(MetricError::TooFew { metric: METRIC, what: what.into(), least: 1, found: 0 });
        }
    }
    let bins = reference.iter().zip(candidate).map(|(p, q)| (*p as f64, *q as f64));
    let term = |(p, q): (f64, f64)| {
        let (a, b) = ((p + q) * n / (n + m), (p + q) * m / (n + m));
        (p - a) * (p - a) / a + (q - b) * (q - b) / b
    };
    Ok(bins.filter(|(p, q)| p + q > 0.0).map(term).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(masses: &[f64]) -> Distribution {
        Distribution::new(masses).unwrap()
    }

    fn near(found: Result<f64, MetricError>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-14, "{found} instead of {expected}");
    }

    #[test]
    fn only_the_last_bin_includes_its_right_edge() {
        let values = [-0.1, 0.0, 0.9, 1.0, 2.0, 3.0, 3.1, f64::INFINITY, f64::NEG_INFINITY];
        assert_eq!(counts(&values, &[0.0, 1.0, 2.0, 3.0]).unwrap(), [2, 1, 2]);
        assert_eq!(counts(&[], &[0.0, 1.0]).unwrap(), [0]);
    }

    #[test]
    fn known_values() {
        let (p, q, apart) = (of(&[1.0, 1.0]), of(&[1.0, 3.0]), of(&[1.0, 0.0]));
        near(kullback_leibler(&p, &q, Unit::Nats), 0.5 * (4.0f64 / 3.0).ln());
        near(kullback_leibler(&apart, &p, Unit::Bits), 1.0);
        assert_eq!(kullback_leibler(&p, &apart, Unit::Nats).unwrap(), f64::INFINITY);
        near(jensen_shannon(&apart, &of(&[0.0, 5.0]), Unit::Bits), 1.0);
        near(jensen_shannon_distance(&apart, &of(&[0.0, 5.0]), Unit::Nats), std::f64::consts::LN_2.sqrt());
        near(hellinger(&apart, &of(&[0.0, 5.0])), 1.0);
        near(total_variation(&p, &q), 0.25);
        near(chi_squared(&[10, 0, 20], &[20, 0, 10]), 20.0 / 3.0);
        near(Ok(of(&[1.0; 8]).entropy(Unit::Bits)), 3.0);
        near(Ok(apart.entropy(Unit::Nats)), 0.0);
        assert_eq!(Distribution::smoothed(&[0, 2]).unwrap().probabilities(), [0.25, 0.75]);
    }

    #[test]
    fn invalid_histograms_are_rejected() {
        for edges in [&[][..], &[1.0], &[1.0, 1.0], &[0.0, 2.0, 1.0], &[0.0, f64::NAN]] {
            assert!(counts(&[0.5], edges).is_err(), "{edges:?}");
        }
        assert!(counts(&[f64::NAN], &[0.0, 1.0]).is_err());
        for masses in [&[][..], &[0.0, 0.0], &[-1.0, 2.0], &[f64::INFINITY]] {
            assert!(Distribution::new(masses).is_err(), "{masses:?}");
        }
        assert!(matches!(hellinger(&of(&[1.0]), &of(&[1.0, 1.0])), Err(MetricError::Unlike { .. })));
        assert!(matches!(chi_squared(&[1], &[1, 2]), Err(MetricError::Unlike { .. })));
        assert!(matches!(chi_squared(&[1], &[0]), Err(MetricError::TooFew { .. })));
    }

    type Measure = fn(&Distribution, &Distribution) -> Result<f64, MetricError>;

    proptest! {
        #[test]
        fn distances_satisfy_the_axioms(v in prop::collection::vec(0u64..9, 15)) {
            let of = |i: usize| Distribution::smoothed(&v[i * 5..i * 5 + 5]).unwrap();
            let (a, b, c) = (of(0), of(1), of(2));
            let measures: [Measure; 3] =
                [|p, q| jensen_shannon_distance(p, q, Unit::Bits), total_variation, hellinger];
            for d in measures {
                let d = |p, q| d(p, q).unwrap();
                prop_assert_eq!(d(&a, &a), 0.0);
                prop_assert!((d(&a, &b) - d(&b, &a)).abs() < 1e-12);
                prop_assert!(d(&a, &c) <= d(&a, &b) + d(&b, &c) + 1e-12 && d(&a, &b) <= 1.0);
            }
        }
    }
}

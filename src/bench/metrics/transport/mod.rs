//! Optimal transport between two samples.
//!
//! In one dimension sorting solves it ([`line`]); in more, it is averaged over projections ([`sliced`]), solved exactly
//! ([`exact`]) or with entropic regularisation ([`sinkhorn`]).

pub mod exact;
mod flow;
pub mod line;
pub mod sinkhorn;
pub mod sliced;

use super::{MetricError, SampleMatrix};

/// Checks that both have samples and the same number of columns.
fn compatible(
    metric: &'static str,
    reference: &SampleMatrix,
    candidate: &SampleMatrix,
) -> Result<(), MetricError> {
    for (what, table) in [("the reference", reference), ("the candidate", candidate)] {
        if table.rows() == 0 {
            return Err(MetricError::TooFew { metric, what: what.into(), least: 1, found: 0 });
        }
    }
    if reference.columns() != candidate.columns() {
        let columns = |t: &SampleMatrix| format!("{} columns", t.columns());
        return Err(MetricError::Unlike { metric, expected: columns(reference), found: columns(candidate) });
    }
    Ok(())
}

/// Checks the order of a Wasserstein distance: at least 1.
fn order(metric: &'static str, p: f64) -> Result<(), MetricError> {
    if p.is_finite() && p >= 1.0 {
        return Ok(());
    }
    Err(MetricError::Unfit { metric, why: format!("the order is {p}; expected a number of at least 1") })
}

/// Weights of `n` points, normalised to a sum of 1; uniform if none are given.
fn masses(metric: &'static str, weights: Option<&[f64]>, n: usize) -> Result<Vec<f64>, MetricError> {
    let Some(weights) = weights else { return Ok(vec![1.0 / n as f64; n]) };
    if weights.len() != n {
        let (expected, found) = (format!("{n} weights"), format!("{} weights", weights.len()));
        return Err(MetricError::Unlike { metric, expected, found });
    }
    if let Some(i) = weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
        let why = format!("weight {} is {}; expected a number of at least 0", i + 1, weights[i]);
        return Err(MetricError::Unfit { metric, why });
    }
    let total: f64 = weights.iter().sum();
    if !(total.is_finite() && total > 0.0) {
        return Err(MetricError::Unfit { metric, why: format!("the weights sum to {total}") });
    }
    Ok(weights.iter().map(|w| w / total).collect())
}

/// `|x|^p`, without the power function for the usual orders.
fn power(x: f64, p: f64) -> f64 {
    match p {
        1.0 => x.abs(),
        2.0 => x * x,
        _ => libm::pow(x.abs(), p),
    }
}

/// The `p`-th root.
fn root(x: f64, p: f64) -> f64 {
    match p {
        1.0 => x,
        2.0 => x.sqrt(),
        _ => libm::pow(x, 1.0 / p),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_checked_and_normalised() {
        assert_eq!(masses("m", None, 4).unwrap(), [0.25; 4]);
        assert_eq!(masses("m", Some(&[1.0, 3.0]), 2).unwrap(), [0.25, 0.75]);
        assert!(matches!(masses("m", Some(&[1.0]), 2), Err(MetricError::Unlike { .. })));
        for bad in [[1.0, -1.0], [0.0, 0.0], [1.0, f64::NAN], [f64::MAX, f64::MAX]] {
            assert!(matches!(masses("m", Some(&bad), 2), Err(MetricError::Unfit { .. })), "{bad:?}");
        }
    }
}

//! Mean and covariance as another program saved them.

use super::moments::Moments;
use crate::metrics::linear::Symmetric;
use crate::metrics::{MetricError, SampleMatrix, both};

pub(super) const NAME: &str = "Fréchet distance";
const MOMENTS: &str = "mean and covariance";
/// Tolerance for negative eigenvalues of a covariance, relative to the largest: rounding in single precision over
/// thousands of columns stays well within.
const ROUNDING: f64 = 1e-4;

/// Summary statistics of a set without its samples: mean and covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    mean: Vec<f64>,
    covariance: Symmetric,
}

impl From<&Moments> for Statistics {
    fn from(moments: &Moments) -> Self {
        Self { mean: moments.mean.clone(), covariance: moments.covariance() }
    }
}

impl Statistics {
    /// From a mean and a row-major covariance.
    ///
    /// # Errors
    /// Their sizes do not match, the covariance is not symmetric or has negative eigenvalues, or a value is not finite.
    pub fn new(mean: Vec<f64>, covariance: Vec<f64>) -> Result<Self, MetricError> {
        let unfit = |why: String| MetricError::Unfit { metric: MOMENTS, why };
        let d = mean.len();
        if d == 0 || covariance.len() != d * d {
            return Err(unfit(format!(
                "expected a covariance of {d}×{d}, found {} numbers",
                covariance.len()
            )));
        }
        if let Some(odd) = mean.iter().chain(&covariance).find(|v| !v.is_finite()) {
            return Err(unfit(format!("expected finite numbers, found {odd}")));
        }
        let most = covariance.iter().fold(0f64, |m, v| m.max(v.abs()));
        let asymmetric = |k: usize| (covariance[k] - covariance[k % d * d + k / d]).abs() > 1e-6 * most;
        if (0..d * d).any(asymmetric) {
            return Err(unfit("expected a symmetric covariance".into()));
        }
        let covariance = Symmetric::from_fn(d, |i, j| covariance[i * d + j]);
        let values = covariance.eigenvalues(MOMENTS)?;
        let (least, greatest) = (values[0], values.iter().fold(0f64, |m, v| m.max(*v)));
        if least < -ROUNDING * greatest {
            return Err(unfit(format!(
                "expected a covariance without negative eigenvalues, found {least:.3e}"
            )));
        }
        Ok(Self { mean, covariance })
    }

    /// Statistics of a table.
    ///
    /// # Errors
    /// Fewer than two samples.
    pub fn of(table: &SampleMatrix) -> Result<Self, MetricError> {
        both(NAME, table, table, 2)?;
        Ok(Self::from(&Moments::of(table)))
    }

    /// The mean.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }
    /// The covariance.
    pub fn covariance(&self) -> &Symmetric {
        &self.covariance
    }

    /// Fréchet distance from another set.
    ///
    /// # Errors
    /// Different numbers of columns, or an eigendecomposition that does not converge.
    pub fn distance(&self, other: &Self) -> Result<f64, MetricError> {
        self.fit(other)?;
        Ok(self.without_root(other)
            - 2.0 * self.covariance.trace_of_root_of_product(&other.covariance, NAME)?)
    }

    /// Checks that both have the same number of columns.
    pub(super) fn fit(&self, other: &Self) -> Result<(), MetricError> {
        match (self.mean.len(), other.mean.len()) {
            (n, m) if n != m => Err(MetricError::Unfit {
                metric: NAME,
                why: format!("expected {n} values per sample, found {m}"),
            }),
            _ => Ok(()),
        }
    }

    /// The distance without its last term, −2 tr √(Σ₁Σ₂).
    pub(super) fn without_root(&self, other: &Self) -> f64 {
        let means: f64 = self.mean.iter().zip(&other.mean).map(|(a, b)| (a - b) * (a - b)).sum();
        means + self.covariance.trace() + other.covariance.trace()
    }
}

//! Linear algebra for metrics; faer's own threads are off, so that results are bit-identical at any thread count.

use std::sync::Once;

use faer::{Mat, Par, Side};

use super::MetricError;

fn single_threaded() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| faer::set_global_parallelism(Par::Seq));
}

/// A square symmetric matrix, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Symmetric {
    /// Rows and columns.
    pub size: usize,
    /// `size²` values.
    pub values: Vec<f64>,
}

impl Symmetric {
    /// From its lower triangle: `f(i, j)` for j ≤ i.
    pub fn from_fn(size: usize, f: impl Fn(usize, usize) -> f64) -> Self {
        let mut values = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let v = f(i, j);
                (values[i * size + j], values[j * size + i]) = (v, v);
            }
        }
        Self { size, values }
    }

    /// Sum of the diagonal.
    pub fn trace(&self) -> f64 {
        self.values.iter().step_by(self.size + 1).sum()
    }

    fn matrix(&self) -> Mat<f64> {
        Mat::from_fn(self.size, self.size, |i, j| self.values[i * self.size + j])
    }

    /// Eigenvalues in ascending order.
    ///
    /// # Errors
    /// The decomposition does not converge.
    pub fn eigenvalues(&self, metric: &'static str) -> Result<Vec<f64>, MetricError> {
        single_threaded();
        self.matrix().self_adjoint_eigenvalues(Side::Lower).map_err(|_| not_converged(metric))
    }

    /// tr √(A·B) for positive semi-definite matrices: the sum of the square roots of the eigenvalues of √A·B·√A.
    ///
    /// # Errors
    /// The decomposition does not converge.
    pub fn trace_of_root_of_product(&self, other: &Self, metric: &'static str) -> Result<f64, MetricError> {
        single_threaded();
        let eigen = self.matrix().self_adjoint_eigen(Side::Lower).map_err(|_| not_converged(metric))?;
        let (u, s) = (eigen.U(), eigen.S().column_vector());
        // √A up to a rotation, under which the eigenvalues are invariant.
        let root = Mat::from_fn(self.size, self.size, |i, j| u[(i, j)] * s[j].max(0.0).sqrt());
        let inner = root.transpose() * other.matrix() * &root;
        let values = inner.self_adjoint_eigenvalues(Side::Lower).map_err(|_| not_converged(metric))?;
        Ok(values.iter().map(|v| v.max(0.0).sqrt()).sum())
    }
}

/// Nuclear norm, the sum of the singular values, of the matrix `f(row, column)`.
///
/// # Errors
/// The decomposition does not converge.
pub fn nuclear_norm(
    rows: usize,
    columns: usize,
    f: impl Fn(usize, usize) -> f64,
    metric: &'static str,
) -> Result<f64, MetricError> {
    single_threaded();
    let values = Mat::from_fn(rows, columns, f).singular_values().map_err(|_| not_converged(metric))?;
    Ok(values.iter().sum())
}

fn not_converged(metric: &'static str) -> MetricError {
    MetricError::Unfit { metric, why: "the eigenvalues do not converge".into() }
}

/// Σ aᵢ·bᵢ, in eight lanes.
#[inline]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a8.remainder().iter().zip(b8.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a8.zip(b8) {
        for i in 0..8 {
            lanes[i] += a[i] * b[i];
        }
    }
    lanes.iter().sum::<f64>() + rest
}

/// Σ (aᵢ − bᵢ)², in eight lanes.
#[inline]
pub fn square_distance(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a8.remainder().iter().zip(b8.remainder()).map(|(a, b)| (a - b) * (a - b)).sum();
    for (a, b) in a8.zip(b8) {
        for i in 0..8 {
            let d = a[i] - b[i];
            lanes[i] += d * d;
        }
    }
    lanes.iter().sum::<f64>() + rest
}

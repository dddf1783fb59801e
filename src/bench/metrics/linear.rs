//! Linear algebra for metrics; faer's own threads are off, so that results are bit-identical at any thread count.

use std::sync::Once;

use faer::linalg::solvers::SelfAdjointEigen;
use faer::{Mat, Par, Side};

use super::MetricError;
use world::{limits, widest};

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

    /// tr √(A·B) for positive semi-definite matrices: the sum of the square roots of the eigenvalues of RᵀBR, where A is
    /// R·Rᵀ.
    ///
    /// # Errors
    /// The decomposition does not converge.
    pub fn trace_of_root_of_product(&self, other: &Self, metric: &'static str) -> Result<f64, MetricError> {
        single_threaded();
        // A triangular root is the cheapest; a singular matrix has one only by luck.
        let root = match self.matrix().llt(Side::Lower) {
            Ok(triangular) => triangular.L().to_owned(),
            Err(_) => {
                let eigen =
                    self.matrix().self_adjoint_eigen(Side::Lower).map_err(|_| not_converged(metric))?;
                scaled(&eigen, |s| s.max(0.0).sqrt())
            }
        };
        let inner = root.transpose() * other.matrix() * &root;
        let values = inner.self_adjoint_eigenvalues(Side::Lower).map_err(|_| not_converged(metric))?;
        Ok(values.iter().map(|v| v.max(0.0).sqrt()).sum())
    }

    /// tr √(A·B) with its derivatives by A and by B.
    ///
    /// With A = R·Rᵀ and RᵀBR = V·Λ·Vᵀ the derivative by B is half of RV·Λ^-½·(RV)ᵀ, the map that carries N(0, B) into
    /// N(0, A), and the derivative by A half of its inverse. Directions in which a matrix is zero, up to rounding, are
    /// left out: its samples have no part in them.
    ///
    /// # Errors
    /// The decomposition does not converge.
    pub fn root_of_product(&self, other: &Self, metric: &'static str) -> Result<RootOfProduct, MetricError> {
        single_threaded();
        let d = self.size;
        let eigen = self.matrix().self_adjoint_eigen(Side::Lower).map_err(|_| not_converged(metric))?;
        let root = scaled(&eigen, |s| s.max(0.0).sqrt());
        let inner = root.transpose() * other.matrix() * &root;
        let inner = inner.self_adjoint_eigen(Side::Lower).map_err(|_| not_converged(metric))?;
        let (v, l) = (inner.U(), inner.S().column_vector());
        // Eigenvalues ascend; a matrix has at least one.
        let (least_s, least_l) = (ROUNDING * eigen.S().column_vector()[d - 1], ROUNDING * l[d - 1]);
        let inverse = scaled(&eigen, |s| if s > least_s { 1.0 / s.sqrt() } else { 0.0 });
        let (forth, back) = (&root * v, inverse * v);
        let fourth = |c: usize| l[c].max(0.0).sqrt().sqrt();
        let by_other = |c: usize| if l[c] > least_l { 1.0 / fourth(c) } else { 0.0 };
        let rows = |of: &Mat<f64>, by: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..d * d).map(|k| of[(k % d, k / d)] * by(k / d)).collect()
        };
        Ok(RootOfProduct {
            trace: (0..d).map(|c| l[c].max(0.0).sqrt()).sum(),
            by_self: rows(&back, &fourth),
            by_other: rows(&forth, &by_other),
        })
    }
}

/// Eigenvectors, each multiplied by a function of its eigenvalue.
fn scaled(eigen: &SelfAdjointEigen<f64>, by: impl Fn(f64) -> f64) -> Mat<f64> {
    let (u, s) = (eigen.U(), eigen.S().column_vector());
    Mat::from_fn(u.nrows(), u.ncols(), |i, j| u[(i, j)] * by(s[j]))
}

/// Eigenvalues below this share of the largest are rounding.
const ROUNDING: f64 = 1e-12;

/// tr √(A·B) and its derivatives.
pub struct RootOfProduct {
    /// tr √(A·B).
    pub trace: f64,
    /// Vectors r, row by row, with xᵀGx = Σ (r·x)², where G is twice the derivative of the trace by A.
    pub by_self: Vec<f64>,
    /// The same for B.
    pub by_other: Vec<f64>,
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

/// The nuclear norm with the share of each row and of each column: twice its derivative by the logarithm of a row's
/// squared scale, Σ σₖUᵢₖ².
pub struct NuclearShares {
    /// The nuclear norm.
    pub norm: f64,
    /// The share of each row; their sum is the norm.
    pub rows: Vec<f64>,
    /// The share of each column; their sum is the norm.
    pub columns: Vec<f64>,
}

impl NuclearShares {
    /// Of the matrix `f(row, column)`.
    ///
    /// # Errors
    /// The decomposition does not converge.
    pub fn of(
        rows: usize,
        columns: usize,
        f: impl Fn(usize, usize) -> f64,
        metric: &'static str,
    ) -> Result<Self, MetricError> {
        single_threaded();
        let svd = Mat::from_fn(rows, columns, f).thin_svd().map_err(|_| not_converged(metric))?;
        let (u, s, v) = (svd.U(), svd.S().column_vector(), svd.V());
        let ranks = rows.min(columns);
        let share = |of: faer::MatRef<'_, f64>, i: usize| -> f64 {
            (0..ranks).map(|k| s[k] * of[(i, k)] * of[(i, k)]).sum()
        };
        Ok(Self {
            norm: (0..ranks).map(|k| s[k]).sum(),
            rows: (0..rows).map(|i| share(u, i)).collect(),
            columns: (0..columns).map(|j| share(v, j)).collect(),
        })
    }
}

/// Checks that a matrix of doubles stays within the limit for one array.
///
/// # Errors
/// It would be larger.
pub fn fits(rows: usize, columns: usize, metric: &'static str) -> Result<(), MetricError> {
    let bytes = (rows as u64).saturating_mul(columns as u64).saturating_mul(8);
    match bytes > limits::ARRAY {
        false => Ok(()),
        true => Err(MetricError::Unfit {
            metric,
            why: format!(
                "takes a matrix of {rows}×{columns} numbers, {}; expected at most {}",
                limits::size(bytes),
                limits::size(limits::ARRAY)
            ),
        }),
    }
}

fn not_converged(metric: &'static str) -> MetricError {
    MetricError::Unfit { metric, why: "the eigenvalues do not converge".into() }
}

/// Σ aᵢ, in eight lanes.
#[inline]
pub fn sum(values: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let eights = values.chunks_exact(8);
    let rest: f64 = eights.remainder().iter().sum();
    for eight in eights {
        lanes.iter_mut().zip(eight).for_each(|(lane, v)| *lane += v);
    }
    lanes.iter().sum::<f64>() + rest
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

widest! {
    /// [`square_distance`] with the vectors in use: the same bits, faster for more than a few dozen columns.
    pub fn widest_square_distance(a: &[f64], b: &[f64]) -> f64 {
        square_distance(a, b)
    }
}

/// Σ (aᵢ − bᵢ)², in eight lanes.
#[inline(always)]
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

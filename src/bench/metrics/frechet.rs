//! Fréchet distance between Gaussians fitted to two sets of features (Fréchet 1957; Heusel et al. 2017, there on
//! Inception features).

use rayon::prelude::*;

use super::linear::{Symmetric, dot, nuclear_norm};
use super::{MetricError, SampleMatrix};

const NAME: &str = "Fréchet distance";
const MOMENTS: &str = "mean and covariance";
/// Rows per partial sum.
const CHUNK: usize = 256;
/// Tolerance for negative eigenvalues of a covariance, relative to the largest: rounding in single precision over
/// thousands of columns stays well within.
const ROUNDING: f64 = 1e-4;

/// Mean and covariance, accumulated row by row and merged in a fixed order (Chan, Golub and LeVeque 1983).
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    rows: usize,
    mean: Vec<f64>,
    /// Σ (x − mean)(x − mean)ᵀ.
    scatter: Vec<f64>,
}

impl Moments {
    /// Moments of all samples of a table.
    pub fn of(table: &SampleMatrix) -> Self {
        let indices: Vec<usize> = (0..table.rows()).collect();
        let parts: Vec<Self> = indices.par_chunks(CHUNK).map(|rows| Self::of_rows(table, rows)).collect();
        parts.into_iter().reduce(Self::merge).unwrap_or_else(|| Self::of_rows(table, &[]))
    }

    fn of_rows(table: &SampleMatrix, rows: &[usize]) -> Self {
        let d = table.columns();
        let mut mean = vec![0.0; d];
        for &r in rows {
            mean.iter_mut().zip(table.row(r)).for_each(|(m, v)| *m += v);
        }
        mean.iter_mut().for_each(|m| *m /= rows.len().max(1) as f64);
        let (mut scatter, mut off) = (vec![0.0; d * d], vec![0.0; d]);
        for &r in rows {
            off.iter_mut().zip(table.row(r).iter().zip(&mean)).for_each(|(o, (v, m))| *o = v - m);
            for (line, &a) in scatter.chunks_exact_mut(d).zip(&off) {
                line.iter_mut().zip(&off).for_each(|(s, b)| *s += a * b);
            }
        }
        Self { rows: rows.len(), mean, scatter }
    }

    /// The moments of the union of both sets.
    pub fn merge(mut self, other: Self) -> Self {
        let (n, m) = (self.rows as f64, other.rows as f64);
        let total = (n + m).max(1.0);
        let apart: Vec<f64> = other.mean.iter().zip(&self.mean).map(|(b, a)| b - a).collect();
        let d = apart.len();
        for (i, line) in self.scatter.chunks_exact_mut(d).enumerate() {
            for (j, s) in line.iter_mut().enumerate() {
                *s += other.scatter[i * d + j] + apart[i] * apart[j] * n * m / total;
            }
        }
        self.mean.iter_mut().zip(&apart).for_each(|(a, d)| *a += d * m / total);
        self.rows += other.rows;
        self
    }

    /// The mean.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The unbiased covariance (divisor n − 1).
    pub fn covariance(&self) -> Symmetric {
        let by = (self.rows.max(2) - 1) as f64;
        Symmetric { size: self.mean.len(), values: self.scatter.iter().map(|s| s / by).collect() }
    }
}

/// Summary statistics of a set without its samples: mean and covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    mean: Vec<f64>,
    covariance: Symmetric,
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
        super::both(NAME, table, table, 2)?;
        let moments = Moments::of(table);
        Ok(Self { covariance: moments.covariance(), mean: moments.mean })
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
        let (n, m) = (self.mean.len(), other.mean.len());
        if n != m {
            return Err(MetricError::Unfit {
                metric: NAME,
                why: format!("expected {n} values per sample, found {m}"),
            });
        }
        let means: f64 = self.mean.iter().zip(&other.mean).map(|(a, b)| (a - b) * (a - b)).sum();
        let (a, b) = (&self.covariance, &other.covariance);
        Ok(means + a.trace() + b.trace() - 2.0 * a.trace_of_root_of_product(b, NAME)?)
    }
}

/// |m₁ − m₂|² + tr Σ₁ + tr Σ₂ − 2 tr √(Σ₁Σ₂); 0 for sets with the same moments, biased to about d²/2N + 2d/N for two
/// sets of N samples of one distribution.
///
/// # Errors
/// Fewer than two samples, or different numbers of columns.
pub fn frechet(reference: &SampleMatrix, candidate: &SampleMatrix) -> Result<f64, MetricError> {
    super::both(NAME, reference, candidate, 2)?;
    // With more columns than samples, the square root of the samples' Gram matrix is cheaper.
    if reference.columns() > reference.rows() + candidate.rows() {
        return by_samples(reference, candidate);
    }
    between(&Moments::of(reference), &Moments::of(candidate))
}

/// The same from precomputed moments.
///
/// # Errors
/// The eigendecomposition does not converge.
pub fn between(reference: &Moments, candidate: &Moments) -> Result<f64, MetricError> {
    let of = |m: &Moments| Statistics { mean: m.mean.clone(), covariance: m.covariance() };
    of(reference).distance(&of(candidate))
}

/// With A and B the centred samples, tr √(Σ₁Σ₂) is the sum of the singular values of A·Bᵀ.
fn by_samples(reference: &SampleMatrix, candidate: &SampleMatrix) -> Result<f64, MetricError> {
    let (ma, a) = centred(reference);
    let (mb, b) = centred(candidate);
    let (n, m, d) = (reference.rows(), candidate.rows(), reference.columns());
    let products: Vec<f64> = (0..n * m)
        .into_par_iter()
        .map(|k| dot(&a[k / m * d..(k / m + 1) * d], &b[k % m * d..(k % m + 1) * d]))
        .collect();
    let root = nuclear_norm(n, m, |i, j| products[i * m + j], NAME)?;
    let means: f64 = ma.iter().zip(&mb).map(|(a, b)| (a - b) * (a - b)).sum();
    Ok(means + dot(&a, &a) + dot(&b, &b) - 2.0 * root)
}

/// The mean, and the centred samples divided by √(n − 1).
fn centred(table: &SampleMatrix) -> (Vec<f64>, Vec<f64>) {
    let (n, d) = (table.rows(), table.columns());
    let mut mean = vec![0.0; d];
    (0..n).for_each(|i| mean.iter_mut().zip(table.row(i)).for_each(|(m, v)| *m += v / n as f64));
    let scale = 1.0 / ((n - 1) as f64).sqrt();
    let off = (0..n).flat_map(|i| table.row(i).iter().zip(&mean).map(|(v, m)| (v - m) * scale));
    let off = off.collect();
    (mean, off)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::testing::normal;

    #[test]
    fn the_distance_of_shifted_normals_is_the_squared_shift() {
        // |δ|² = 9 in 16 dimensions (d = 16, N = 2000; the bias is about .08).
        let a = normal(2000, 16, 1, 0.0);
        let b = normal(2000, 16, 2, 0.75);
        let d = frechet(&a, &b).unwrap();
        assert!((d - 9.0).abs() < 0.4, "{d}");
        assert!(frechet(&a, &a).unwrap().abs() < 1e-9);
    }

    #[test]
    fn diagonal_covariances_have_a_closed_form() {
        // Corners of boxes: covariances are diagonal, and the distance is Σ (σ₁ − σ₂)².
        let corners = |s: [f64; 3]| {
            let values = (0..8).flat_map(|i| (0..3).map(move |k| if i >> k & 1 == 1 { s[k] } else { -s[k] }));
            SampleMatrix::new(3, values.collect()).unwrap()
        };
        let (a, b) = (corners([1.0, 2.0, 3.0]), corners([2.0, 2.5, 0.5]));
        let expected = (1.0 + 0.25 + 6.25) * 8.0 / 7.0;
        assert!((frechet(&a, &b).unwrap() - expected).abs() < 1e-10);
    }

    proptest! {
        #[test]
        fn both_computations_agree(n in 2usize..12, m in 2usize..12, d in 1usize..24, seed: u64) {
            let (a, b) = (normal(n, d, seed, 0.0), normal(m, d, seed ^ 9, 0.5));
            let by_moments = between(&Moments::of(&a), &Moments::of(&b)).unwrap();
            let samples = by_samples(&a, &b).unwrap();
            prop_assert!((by_moments - samples).abs() < 1e-6 * (1.0 + samples.abs()), "{by_moments} {samples}");
            let known = Statistics::of(&a).unwrap();
            let again = Statistics::new(known.mean().to_vec(), known.covariance().values.clone()).unwrap();
            prop_assert_eq!(again.distance(&Statistics::of(&b).unwrap()).unwrap(), by_moments);
        }

        #[test]
        fn moments_do_not_depend_on_how_samples_are_split(n in 2usize..40, cut in 1usize..39, seed: u64) {
            let t = normal(n, 5, seed, 1.0);
            let cut = cut.min(n - 1);
            let part = |rows: std::ops::Range<usize>| Moments::of(&t.pick(&rows.collect::<Vec<_>>()));
            let (whole, merged) = (Moments::of(&t), part(0..cut).merge(part(cut..n)));
            let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
            prop_assert!(near(&whole.mean, &merged.mean) && near(&whole.scatter, &merged.scatter));
        }
    }

    #[test]
    fn invalid_covariances_are_rejected() {
        let of = |sigma: &[f64]| Statistics::new(vec![0.0; 2], sigma.to_vec()).map_err(|e| e.to_string());
        let message = "mean and covariance: expected a covariance without negative eigenvalues, found";
        for (odd, least) in [
            ([-2.0, -0.5, -0.5, -1.0], "-2.207e0"),
            ([1.0, 0.0, 0.0, -0.01], "-1.000e-2"),
            // A positive diagonal, but a correlation above one.
            ([1.0, 1.5, 1.5, 1.0], "-5.000e-1"),
        ] {
            assert_eq!(of(&odd).unwrap_err(), format!("{message} {least}"));
        }
        // For collinear samples the smallest eigenvalue is zero, up to rounding.
        for good in [[1.0, 1.0 + 1e-7, 1.0 + 1e-7, 1.0], [0.0; 4], [3e-9, 0.0, 0.0, 0.0]] {
            assert!(of(&good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn the_result_does_not_depend_on_the_thread_count() {
        let (a, b) = (normal(700, 20, 4, 0.0), normal(700, 20, 5, 0.1));
        let at = |n| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| frechet(&a, &b).unwrap().to_bits())
        };
        assert!([2, 3, 8].iter().all(|&n| at(n) == at(1)));
    }
}

//! Ridge regression (Hoerl and Kennard 1970): least squares with a penalty on the squares of the weights, solved exactly.

use rayon::prelude::*;

use data::sample::shuffled;
use world::rng::Rng;

/// A linear function of standardised features.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ridge {
    /// Mean of each feature.
    pub means: Vec<f64>,
    /// Divides each feature after that; 0 of one that is constant, which then has no weight.
    pub deviations: Vec<f64>,
    /// Weights of the standardised features.
    pub weights: Vec<f64>,
    /// The value at the means.
    pub intercept: f64,
    /// The penalty, for each picture.
    pub penalty: f64,
}

/// Penalties among which cross-validation chooses: 10⁻⁴ to 10⁴, two for each power of ten.
pub fn penalties() -> Vec<f64> {
    (-8..=8).map(|k| libm::pow(10.0, f64::from(k) / 2.0)).collect()
}

impl Ridge {
    /// Minimises the squared errors plus `penalty` times the number of rows times the squared weights.
    ///
    /// # Errors
    /// There are no rows, or the equations have no unique solution (without a penalty).
    pub fn fit(rows: &[&[f64]], targets: &[f64], penalty: f64) -> Result<Self, String> {
        let width = rows.first().ok_or("expected at least one row")?.len();
        let n = rows.len() as f64;
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / n;
        let means: Vec<f64> = (0..width).map(|c| mean(&mut rows.iter().map(|r| r[c]))).collect();
        let square = |v: f64| v * v;
        let deviation = |c: usize| mean(&mut rows.iter().map(|r| square(r[c] - means[c]))).sqrt();
        let deviations: Vec<f64> = (0..width).map(deviation).collect();
        let intercept = mean(&mut targets.iter().copied());
        let mut made = Self { means, deviations, weights: vec![0.0; width], intercept, penalty };
        let standard: Vec<Vec<f64>> = rows.iter().map(|r| made.standardised(r)).collect();
        let kept: Vec<usize> = (0..width).filter(|c| made.deviations[*c] > CONSTANT).collect();
        let product = |a: usize, b: usize| standard.iter().map(|r| r[a] * r[b]).sum::<f64>();
        let mut normal = vec![vec![0.0; kept.len()]; kept.len()];
        for (i, a) in kept.iter().enumerate() {
            for (j, b) in kept.iter().enumerate().take(i + 1) {
                normal[i][j] = product(*a, *b) + if i == j { penalty * n } else { 0.0 };
            }
        }
        let right: Vec<f64> = kept
            .iter()
            .map(|c| standard.iter().zip(targets).map(|(r, y)| r[*c] * (y - intercept)).sum())
            .collect();
        let solved = cholesky(normal, right)?;
        kept.into_iter().zip(solved).for_each(|(c, w)| made.weights[c] = w);
        Ok(made)
    }

    /// Chooses the penalty of the least squared error in `folds` parts, each predicted from the others (Stone 1974), and
    /// fits all rows with it. Also returns that mean squared error for each of [`penalties`].
    ///
    /// # Errors
    /// There are fewer rows than folds, or as [`Self::fit`].
    pub fn cross_validated(
        rows: &[&[f64]],
        targets: &[f64],
        folds: usize,
        rng: Rng,
    ) -> Result<(Self, Vec<(f64, f64)>), String> {
        if folds < 2 || rows.len() < 2 * folds {
            return Err(format!(
                "expected at least {} rows for {folds} folds, found {}",
                2 * folds,
                rows.len()
            ));
        }
        let order = shuffled(rows.len(), rng);
        let part = |fold: usize, is_held: bool| {
            let chosen =
                order.iter().enumerate().filter(move |(place, _)| (place % folds == fold) == is_held);
            chosen.map(|(_, i)| *i)
        };
        let error = |penalty: f64| -> Result<(f64, f64), String> {
            let mut sum = 0.0;
            for fold in 0..folds {
                let (x, y): (Vec<&[f64]>, Vec<f64>) =
                    part(fold, false).map(|i| (rows[i], targets[i])).unzip();
                let made = Self::fit(&x, &y, penalty)?;
                sum += part(fold, true)
                    .map(|i| {
                        let miss = made.predict(rows[i]) - targets[i];
                        miss * miss
                    })
                    .sum::<f64>();
            }
            Ok((penalty, sum / rows.len() as f64))
        };
        let errors: Vec<(f64, f64)> = penalties().into_par_iter().map(error).collect::<Result<_, _>>()?;
        let best = errors.iter().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1.0, |e| e.0);
        Ok((Self::fit(rows, targets, best)?, errors))
    }

    /// The value for some features.
    pub fn predict(&self, features: &[f64]) -> f64 {
        let standard = self.standardised(features);
        self.intercept + standard.iter().zip(&self.weights).map(|(v, w)| v * w).sum::<f64>()
    }

    fn standardised(&self, row: &[f64]) -> Vec<f64> {
        let one = |((v, m), d): ((&f64, &f64), &f64)| if *d > CONSTANT { (v - m) / d } else { 0.0 };
        row.iter().zip(&self.means).zip(&self.deviations).map(one).collect()
    }
}

/// A deviation below this is rounding.
const CONSTANT: f64 = 1e-9;

/// Solves a symmetric positive definite system, of which the lower triangle is given.
fn cholesky(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Result<Vec<f64>, String> {
    let n = b.len();
    for i in 0..n {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let rest = a[i][j] - inner;
            a[i][j] = match i == j {
                false => rest / a[j][j],
                true if rest > 0.0 => rest.sqrt(),
                true => return Err("the features depend on one another; a penalty above 0 is needed".into()),
            };
        }
    }
    for (i, row) in a.iter().enumerate() {
        let known: f64 = (0..i).map(|k| row[k] * b[k]).sum();
        b[i] = (b[i] - known) / row[i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    Ok(b)
}

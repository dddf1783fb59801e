//! Diversity: the effective number of distinct samples in a set.

use rayon::prelude::*;

use super::linear::{Symmetric, dot, square_distance};
use super::{MetricError, SampleMatrix};

/// Vendi score (Friedman and Dieng 2023) with the cosine kernel: the number of entirely dissimilar samples that would
/// be equally diverse, from 1 to the number of samples.
///
/// # Errors
/// No samples, or one whose features are all zero.
pub fn vendi_cosine(samples: &SampleMatrix) -> Result<f64, MetricError> {
    const NAME: &str = "Vendi score";
    at_least_one(NAME, samples)?;
    let (n, d) = (samples.rows(), samples.columns());
    let unit: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let row = samples.row(i);
            let length = dot(row, row).sqrt();
            row.iter().map(|v| v / length).collect()
        })
        .collect();
    if let Some(i) = unit.iter().position(|r| r.iter().any(|v| !v.is_finite())) {
        let why = format!("sample {} has no direction: all its features are zero", i + 1);
        return Err(MetricError::Unfit { metric: NAME, why });
    }
    // The Gram matrices of rows and of columns have the same non-zero eigenvalues.
    let gram = if n <= d {
        gram_matrix(n, |i, j| dot(&unit[i], &unit[j]) / n as f64)
    } else {
        let columns: Vec<Vec<f64>> = (0..d).map(|c| unit.iter().map(|r| r[c]).collect()).collect();
        gram_matrix(d, |i, j| dot(&columns[i], &columns[j]) / n as f64)
    };
    effective_number(&gram, NAME)
}

/// Vendi score with the Gaussian kernel exp(−|x − y|² / 2σ²).
///
/// # Errors
/// No samples.
pub fn vendi_gaussian(samples: &SampleMatrix, sigma: f64) -> Result<f64, MetricError> {
    const NAME: &str = "Vendi score";
    at_least_one(NAME, samples)?;
    let (n, gamma) = (samples.rows(), 0.5 / (sigma * sigma));
    let similarity = |i: usize, j: usize| (-gamma * square_distance(samples.row(i), samples.row(j))).exp();
    effective_number(&gram_matrix(n, |i, j| similarity(i, j) / n as f64), NAME)
}

/// Exponential of the Shannon entropy of the eigenvalues.
fn effective_number(gram: &Symmetric, metric: &'static str) -> Result<f64, MetricError> {
    let entropy: f64 = gram.eigenvalues(metric)?.iter().filter(|l| **l > 0.0).map(|l| -l * l.ln()).sum();
    Ok(entropy.exp())
}

fn gram_matrix(size: usize, f: impl Fn(usize, usize) -> f64 + Sync) -> Symmetric {
    let rows: Vec<Vec<f64>> = (0..size).into_par_iter().map(|i| (0..=i).map(|j| f(i, j)).collect()).collect();
    Symmetric::from_fn(size, |i, j| rows[i][j])
}

fn at_least_one(metric: &'static str, samples: &SampleMatrix) -> Result<(), MetricError> {
    match samples.rows() {
        0 => Err(MetricError::TooFew { metric, what: "the set".into(), least: 1, found: 0 }),
        _ => Ok(()),
    }
}

/// Inception score (Salimans et al. 2016) with any classifier's probabilities (a sample a row, a class a column): exp
/// of the mean KL divergence of a sample's class distribution from the set's. 1 if all samples are classified alike,
/// the number of classes if each is classified with certainty and the classes are balanced.
///
/// # Errors
/// No samples, or rows that are not probability distributions.
pub fn class_score(probabilities: &SampleMatrix) -> Result<f64, MetricError> {
    const NAME: &str = "class score";
    at_least_one(NAME, probabilities)?;
    let (n, classes) = (probabilities.rows(), probabilities.columns());
    for i in 0..n {
        let row = probabilities.row(i);
        if row.iter().any(|p| *p < 0.0) || (row.iter().sum::<f64>() - 1.0).abs() > 1e-3 {
            let why = format!("row {} holds no probabilities: they must be at least 0 and sum to 1", i + 1);
            return Err(MetricError::Unfit { metric: NAME, why });
        }
    }
    let mean: Vec<f64> =
        (0..classes).map(|c| probabilities.column(c).iter().sum::<f64>() / n as f64).collect();
    let one = |i: usize| -> f64 {
        let terms = probabilities.row(i).iter().zip(&mean).filter(|(p, _)| **p > 0.0);
        terms.map(|(p, m)| p * (p / m).ln()).sum()
    };
    Ok(((0..n).map(one).sum::<f64>() / n as f64).exp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::testing::normal;

    #[test]
    fn the_vendi_score_of_k_orthogonal_samples_is_k() {
        let axes = |k: usize, each: usize| {
            let value = |i: usize| if i / 8 % k == i % 8 { 1.0 } else { 0.0 };
            SampleMatrix::new(8, (0..8 * k * each).map(value).collect()).unwrap()
        };
        for (k, each) in [(1, 5), (3, 1), (3, 7), (8, 2)] {
            assert!((vendi_cosine(&axes(k, each)).unwrap() - k as f64).abs() < 1e-9);
            assert!((vendi_gaussian(&axes(k, each), 0.01).unwrap() - k as f64).abs() < 1e-9);
        }
        assert!(vendi_cosine(&SampleMatrix::new(2, vec![1.0, 0.0, 0.0, 0.0]).unwrap()).is_err());
    }

    #[test]
    fn the_class_score_ranges_from_one_to_the_number_of_classes() {
        let sure =
            SampleMatrix::new(4, (0..64).map(|i| if i / 4 % 4 == i % 4 { 1.0 } else { 0.0 }).collect())
                .unwrap();
        assert!((class_score(&sure).unwrap() - 4.0).abs() < 1e-12);
        let unsure = SampleMatrix::new(4, vec![0.25; 40]).unwrap();
        assert!((class_score(&unsure).unwrap() - 1.0).abs() < 1e-12);
        assert!((class_score(&sure.pick(&[0, 4, 8])).unwrap() - 1.0).abs() < 1e-12);
        assert!(class_score(&SampleMatrix::new(2, vec![0.9, 0.9]).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn row_and_column_gram_matrices_give_the_same_score(n in 1usize..20, d in 1usize..20, seed: u64) {
            let t = normal(n, d, seed, 0.3);
            let unit = |i: usize| { let r = t.row(i); let l = dot(r, r).sqrt(); r.iter().map(|v| v / l).collect::<Vec<_>>() };
            let gram = gram_matrix(n, |i, j| dot(&unit(i), &unit(j)) / n as f64);
            let (by_rows, score) = (effective_number(&gram, "").unwrap(), vendi_cosine(&t).unwrap());
            prop_assert!((by_rows - score).abs() < 1e-6 * score, "{by_rows} {score}");
        }
    }
}

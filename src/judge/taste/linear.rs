//! Linear algebra of small symmetric systems.

/// Solves `A x = b` for a symmetric positive definite `A` (n × n, row after row) by Cholesky's decomposition, in place.
/// None if `A` is not positive definite.
pub fn solved(mut a: Vec<f64>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for i in 0..n {
        for j in 0..=i {
            let (upper, lower) = a.split_at_mut(i * n);
            let row = &mut lower[..=i];
            let dot = |other: &[f64]| other.iter().zip(&row[..j]).map(|(x, y)| x * y).sum::<f64>();
            if i == j {
                let rest = row[i] - row[..i].iter().map(|v| v * v).sum::<f64>();
                if rest.is_nan() || rest <= 0.0 {
                    return None;
                }
                row[i] = rest.sqrt();
            } else {
                let other = &upper[j * n..=j * n + j];
                row[j] = (row[j] - dot(&other[..j])) / other[j];
            }
        }
    }
    for i in 0..n {
        let done: f64 = (0..i).map(|k| a[i * n + k] * b[k]).sum();
        b[i] = (b[i] - done) / a[i * n + i];
    }
    for i in (0..n).rev() {
        let done: f64 = (i + 1..n).map(|k| a[k * n + i] * b[k]).sum();
        b[i] = (b[i] - done) / a[i * n + i];
    }
    Some(b)
}

/// The logistic function, without overflow.
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        return 1.0 / (1.0 + libm::exp(-x));
    }
    let e = libm::exp(x);
    e / (1.0 + e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// `A = M Mᵀ + 1` is positive definite; what is solved gives `b` again.
    #[test]
    fn what_is_solved_solves() {
        for n in 1..30 {
            let r = Rng::new(n as u64);
            let m = |i: usize, j: usize| r.normal((i * n + j) as u64) as f64;
            let a: Vec<f64> = (0..n * n)
                .map(|k| (k / n, k % n))
                .map(|(i, j)| (0..n).map(|l| m(i, l) * m(j, l)).sum::<f64>() + (i == j) as u8 as f64)
                .collect();
            let b: Vec<f64> = (0..n).map(|i| r.fork(1).normal(i as u64) as f64).collect();
            let x = solved(a.clone(), b.clone()).unwrap();
            for i in 0..n {
                let again: f64 = (0..n).map(|j| a[i * n + j] * x[j]).sum();
                assert!((again - b[i]).abs() < 1e-9, "{again} for {}", b[i]);
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_has_no_solution() {
        assert_eq!(solved(vec![1.0, 2.0, 2.0, 1.0], vec![1.0, 1.0]), None);
        assert_eq!(solved(vec![f64::NAN], vec![1.0]), None);
    }

    #[test]
    fn the_logistic_function_is_finite_and_symmetric() {
        assert_eq!((logistic(0.0), logistic(1e4), logistic(-1e4)), (0.5, 1.0, 0.0));
        assert!((logistic(3.0) + logistic(-3.0) - 1.0).abs() < 1e-15);
    }
}

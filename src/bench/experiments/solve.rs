//! Least squares with the solution of least norm.

/// Added to the diagonal, relative to its mean: what is below it is rounding.
const RIDGE: f64 = 1e-9;

/// The weights w `[width][outputs]` of least norm for which rows (their first `width` values) times w come nearest to the
/// targets `[rows][outputs]`: by the normal equations of whichever side is the smaller, with a ridge of a billionth.
pub fn least_norm(rows: &[Vec<f64>], width: usize, targets: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (n, outputs) = (rows.len(), targets.first().map_or(0, Vec::len));
    let columns = || (0..width).map(|k| rows.iter().map(|r| r[k]).collect::<Vec<f64>>()).collect::<Vec<_>>();
    if width <= n {
        let columns = columns();
        let right = |k: usize, o: usize| columns[k].iter().zip(targets).map(|(v, t)| v * t[o]).sum::<f64>();
        let right = (0..width).map(|k| (0..outputs).map(|o| right(k, o)).collect()).collect();
        return solve(gram(&columns, n), right);
    }
    let cut: Vec<Vec<f64>> = rows.iter().map(|r| r[..width].to_vec()).collect();
    let dual = solve(gram(&cut, width), targets.to_vec());
    let weight = |k: usize, o: usize| rows.iter().zip(&dual).map(|(r, d)| r[k] * d[o]).sum::<f64>();
    (0..width).map(|k| (0..outputs).map(|o| weight(k, o)).collect()).collect()
}

/// Products of all pairs of vectors, with the ridge.
fn gram(vectors: &[Vec<f64>], length: usize) -> Vec<Vec<f64>> {
    use rayon::prelude::*;
    let dot = |a: &[f64], b: &[f64]| a[..length].iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut all: Vec<Vec<f64>> = vectors
        .par_iter()
        .enumerate()
        .map(|(i, a)| vectors[..=i].iter().map(|b| dot(a, b)).collect())
        .collect();
    let trace: f64 = all.iter().enumerate().map(|(i, row)| row[i]).sum();
    let ridge = RIDGE * trace / all.len().max(1) as f64;
    all.iter_mut().enumerate().for_each(|(i, row)| row[i] += ridge);
    all
}

/// Solves A x = b for a positive definite A, of which the lower triangle is given (Cholesky).
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    for i in 0..n {
        for j in 0..=i {
            let (above, below) = a.split_at_mut(i);
            let row = &mut below[0];
            let other = if j < i { &above[j][..] } else { &row[..] };
            let sum: f64 = row[..j].iter().zip(other).map(|(x, y)| x * y).sum();
            let left = row[j] - sum;
            row[j] = if j < i { left / above[j][j] } else { left.max(f64::MIN_POSITIVE).sqrt() };
        }
    }
    for i in 0..n {
        let (done, rest) = b.split_at_mut(i);
        for (o, v) in rest[0].iter_mut().enumerate() {
            let sum: f64 = a[i][..i].iter().zip(done.iter()).map(|(l, x)| l * x[o]).sum();
            *v = (*v - sum) / a[i][i];
        }
    }
    for i in (0..n).rev() {
        let (first, done) = b.split_at_mut(i + 1);
        for (o, v) in first[i].iter_mut().enumerate() {
            let sum: f64 = done.iter().enumerate().map(|(k, x)| a[i + 1 + k][i] * x[o]).sum();
            *v = (*v - sum) / a[i][i];
        }
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    fn random(rows: usize, columns: usize, seed: u64) -> Vec<Vec<f64>> {
        let rng = Rng::new(seed);
        (0..rows)
            .map(|i| (0..columns).map(|j| f64::from(rng.fork(i as u64).normal(j as u64))).collect())
            .collect()
    }

    fn residual(rows: &[Vec<f64>], w: &[Vec<f64>], targets: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let out = |r: &Vec<f64>, o: usize| r.iter().zip(w).map(|(v, w)| v * w[o]).sum::<f64>();
        rows.iter().zip(targets).map(|(r, t)| (0..t.len()).map(|o| out(r, o) - t[o]).collect()).collect()
    }

    /// Too few weights: the residual is orthogonal to every column.
    #[test]
    fn with_few_weights_nothing_that_a_column_could_explain_is_left() {
        let (rows, targets) = (random(30, 8, 1), random(30, 3, 2));
        let left = residual(&rows, &least_norm(&rows, 8, &targets), &targets);
        for k in 0..8 {
            let along: f64 = rows.iter().zip(&left).map(|(r, l)| r[k] * l[1]).sum();
            assert!(along.abs() < 1e-5, "{along}");
        }
    }

    /// Too many: every target is met, and anything else that meets them is longer.
    #[test]
    fn with_many_weights_the_shortest_of_all_exact_solutions_is_found() {
        let (rows, targets) = (random(12, 40, 3), random(12, 2, 4));
        let w = least_norm(&rows, 40, &targets);
        assert!(residual(&rows, &w, &targets).iter().flatten().all(|v| v.abs() < 1e-5));
        // What is added without changing an output is orthogonal to it.
        let random = random(40, 2, 5);
        let seen = residual(&rows, &random, &vec![vec![0.0; 2]; 12]);
        let back = least_norm(&rows, 40, &seen);
        for o in 0..2 {
            let along: f64 = (0..40).map(|k| w[k][o] * (random[k][o] - back[k][o])).sum();
            assert!(along.abs() < 1e-5, "{along}");
        }
    }
}

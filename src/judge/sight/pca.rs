//! Principal components (Pearson 1901) of a few dimensions, for maps of an embedding.

/// The directions of greatest variance.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponents {
    mean: Vec<f64>,
    /// Unit vectors, the one of greatest variance first; the largest entry of each is positive.
    directions: Vec<Vec<f64>>,
    /// Share of the whole variance along each, 0..1.
    pub shares: Vec<f64>,
}

/// Sweeps of the Jacobi method at most; fewer than ten are needed.
const SWEEPS: usize = 50;

impl PrincipalComponents {
    /// The first `most` components of points, which all have the same number of dimensions.
    pub fn of(points: &[Vec<f64>], most: usize) -> Self {
        let n = points.first().map_or(0, Vec::len);
        let count = points.len().max(1) as f64;
        let mean: Vec<f64> = (0..n).map(|i| points.iter().map(|p| p[i]).sum::<f64>() / count).collect();
        let mut matrix = vec![vec![0f64; n]; n];
        for p in points {
            for i in 0..n {
                for j in 0..n {
                    matrix[i][j] += (p[i] - mean[i]) * (p[j] - mean[j]) / count;
                }
            }
        }
        let vectors = diagonalised(&mut matrix);
        let whole: f64 = (0..n).map(|i| matrix[i][i]).sum();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| matrix[*b][*b].total_cmp(&matrix[*a][*a]));
        order.truncate(most);
        let direction = |i: &usize| {
            let v: Vec<f64> = vectors.iter().map(|row| row[*i]).collect();
            let largest = v.iter().fold(0f64, |m, x| if x.abs() > m.abs() { *x } else { m });
            v.iter().map(|x| if largest < 0.0 { -x } else { *x }).collect()
        };
        let share = |i: &usize| if whole > 0.0 { matrix[*i][*i] / whole } else { 0.0 };
        Self {
            directions: order.iter().map(direction).collect(),
            shares: order.iter().map(share).collect(),
            mean,
        }
    }

    /// Coordinates of a point along the components.
    pub fn place(&self, point: &[f64]) -> Vec<f64> {
        let along = |d: &Vec<f64>| point.iter().zip(&self.mean).zip(d).map(|((x, m), d)| (x - m) * d).sum();
        self.directions.iter().map(along).collect()
    }
}

/// Makes a symmetric matrix diagonal by rotations (Jacobi 1846) and returns the eigenvectors, as columns.
fn diagonalised(a: &mut [Vec<f64>]) -> Vec<Vec<f64>> {
    let n = a.len();
    let mut v: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| (i == j) as u8 as f64).collect()).collect();
    for _ in 0..SWEEPS {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        let on: f64 = (0..n).map(|i| a[i][i] * a[i][i]).sum();
        if off <= 1e-24 * on {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] != 0.0 {
                    rotate(a, &mut v, p, q);
                }
            }
        }
    }
    v
}

/// The rotation that makes the entry (p, q) zero, p < q.
fn rotate(a: &mut [Vec<f64>], v: &mut [Vec<f64>], p: usize, q: usize) {
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + libm::sqrt(theta * theta + 1.0));
    let c = 1.0 / libm::sqrt(t * t + 1.0);
    let s = t * c;
    for row in a.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    let (before, after) = a.split_at_mut(q);
    for (x, y) in before[p].iter_mut().zip(&mut after[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
    for row in v {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// Points with deviations 3, 2 and 0.1 along known, turned axes.
    #[test]
    fn known_axes_are_found_with_their_variances() {
        let axes = [[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0], [0.0, 0.0, 1.0]];
        let point = |i: u64| -> Vec<f64> {
            let along = [3.0, 2.0, 0.1].map(|s| s * Rng::new(s as u64 + 7).normal(i) as f64);
            (0..3).map(|k| 5.0 + (0..3).map(|a| along[a] * axes[a][k]).sum::<f64>()).collect()
        };
        let points: Vec<Vec<f64>> = (0..4000).map(point).collect();
        let found = PrincipalComponents::of(&points, 2);
        for (direction, axis) in found.directions.iter().zip(&axes) {
            let cosine: f64 = direction.iter().zip(axis).map(|(a, b)| a * b).sum();
            assert!(cosine.abs() > 0.995, "{direction:?}");
            assert!((direction.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-9);
        }
        assert!((found.shares[0] - 9.0 / 13.01).abs() < 0.02, "{:?}", found.shares);
        let centre = found.place(&found.mean);
        assert!(centre.iter().all(|v| v.abs() < 1e-12));
        assert!(PrincipalComponents::of(&[], 2).place(&[]).is_empty());
    }
}

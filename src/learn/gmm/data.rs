//! Pictures as principal components.

#![expect(clippy::disallowed_types, reason = "training runs on faer")]

use faer::{Mat, Par, Side};

use crate::data::planar;
use ::data::sample::Samples;

/// Maximum number of pictures for the principal components.
const MOST: usize = 8192;
/// The maximum for pictures of more values than this.
const FEW: usize = 1536;

/// Mean picture and principal components.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// Mean of all pictures, `[values]`.
    pub mean: Vec<f64>,
    /// Orthonormal components, `[components][values]`.
    pub basis: Vec<Vec<f64>>,
}

impl Principal {
    /// At most `count` components; fewer where the pictures span fewer.
    ///
    /// # Errors
    /// Fewer than two pictures, identical pictures, or an eigendecomposition that does not converge.
    pub fn of(samples: &Samples, count: usize) -> Result<Self, String> {
        let numbers = samples.side * samples.side * samples.channels;
        let most = if numbers > FEW { FEW } else { MOST };
        let every = samples.len().div_ceil(most).max(1);
        let chosen: Vec<&Vec<u8>> = samples.pictures.iter().step_by(every).collect();
        let planes = |p: &&Vec<u8>| planar(p, samples.channels).iter().map(|v| *v as f64).collect();
        Self::of_rows(&chosen.iter().map(planes).collect::<Vec<_>>(), count)
            .map_err(|e| e.replace("rows", "pictures"))
    }

    /// The same of rows of numbers, all of one length.
    ///
    /// # Errors
    /// Fewer than two rows, identical rows, or an eigendecomposition that does not converge.
    pub fn of_rows(rows: &[Vec<f64>], count: usize) -> Result<Self, String> {
        let (n, numbers) = (rows.len(), rows.first().map_or(0, Vec::len));
        let mean: Vec<f64> =
            (0..numbers).map(|j| rows.iter().map(|r| r[j]).sum::<f64>() / n as f64).collect();
        let centred = Mat::from_fn(n, numbers, |i, j| rows[i][j] - mean[j]);
        let basis = directions(&centred, count)?;
        match basis.is_empty() {
            true => Err("expected rows that differ, found identical ones".into()),
            false => Ok(Self { mean, basis }),
        }
    }

    /// Principal components of a picture given as planes.
    pub fn project(&self, picture: &[f32]) -> Vec<f64> {
        let centred: Vec<f64> = picture.iter().zip(&self.mean).map(|(p, m)| *p as f64 - m).collect();
        self.basis.iter().map(|b| b.iter().zip(&centred).map(|(b, c)| b * c).sum()).collect()
    }
}

/// Unit rows, greatest variance first, from the smaller of the two Gram matrices.
fn directions(centred: &Mat<f64>, count: usize) -> Result<Vec<Vec<f64>>, String> {
    let (n, numbers) = (centred.nrows(), centred.ncols());
    let wide = numbers > n;
    let size = n.min(numbers);
    let mut product = Mat::zeros(size, size);
    let (left, right) = match wide {
        true => (centred.as_ref(), centred.transpose()),
        false => (centred.transpose(), centred.as_ref()),
    };
    faer::linalg::matmul::matmul(&mut product, faer::Accum::Replace, left, right, 1.0 / n as f64, Par::Seq);
    faer::set_global_parallelism(Par::Seq);
    let eigen = product
        .self_adjoint_eigen(Side::Lower)
        .map_err(|e| format!("the principal components did not converge: {e:?}"))?;
    let total: f64 = (0..size).map(|i| eigen.S()[i].max(0.0)).sum();
    let mut rows = Vec::new();
    for i in (0..size).rev().take(count) {
        // A direction without variance is rounding, not a component.
        if eigen.S()[i] <= 1e-10 * total || total <= 0.0 {
            break;
        }
        let direction: Vec<f64> = match wide {
            true => (0..numbers).map(|j| (0..n).map(|k| centred[(k, j)] * eigen.U()[(k, i)]).sum()).collect(),
            false => (0..numbers).map(|j| eigen.U()[(j, i)]).collect(),
        };
        let length = direction.iter().map(|v| v * v).sum::<f64>().sqrt();
        // The sign of an eigenvector is arbitrary: the entry of greatest magnitude is made positive.
        let greatest = direction.iter().copied().fold(0.0, |a: f64, v| if v.abs() > a.abs() { v } else { a });
        let scale = greatest.signum() / length;
        rows.push(direction.iter().map(|v| v * scale).collect());
    }
    Ok(rows)
}

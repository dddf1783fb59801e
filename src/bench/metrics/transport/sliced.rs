//! Sliced Wasserstein distance: transport along many projections.

use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::{MetricError, SampleMatrix, compatible, line, order, power, root};
use world::rng::Rng;

/// Sliced Wasserstein distances; both at least 0, in the unit of the features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sliced {
    /// Mean over all directions, of order `p` (Rabin et al. 2011, Bonneel et al. 2015).
    pub mean: f64,
    /// Maximum over the directions (Deshpande et al. 2019, there over the whole sphere).
    pub max: f64,
}

/// The sliced distances of order `p` along `directions` (a row each, of unit length): `W_p` of the projected samples,
/// averaged as `W_p^p`, and the largest.
///
/// # Errors
/// No samples, no directions, different numbers of columns, or `p` below 1.
pub fn sliced(
    reference: &SampleMatrix,
    candidate: &SampleMatrix,
    directions: &SampleMatrix,
    p: f64,
) -> Result<Sliced, MetricError> {
    const METRIC: &str = "sliced Wasserstein distance";
    order(METRIC, p)?;
    compatible(METRIC, reference, candidate)?;
    if directions.rows() == 0 {
        return Err(MetricError::TooFew { metric: METRIC, what: "directions".into(), least: 1, found: 0 });
    }
    compatible(METRIC, reference, directions)?;
    let along = |d: usize| {
        let (a, b) = (project(reference, directions.row(d)), project(candidate, directions.row(d)));
        line::cost_of_sorted(&a, &b, p)
    };
    let costs: Vec<f64> = (0..directions.rows()).into_par_iter().map(along).collect();
    let mean = costs.iter().sum::<f64>() / costs.len() as f64;
    let max = costs.iter().copied().fold(0.0, f64::max);
    Ok(Sliced { mean: root(mean, p), max: root(max, p) })
}

/// `n` unit vectors in `columns` dimensions, uniform on the sphere (Muller 1959), a row each. The same random stream
/// gives the same directions; a smaller `n` gives a prefix.
///
/// # Errors
/// No columns.
pub fn directions(columns: usize, n: usize, rng: Rng) -> Result<SampleMatrix, MetricError> {
    let mut s = rng.sequence();
    let direction = |_| {
        let vector: Vec<f64> = (0..columns).map(|_| s.sample::<f32, _>(StandardNormal).into()).collect();
        let length = vector.iter().map(|x| power(*x, 2.0)).sum::<f64>().sqrt();
        vector.into_iter().map(move |x| x / length)
    };
    SampleMatrix::new(columns, (0..n).flat_map(direction).collect())
}

/// Projections of the samples onto a direction, ascending.
fn project(table: &SampleMatrix, direction: &[f64]) -> Vec<f64> {
    let projection = |i: usize| table.row(i).iter().zip(direction).map(|(x, d)| x * d).sum::<f64>();
    let mut projections: Vec<f64> = (0..table.rows()).map(projection).collect();
    projections.sort_by(f64::total_cmp);
    projections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(rows: usize, shift: [f64; 3]) -> SampleMatrix {
        let rng = Rng::new(5);
        let value = |i: usize| f64::from(rng.normal(i as u64)) + shift[i % 3];
        SampleMatrix::new(3, (0..rows * 3).map(value).collect()).unwrap()
    }

    #[test]
    fn directions_have_unit_length_and_are_uniform() {
        let all = directions(3, 4000, Rng::new(1)).unwrap();
        for i in 0..all.rows() {
            let length: f64 = all.row(i).iter().map(|x| x * x).sum();
            assert!((length - 1.0).abs() < 1e-12);
        }
        for c in 0..3 {
            let (mean, square) = (all.column(c).iter().sum::<f64>() / 4000.0, power_mean(&all.column(c)));
            assert!(mean.abs() < 0.05 && (square - 1.0 / 3.0).abs() < 0.03, "{mean}, {square}");
        }
        let few = directions(3, 7, Rng::new(1)).unwrap();
        assert_eq!(few.values(), &all.values()[..21]);
        assert_ne!(few, directions(3, 7, Rng::new(2)).unwrap());
    }

    fn power_mean(values: &[f64]) -> f64 {
        values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64
    }

    #[test]
    fn a_shift_is_projected_onto_each_direction() {
        let axes = SampleMatrix::new(3, vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]).unwrap();
        let (a, b) = (cloud(50, [0.0; 3]), cloud(50, [3.0, 0.0, 4.0]));
        let one = sliced(&a, &b, &axes, 1.0).unwrap();
        assert!((one.mean - 7.0 / 3.0).abs() < 1e-12 && (one.max - 4.0).abs() < 1e-12);
        let two = sliced(&a, &b, &axes, 2.0).unwrap();
        assert!((two.mean - (25.0f64 / 3.0).sqrt()).abs() < 1e-12 && (two.max - 4.0).abs() < 1e-12);
        assert_eq!(sliced(&a, &a, &axes, 2.0).unwrap(), Sliced { mean: 0.0, max: 0.0 });
    }

    #[test]
    fn incompatible_tables_are_rejected() {
        let (a, ways) = (cloud(5, [0.0; 3]), directions(3, 4, Rng::new(0)).unwrap());
        let (none, flat) =
            (SampleMatrix::new(3, vec![]).unwrap(), SampleMatrix::new(2, vec![0.0; 4]).unwrap());
        assert!(matches!(sliced(&a, &none, &ways, 1.0), Err(MetricError::TooFew { .. })));
        assert!(matches!(sliced(&a, &a, &none, 1.0), Err(MetricError::TooFew { .. })));
        assert!(matches!(sliced(&a, &flat, &ways, 1.0), Err(MetricError::Unlike { .. })));
        assert!(matches!(sliced(&a, &a, &flat, 1.0), Err(MetricError::Unlike { .. })));
        assert!(directions(0, 4, Rng::new(0)).is_err());
    }
}

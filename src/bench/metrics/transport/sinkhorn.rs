//! Entropic optimal transport by Sinkhorn iterations.

use rayon::prelude::*;

use super::{MetricError, SampleMatrix, masses};

/// Stopping criterion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StopCriterion {
    /// L1 tolerance of the plan's row marginals.
    pub tolerance: f64,
    /// Maximum number of iterations.
    pub rounds: usize,
}

impl Default for StopCriterion {
    fn default() -> Self {
        Self { tolerance: 1e-9, rounds: 10_000 }
    }
}

/// Cost of a regularised plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EntropicCost {
    /// Cost of the plan a unit of mass, without its entropy; at least that of the exact plan.
    pub cost: f64,
    /// Iterations used.
    pub rounds: usize,
    /// Remaining L1 error of the plan's row marginals.
    pub off: f64,
}

/// Entropic transport cost (Cuturi 2013): the plan minimises cost less `blur` times its entropy; the cost returned
/// excludes the entropy. A larger `blur` (in the unit of the costs) converges faster, but farther from the exact cost.
///
/// Computed in the log domain (Schmitzer 2019), so that a small `blur` does not underflow.
///
/// # Errors
/// No costs, a `blur` that is not positive, invalid weights as for the exact plan, or no convergence.
pub fn sinkhorn(
    costs: &SampleMatrix,
    reference: Option<&[f64]>,
    candidate: Option<&[f64]>,
    blur: f64,
    stop: StopCriterion,
) -> Result<EntropicCost, MetricError> {
    const METRIC: &str = "Sinkhorn transport";
    let (n, m) = (costs.rows(), costs.columns());
    if n == 0 {
        return Err(MetricError::TooFew { metric: METRIC, what: "costs".into(), least: 1, found: 0 });
    }
    if !(blur.is_finite() && blur > 0.0) {
        return Err(MetricError::Unfit {
            metric: METRIC,
            why: format!("the blur is {blur}; expected more than 0"),
        });
    }
    let (a, b) = (masses(METRIC, reference, n)?, masses(METRIC, candidate, m)?);
    let rows: Vec<f64> = costs.values().iter().map(|c| -c / blur).collect();
    let columns: Vec<f64> = (0..m).flat_map(|j| rows.iter().skip(j).step_by(m)).copied().collect();
    let (mut row, mut column) = (vec![0.0; n], vec![0.0; m]);
    let mut off = f64::INFINITY;
    for rounds in 0..=stop.rounds {
        let sums = log_sums(&rows, &column);
        let masses = row.iter().zip(&sums).map(|(r, s)| libm::exp(r + s));
        // After an iteration the column marginals are exact; before the first neither are.
        off = masses.zip(&a).map(|(mass, a)| (mass - a).abs()).sum();
        if rounds > 0 && off < stop.tolerance {
            return Ok(EntropicCost { cost: cost(costs, &rows, &row, &column), rounds, off });
        }
        row = scale(&a, &sums);
        column = scale(&b, &log_sums(&columns, &row));
    }
    let why = format!(
        "marginals are off by {off:e} after {} iterations; allow more, or a larger blur",
        stop.rounds
    );
    Err(MetricError::Unfit { metric: METRIC, why })
}

/// For each row of a matrix of logarithms, the log-sum-exp of its entries plus the log factors.
fn log_sums(matrix: &[f64], factors: &[f64]) -> Vec<f64> {
    let sum = |line: &[f64]| {
        let terms = || line.iter().zip(factors).map(|(k, f)| k + f);
        let top = terms().fold(f64::NEG_INFINITY, f64::max);
        top + libm::log(terms().map(|t| libm::exp(t - top)).sum())
    };
    matrix.par_chunks(factors.len()).with_min_len(16).map(sum).collect()
}

/// The log factors that scale the sums to the target masses.
fn scale(masses: &[f64], sums: &[f64]) -> Vec<f64> {
    masses.iter().zip(sums).map(|(mass, sum)| libm::log(*mass) - sum).collect()
}

/// Cost of the plan with these scaling factors.
fn cost(costs: &SampleMatrix, kernel: &[f64], row: &[f64], column: &[f64]) -> f64 {
    let of_row = |(i, line): (usize, &[f64])| -> f64 {
        let terms = line.iter().zip(column).zip(costs.row(i));
        terms.map(|((k, c), cost)| libm::exp(row[i] + k + c) * cost).sum()
    };
    let sums: Vec<f64> = kernel.par_chunks(column.len()).enumerate().map(of_row).collect();
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::super::exact::{self, GroundCost};
    use super::*;
    use world::rng::Rng;

    fn cloud(seed: u64, rows: usize) -> SampleMatrix {
        let value = |i: usize| f64::from(Rng::new(seed).normal(i as u64));
        SampleMatrix::new(2, (0..rows * 2).map(value).collect()).unwrap()
    }

    #[test]
    fn a_small_blur_tends_to_the_exact_cost_from_above() {
        let costs = exact::costs(&cloud(1, 6), &cloud(2, 5), GroundCost::SquaredEuclidean).unwrap();
        let weights = [0.3, 0.0, 0.1, 0.2, 0.4, 0.5];
        let exact = exact::transport(&costs, Some(&weights), None).unwrap().cost;
        let stop = StopCriterion { tolerance: 1e-7, rounds: 50_000 };
        let mut last = f64::INFINITY;
        for blur in [3.0, 1.0, 0.3, 0.1, 0.05] {
            let cost = sinkhorn(&costs, Some(&weights), None, blur, stop).unwrap().cost;
            assert!(cost <= last && cost > exact - 1e-6, "blur {blur}: {cost} after {last}, exactly {exact}");
            last = cost;
        }
        assert!(last - exact < 1e-3 * exact, "{last} instead of {exact}");
    }

    #[test]
    fn a_large_blur_gives_the_independent_coupling() {
        let costs = exact::costs(&cloud(3, 7), &cloud(4, 9), GroundCost::Euclidean).unwrap();
        let mixed = costs.values().iter().sum::<f64>() / 63.0;
        let found = sinkhorn(&costs, None, None, 1e6, StopCriterion::default()).unwrap();
        assert!((found.cost - mixed).abs() < 1e-4 && found.off < 1e-9);
    }

    #[test]
    fn invalid_inputs_are_rejected() {
        let costs = exact::costs(&cloud(1, 5), &cloud(2, 5), GroundCost::SquaredEuclidean).unwrap();
        let none = SampleMatrix::new(2, vec![]).unwrap();
        let short = StopCriterion { tolerance: 1e-12, rounds: 2 };
        let unfit = |r| assert!(matches!(r, Err(MetricError::Unfit { .. })), "{r:?}");
        unfit(sinkhorn(&costs, None, None, 0.0, StopCriterion::default()));
        unfit(sinkhorn(&costs, None, None, 0.01, short));
        unfit(sinkhorn(&costs, Some(&[0.0; 5]), None, 1.0, StopCriterion::default()));
        assert!(matches!(sinkhorn(&none, None, None, 1.0, short), Err(MetricError::TooFew { .. })));
    }
}

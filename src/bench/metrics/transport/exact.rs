//! Exact optimal transport between weighted sets of points.

use rayon::prelude::*;

use super::{MetricError, SampleMatrix, compatible, flow, masses};

/// Ground cost between points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroundCost {
    /// Euclidean distance.
    Euclidean,
    /// Squared Euclidean distance.
    SquaredEuclidean,
}

/// Cost matrix from each point of `reference` (a row each) to each of `candidate` (a column each).
///
/// # Errors
/// No points, or different numbers of columns.
pub fn costs(
    reference: &SampleMatrix,
    candidate: &SampleMatrix,
    ground: GroundCost,
) -> Result<SampleMatrix, MetricError> {
    compatible("transport cost", reference, candidate)?;
    let cost = |a: &[f64], b: &[f64]| {
        let squared: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
        match ground {
            GroundCost::Euclidean => squared.sqrt(),
            GroundCost::SquaredEuclidean => squared,
        }
    };
    let row = |i: usize| (0..candidate.rows()).map(move |j| cost(reference.row(i), candidate.row(j)));
    SampleMatrix::new(candidate.rows(), (0..reference.rows()).into_par_iter().flat_map_iter(row).collect())
}

/// An optimal plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    /// Cost of a unit of mass: the earth mover's distance (Monge 1781, Kantorovich 1942, Rubner et al. 2000). With
    /// [`GroundCost::Euclidean`] it is `W_1`, with [`GroundCost::SquaredEuclidean`] the square of `W_2`.
    pub cost: f64,
    /// Non-zero entries of the plan: row, column, and mass out of a total of 1.
    pub loads: Vec<(usize, usize, f64)>,
}

/// Weights are quantised to this many units, so that sums are exact and mass is conserved.
const UNITS: u64 = 1 << 50;

/// The optimal plan over a cost matrix, from the masses of its rows to those of its columns.
///
/// Weights are normalised to a sum of 1 and precise to 2⁻⁵⁰; without weights the distribution is exactly uniform.
///
/// # Errors
/// No costs, a number of weights other than the number of points, or weights that are negative or sum to zero.
pub fn transport(
    costs: &SampleMatrix,
    reference: Option<&[f64]>,
    candidate: Option<&[f64]>,
) -> Result<Transport, MetricError> {
    const METRIC: &str = "earth mover's distance";
    let (n, m) = (costs.rows(), costs.columns());
    if n == 0 {
        return Err(MetricError::TooFew { metric: METRIC, what: "costs".into(), least: 1, found: 0 });
    }
    let (a, b) = (masses(METRIC, reference, n)?, masses(METRIC, candidate, m)?);
    let even = |masses: &[f64]| masses.windows(2).all(|w| w[0] == w[1]);
    let (supply, demand) = match (even(&a) && even(&b), n == m) {
        (true, true) => (vec![1; n], vec![1; m]),
        (true, false) => (vec![m as u64; n], vec![n as u64; m]),
        _ => (quantised(&a), quantised(&b)),
    };
    let total = supply.iter().sum::<u64>() as f64;
    let plan = flow::cheapest(costs, &supply, &demand);
    let loads: Vec<_> = plan.iter().map(|l| (l.row, l.column, l.units as f64 / total)).collect();
    let cost = loads.iter().map(|&(row, column, mass)| costs.row(row)[column] * mass).sum();
    Ok(Transport { cost, loads })
}

/// Masses as integers that sum to [`UNITS`], by rounding the running sum.
fn quantised(masses: &[f64]) -> Vec<u64> {
    let last = masses.iter().rposition(|m| *m > 0.0).unwrap_or(0);
    let (mut sum, mut before) = (0.0, 0);
    let share = |(i, mass): (usize, &f64)| {
        sum += mass;
        let now = if i >= last { UNITS } else { ((sum * UNITS as f64).round() as u64).min(UNITS) };
        now - std::mem::replace(&mut before, now)
    };
    masses.iter().enumerate().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(n: usize) -> impl Strategy<Value = SampleMatrix> {
        prop::collection::vec(-5.0f64..5.0, n * 2).prop_map(|v| SampleMatrix::new(2, v).unwrap())
    }

    fn emd(a: &SampleMatrix, b: &SampleMatrix, ground: GroundCost) -> f64 {
        transport(&costs(a, b, ground).unwrap(), None, None).unwrap().cost
    }

    /// The cheapest assignment of the rows from `row` on to the columns not yet taken, by brute force.
    fn brute(costs: &SampleMatrix, row: usize, taken: u32) -> f64 {
        if row == costs.rows() {
            return 0.0;
        }
        let free = (0..costs.columns()).filter(|j| taken >> j & 1 == 0);
        free.map(|j| costs.row(row)[j] + brute(costs, row + 1, taken | 1 << j)).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn a_shift_costs_its_length() {
        let a = SampleMatrix::new(2, (0..60).map(|i| f64::from(i * i % 17)).collect()).unwrap();
        let b =
            SampleMatrix::new(2, a.values().chunks(2).rev().flat_map(|p| [p[0] + 3.0, p[1] - 4.0]).collect())
                .unwrap();
        assert!((emd(&a, &b, GroundCost::Euclidean) - 5.0).abs() < 1e-12);
        assert!((emd(&a, &b, GroundCost::SquaredEuclidean) - 25.0).abs() < 1e-12);
    }

    #[test]
    fn in_one_dimension_it_agrees_with_sorting() {
        let value = |seed: u64, i: u64| f64::from(world::rng::Rng::new(seed).normal(i));
        let (a, b): (Vec<f64>, Vec<f64>) =
            ((0..31).map(|i| value(1, i)).collect(), (0..50).map(|i| value(2, i)).collect());
        let (ta, tb) = (SampleMatrix::new(1, a.clone()).unwrap(), SampleMatrix::new(1, b.clone()).unwrap());
        for (ground, p) in [(GroundCost::Euclidean, 1.0), (GroundCost::SquaredEuclidean, 2.0)] {
            let line = super::super::line::wasserstein(&a, &b, p).unwrap();
            assert!((emd(&ta, &tb, ground) - line.powf(p)).abs() < 1e-12);
        }
    }

    #[test]
    fn quantised_masses_sum_exactly() {
        for w in [vec![0.1; 10], vec![0.0, 1.0, 0.0], vec![1.0 / 3.0; 3], vec![0.7, 0.2, 0.1, 0.0]] {
            let units = quantised(&w);
            assert_eq!(units.iter().sum::<u64>(), UNITS);
            units.iter().zip(&w).for_each(|(s, w)| assert!((*s as f64 - w * UNITS as f64).abs() <= 1.0));
        }
    }

    #[test]
    fn incompatible_inputs_are_rejected() {
        let (a, none) = (SampleMatrix::new(2, vec![0.0; 4]).unwrap(), SampleMatrix::new(2, vec![]).unwrap());
        let flat = SampleMatrix::new(1, vec![0.0; 4]).unwrap();
        assert!(matches!(costs(&a, &flat, GroundCost::Euclidean), Err(MetricError::Unlike { .. })));
        assert!(matches!(costs(&none, &a, GroundCost::Euclidean), Err(MetricError::TooFew { .. })));
        assert!(matches!(transport(&none, None, None), Err(MetricError::TooFew { .. })));
        assert!(matches!(transport(&a, Some(&[-1.0, 2.0]), None), Err(MetricError::Unfit { .. })));
        assert!(matches!(transport(&a, None, Some(&[0.0, 0.0])), Err(MetricError::Unfit { .. })));
        assert!(matches!(transport(&a, None, Some(&[1.0])), Err(MetricError::Unlike { .. })));
    }

    proptest! {
        #[test]
        fn no_assignment_is_cheaper(n in 1usize..=6, values in prop::collection::vec(-5.0f64..5.0, 36)) {
            let costs = SampleMatrix::new(n, values[..n * n].to_vec()).unwrap();
            let found = transport(&costs, None, None).unwrap().cost;
            prop_assert!((found - brute(&costs, 0, 0) / n as f64).abs() < 1e-12);
        }

        #[test]
        fn weights_act_as_repeated_points(a in points(4), b in points(4),
            wa in prop::array::uniform4(0u32..4), wb in prop::array::uniform4(0u32..4)) {
            let (mut wa, mut wb) = (wa, wb);
            let most = 1 + wa.iter().sum::<u32>().max(wb.iter().sum());
            wa[0] += most - wa.iter().sum::<u32>();
            wb[3] += most - wb.iter().sum::<u32>();
            let again = |w: &[u32]| (0..4).flat_map(|i| vec![i; w[i] as usize]).collect::<Vec<_>>();
            let plain = emd(&a.pick(&again(&wa)), &b.pick(&again(&wb)), GroundCost::Euclidean);
            let matrix = costs(&a, &b, GroundCost::Euclidean).unwrap();
            let (wa, wb) = (wa.map(f64::from), wb.map(f64::from));
            let weighted = transport(&matrix, Some(&wa), Some(&wb)).unwrap();
            prop_assert!((weighted.cost - plain).abs() < 1e-12);
            let carried: f64 = weighted.loads.iter().filter(|l| l.0 == 0).map(|l| l.2).sum();
            prop_assert!((carried - wa[0] / f64::from(most)).abs() < 1e-12);
        }

        #[test]
        fn it_is_a_metric(a in points(3), b in points(5), c in points(4)) {
            let d = |x: &SampleMatrix, y: &SampleMatrix| emd(x, y, GroundCost::Euclidean);
            prop_assert_eq!(d(&a, &a), 0.0);
            prop_assert!((d(&a, &b) - d(&b, &a)).abs() < 1e-12);
            prop_assert!(d(&a, &c) <= d(&a, &b) + d(&b, &c) + 1e-12);
        }
    }
}

//! Correlations of predictions with what was measured, with intervals.

use rayon::prelude::*;

use world::rng::Rng;

/// A correlation with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Correlation {
    /// −1..=1; 0 where one side is constant.
    pub value: f64,
    /// Lower and upper end of the 95 % interval, by resampling pairs (Efron 1979).
    pub interval: [f64; 2],
}

/// Resamples.
const DRAWS: usize = 2000;

impl Correlation {
    /// A correlation of pairs, by a function of both sides.
    pub fn of(x: &[f64], y: &[f64], of: impl Fn(&[f64], &[f64]) -> f64 + Sync, rng: Rng) -> Self {
        let n = x.len() as u64;
        let draw = |b: usize| {
            let chosen: Vec<usize> = (0..n).map(|i| rng.fork(b as u64).below(i, n) as usize).collect();
            let pick = |values: &[f64]| chosen.iter().map(|i| values[*i]).collect::<Vec<f64>>();
            of(&pick(x), &pick(y))
        };
        let mut draws: Vec<f64> = (0..DRAWS).into_par_iter().map(draw).collect();
        draws.sort_by(f64::total_cmp);
        let end = |q: f64| draws[(q * (DRAWS - 1) as f64).round() as usize];
        Self { value: of(x, y), interval: [end(0.025), end(0.975)] }
    }
}

/// Pearson's correlation: of the values.
pub fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len().max(1) as f64;
    let [mx, my] = [x, y].map(|v| v.iter().sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(a, b)| f(a - mx, b - my)).sum::<f64>();
    let (xx, yy) = (sum(&|a, _| a * a), sum(&|_, b| b * b));
    if xx <= 0.0 || yy <= 0.0 { 0.0 } else { sum(&|a, b| a * b) / (xx.sqrt() * yy.sqrt()) }
}

/// Spearman's correlation (1904): of the ranks, equal values sharing the mean of theirs.
pub fn spearman(x: &[f64], y: &[f64]) -> f64 {
    pearson(&ranks(x), &ranks(y))
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let mean = before as f64 + (equal.len() + 1) as f64 / 2.0;
        equal.iter().for_each(|i| ranks[*i] = mean);
        before += equal.len();
    }
    ranks
}

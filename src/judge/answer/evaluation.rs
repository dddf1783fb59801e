//! How good answers are, with intervals over pictures.

use rayon::prelude::*;

use world::rng::Rng;

/// A mean score with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Accuracy {
    /// Mean over questions.
    pub value: f64,
    /// Lower and upper end of the 95 % interval, by resampling pictures with all their questions.
    pub interval: [f64; 2],
}

/// Resamples.
const DRAWS: usize = 1000;
/// From so many answers of people on, an answer is right in part.
const SEVERAL: usize = 3;

/// The score of an answer, 0..=1. With up to two answers of people: whether it is one of them. With more, as in VQA: right if
/// three others gave it, in part if fewer did; the mean over all ways to leave one person out (Antol et al. 2015).
pub fn score(answer: &str, given: &[String]) -> f64 {
    let same = given.iter().filter(|g| *g == answer).count() as f64;
    let n = given.len() as f64;
    match given.len() < SEVERAL {
        true => f64::from(u8::from(same > 0.0)),
        false => {
            let right = |others: f64| (others / 3.0).min(1.0);
            (same * right((same - 1.0).max(0.0)) + (n - same) * right(same)) / n
        }
    }
}

/// The mean of scores of questions; `pictures` has the picture of each.
pub fn accuracy(scores: &[f64], pictures: &[usize], rng: Rng) -> Accuracy {
    let mut sums: std::collections::BTreeMap<usize, (f64, f64)> = Default::default();
    for (score, picture) in scores.iter().zip(pictures) {
        let sum = sums.entry(*picture).or_default();
        *sum = (sum.0 + score, sum.1 + 1.0);
    }
    let all: Vec<(f64, f64)> = sums.into_values().collect();
    let mean = |sums: &mut dyn Iterator<Item = (f64, f64)>| {
        let (sum, n) = sums.fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        sum / f64::max(n, 1.0)
    };
    let n = all.len() as u64;
    let draw = |b: usize| mean(&mut (0..n).map(|i| all[rng.fork(b as u64).below(i, n) as usize]));
    let mut draws: Vec<f64> = (0..DRAWS).into_par_iter().map(draw).collect();
    draws.sort_by(f64::total_cmp);
    let end = |q: f64| draws[(q * (DRAWS - 1) as f64).round() as usize];
    Accuracy { value: mean(&mut all.iter().copied()), interval: [end(0.025), end(0.975)] }
}

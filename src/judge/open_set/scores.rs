//! Scores of the literature that tell pictures of no known class: the higher, the less like the known ones.

use crate::calibration::softmax;
use crate::verdict::EMBEDDING;

/// One minus the greatest probability (Hendrycks and Gimpel 2017).
pub fn least_probable(logits: &[f32], temperature: f64) -> f64 {
    1.0 - softmax(logits, temperature).iter().fold(0f32, |m, p| m.max(*p)) as f64
}

/// The energy of the logits (Liu et al. 2020): minus the logarithm of the sum of their exponentials.
pub fn energy(logits: &[f32]) -> f64 {
    let top = logits.iter().fold(f32::NEG_INFINITY, |m, v| m.max(*v)) as f64;
    -top - libm::log(logits.iter().map(|v| libm::exp(*v as f64 - top)).sum())
}

/// Squared distance to the `k`-th nearest of a bank of embeddings, all on the unit sphere (Sun et al. 2022).
pub fn nearest(embedding: &[f32; EMBEDDING], bank: &[[f32; EMBEDDING]], k: usize) -> f64 {
    let one = unit(embedding);
    let mut distances: Vec<f64> =
        bank.iter().map(|b| one.iter().zip(unit(b)).map(|(x, y)| (x - y) * (x - y)).sum()).collect();
    if distances.is_empty() {
        return 0.0;
    }
    let place = (k.max(1) - 1).min(distances.len() - 1);
    *distances.select_nth_unstable_by(place, f64::total_cmp).1
}

fn unit(e: &[f32; EMBEDDING]) -> Vec<f64> {
    let length = e.iter().map(|v| *v as f64 * *v as f64).sum::<f64>().sqrt().max(1e-12);
    e.iter().map(|v| *v as f64 / length).collect()
}

/// Area under the receiver operating characteristic: the probability that an unknown picture scores higher than a known
/// one, ties counting half (Hanley and McNeil 1982). NaN if either is missing.
pub fn auroc(known: &[f64], unknown: &[f64]) -> f64 {
    let mut known = known.to_vec();
    known.sort_by(f64::total_cmp);
    let wins = |u: &f64| {
        let below = known.partition_point(|k| k.total_cmp(u).is_lt());
        let up_to = known.partition_point(|k| k.total_cmp(u).is_le());
        (below + up_to) as f64 / 2.0
    };
    unknown.iter().map(wins).sum::<f64>() / (known.len() * unknown.len()) as f64
}

/// Share of unknown scores above the `kept` quantile of the known ones.
pub fn rejected(known: &[f64], unknown: &[f64], kept: f64) -> f64 {
    let mut known = known.to_vec();
    known.sort_by(f64::total_cmp);
    let place = ((kept * known.len() as f64) as usize).min(known.len().saturating_sub(1));
    let threshold = known.get(place).copied().unwrap_or(f64::INFINITY);
    unknown.iter().filter(|u| **u > threshold).count() as f64 / unknown.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    #[test]
    fn auroc_is_the_share_of_pairs_in_order() {
        let r = Rng::new(5);
        let known: Vec<f64> = (0..60).map(|i| r.below(i, 20) as f64).collect();
        let unknown: Vec<f64> = (0..40).map(|i| 4.0 + r.fork(1).below(i, 20) as f64).collect();
        let pairs = known.iter().flat_map(|k| unknown.iter().map(move |u| (k, u)));
        let share: f64 = pairs
            .map(|(k, u)| {
                if u > k {
                    1.0
                } else if u == k {
                    0.5
                } else {
                    0.0
                }
            })
            .sum();
        assert!((auroc(&known, &unknown) - share / 2400.0).abs() < 1e-12);
        assert_eq!((auroc(&[1.0], &[2.0]), auroc(&[2.0], &[1.0]), auroc(&[1.0], &[1.0])), (1.0, 0.0, 0.5));
    }

    #[test]
    fn what_is_rejected_lies_above_what_is_kept() {
        let known: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(rejected(&known, &[94.0, 95.0, 96.0, 200.0], 0.95), 0.5);
        assert_eq!(rejected(&known, &[], 0.95), 0.0);
    }

    #[test]
    fn energies_are_as_in_the_paper() {
        assert!((energy(&[0.0, 0.0]) + 2f64.ln()).abs() < 1e-12);
        assert!((energy(&[1000.0, 0.0]) + 1000.0).abs() < 1e-9, "no overflow");
        assert!((least_probable(&[0.0, 0.0, 0.0, 0.0], 1.0) - 0.75).abs() < 1e-6);
    }

    #[test]
    fn the_nearest_are_counted_on_the_sphere() {
        let axis = |i: usize, length: f32| {
            let mut e = [0f32; EMBEDDING];
            e[i] = length;
            e
        };
        let bank = [axis(0, 5.0), axis(0, -1.0), axis(1, 0.1)];
        let near: Vec<f64> = (1..=3).map(|k| nearest(&axis(0, 0.5), &bank, k)).collect();
        assert!(near[0] < 1e-12 && (near[1] - 2.0).abs() < 1e-9 && (near[2] - 4.0).abs() < 1e-9, "{near:?}");
    }
}

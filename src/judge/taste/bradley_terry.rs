//! Strengths of items from comparisons of pairs (Bradley and Terry 1952): *i* is preferred to *j* with probability
//! 1 / (1 + exp(sⱼ − sᵢ)).

use super::linear::logistic;

/// Steps after which a fit ends, converged or not.
const STEPS: usize = 10_000;
/// Largest change of a strength at which it has converged.
const CONVERGED: f64 = 1e-10;

/// Log strengths of `items` items, of greatest posterior probability under a normal prior of mean 0 and this deviation.
/// Each comparison is (preferred, other), both below `items`; their strengths sum to zero. The prior keeps items finite
/// that won or lost every time; items without a comparison have 0.
pub fn strengths(items: usize, comparisons: &[(usize, usize)], deviation: f64) -> Vec<f64> {
    let precision = 1.0 / (deviation * deviation);
    let mut s = vec![0.0; items];
    let mut counts = vec![0.0; items];
    for &(a, b) in comparisons {
        counts[a] += 1.0;
        counts[b] += 1.0;
    }
    for _ in 0..STEPS {
        let mut slope: Vec<f64> = s.iter().map(|s| -precision * s).collect();
        for &(a, b) in comparisons {
            let missed = logistic(s[b] - s[a]);
            slope[a] += missed;
            slope[b] -= missed;
        }
        // The curvature of a comparison is at most 1/4 in each of its two, and twice that in both (Böhning and Lindsay
        // 1988): a step by this bound never overshoots.
        let mut greatest = 0f64;
        for ((s, slope), count) in s.iter_mut().zip(slope).zip(&counts) {
            let step = slope / (0.5 * count + precision);
            *s += step;
            greatest = greatest.max(step.abs());
        }
        if greatest < CONVERGED {
            break;
        }
    }
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// Of two items the difference is the logarithm of the odds, if the prior is weak.
    #[test]
    fn two_items_differ_by_the_log_odds() {
        let s = strengths(2, &[(0, 1), (0, 1), (1, 0), (0, 1)], 1e3);
        assert!((s[0] - s[1] - 3f64.ln()).abs() < 1e-4, "{s:?}");
        assert!((s[0] + s[1]).abs() < 1e-9);
    }

    /// At the greatest posterior probability every item's expected wins, less the prior's pull, are its wins.
    #[test]
    fn wins_are_as_expected() {
        let r = Rng::new(3);
        let comparisons: Vec<(usize, usize)> = (0..60)
            .map(|i| (r.below(2 * i, 8) as usize, r.below(2 * i + 1, 8) as usize))
            .filter(|(a, b)| a != b)
            .collect();
        let s = strengths(9, &comparisons, 2.0);
        for item in 0..9 {
            let wins = comparisons.iter().filter(|c| c.0 == item).count() as f64;
            let expected: f64 = comparisons
                .iter()
                .filter(|c| c.0 == item || c.1 == item)
                .map(|c| 1.0 / (1.0 + (s[c.0 + c.1 - item] - s[item]).exp()))
                .sum();
            assert!((wins - expected - s[item] / 4.0).abs() < 1e-6, "item {item} of {s:?}");
        }
        assert_eq!(s[8], 0.0, "never compared");
    }

    #[test]
    fn who_always_wins_stays_finite() {
        let s = strengths(3, &[(0, 1), (0, 2), (1, 2)], 2.0);
        assert!(s[0] > s[1] && s[1] > s[2] && s.iter().all(|v| v.abs() < 10.0), "{s:?}");
    }
}

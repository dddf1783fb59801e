//! Shares of independent trials: how sure one can be of them.

/// 97.5 % quantile of the standard normal distribution.
pub const NORMAL: f64 = 1.959_963_984_540_054;
/// Its 80 % quantile.
const POWER: f64 = 0.841_621_233_572_914_3;

/// 95 % interval of a share of which `hits` of `n` were counted (Wilson 1927), which tells something of 0 and of all,
/// too; 0 to 1 for no counts.
pub fn wilson(hits: usize, n: usize) -> [f64; 2] {
    if n == 0 {
        return [0.0, 1.0];
    }
    let (n, share, square) = (n as f64, hits as f64 / n as f64, NORMAL * NORMAL);
    let centre = share + 0.5 * square / n;
    let half = NORMAL * ((share * (1.0 - share) + 0.25 * square / n) / n).sqrt();
    let [low, high] = [centre - half, centre + half].map(|end| (end / (1.0 + square / n)).clamp(0.0, 1.0));
    // Exactly the ends, which rounding would miss.
    [if hits == 0 { 0.0 } else { low }, if share == 1.0 { 1.0 } else { high }]
}

/// How probable it is that fair coins give a share as far from one half as `hits` of `n`, on either side (exact binomial
/// test, Clopper and Pearson 1934); 1 for no trials. Hits beyond `n` count as `n`.
///
/// ```
/// // Five heads, or five tails, of five: 2 of 32 outcomes.
/// assert!((world::proportion::binomial_p(5, 5) - 2.0 / 32.0).abs() < 1e-12);
/// ```
pub fn binomial_p(hits: usize, n: usize) -> f64 {
    let hits = hits.min(n);
    let far = hits.max(n - hits);
    if far == n - far {
        return 1.0;
    }
    let log_factorial = |k: usize| libm::lgamma(k as f64 + 1.0);
    let first = log_factorial(n) - log_factorial(far) - log_factorial(n - far);
    let mut term = libm::exp(first - n as f64 * core::f64::consts::LN_2);
    let mut tail = term;
    // Beyond the middle, each term is smaller than the one before.
    for k in far..n {
        term *= (n - k) as f64 / (k as f64 + 1.0);
        tail += term;
        if term <= 1e-18 * tail {
            break;
        }
    }
    (2.0 * tail).min(1.0)
}

/// Trials that tell a true `share` from one half in four of five studies (power 80 %) by a two-sided test at 5 %, in the
/// normal approximation (Fleiss, Levin and Paik, *Statistical Methods for Rates and Proportions*, 2003, chapter 2);
/// none for one half itself, and for what is no share.
///
/// ```
/// assert_eq!(world::proportion::trials_to_tell(0.6), Some(194));
/// ```
pub fn trials_to_tell(share: f64) -> Option<u64> {
    let off = (share - 0.5).abs();
    if !(0.0..=1.0).contains(&share) || off < 1e-6 {
        return None;
    }
    let root = (0.5 * NORMAL + POWER * (share * (1.0 - share)).sqrt()) / off;
    Some((root * root).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// n over k, exactly.
    fn choose(n: u64, k: u64) -> f64 {
        (1..=k as u128).fold(1u128, |c, i| c * (n as u128 - k as u128 + i) / i) as f64
    }

    #[test]
    fn shares_have_the_interval_of_wilson() {
        // Where the share is as many standard deviations off as the normal quantile says.
        for (hits, n) in [(0, 8), (3, 8), (5, 10), (40, 40)] {
            let share = hits as f64 / n as f64;
            for end in wilson(hits, n) {
                let off = (share - end).abs();
                let deviation = (end * (1.0 - end) / n as f64).sqrt();
                assert!((off - NORMAL * deviation).abs() < 1e-9, "{hits} of {n}: {end}");
            }
        }
        assert!(wilson(0, 8)[1] > 0.3 && wilson(40, 40)[0] > 0.9);
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
    }

    /// Newcombe, *Statistics in Medicine* 17 (1998), table I, method 3: the score interval without correction.
    #[test]
    fn the_interval_has_the_published_values() {
        for (hits, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let [a, b] = wilson(hits, n);
            assert!((a - low).abs() < 6e-5 && (b - high).abs() < 6e-5, "{hits} of {n}: {a} {b}");
        }
    }

    #[test]
    fn the_exact_test_agrees_with_closed_forms() {
        for n in 1..60usize {
            let all = libm::exp2(n as f64);
            // All or none: two outcomes of 2ⁿ; one of n: two times n + 1 of them.
            let near = |p: f64, wanted: f64| (p - wanted.min(1.0)).abs() < 1e-12;
            assert!(near(binomial_p(n, n), 2.0 / all) && near(binomial_p(0, n), 2.0 / all), "{n}");
            if n > 2 {
                assert!(near(binomial_p(1, n), 2.0 * (n as f64 + 1.0) / all), "{n}");
            }
        }
        assert_eq!([binomial_p(0, 0), binomial_p(4, 8), binomial_p(5, 9)], [1.0, 1.0, 1.0]);
        // 60 of 100, as R's binom.test(60, 100) prints it.
        assert!((binomial_p(60, 100) - 0.05689).abs() < 5e-6);
        let far = binomial_p(600_000, 1_000_000);
        assert!((0.0..1e-300).contains(&far));
    }

    /// Enough trials have the power that is promised, counted outcome by outcome.
    #[test]
    fn as_many_trials_as_are_asked_for_tell_the_shares_apart() {
        for share in [0.6f64, 0.7, 0.25] {
            let n = trials_to_tell(share).unwrap();
            let power: f64 = (0..=n)
                .filter(|k| binomial_p(*k as usize, n as usize) <= 0.05)
                .map(|k| {
                    let log = |v: u64| libm::lgamma(v as f64 + 1.0);
                    let ways = log(n) - log(k) - log(n - k);
                    libm::exp(ways + k as f64 * libm::log(share) + (n - k) as f64 * libm::log(1.0 - share))
                })
                .sum();
            assert!((0.70..0.88).contains(&power), "{share}: {n} trials, power {power}");
        }
        assert_eq!(trials_to_tell(0.6), trials_to_tell(0.4));
        assert_eq!([trials_to_tell(0.5), trials_to_tell(1.5), trials_to_tell(f64::NAN)], [None; 3]);
    }

    proptest! {
        #[test]
        fn the_exact_test_is_the_sum_over_outcomes(n in 1usize..62, at in 0.0..1.0f64) {
            let hits = (at * (n as f64 + 1.0)) as usize;
            let off = |k: usize| (2 * k).abs_diff(n);
            let far = (0..=n).filter(|k| off(*k) >= off(hits)).map(|k| choose(n as u64, k as u64));
            let wanted = far.sum::<f64>() / libm::exp2(n as f64);
            prop_assert!((binomial_p(hits, n) - wanted).abs() < 1e-11, "{hits} of {n}");
            prop_assert_eq!(binomial_p(hits, n), binomial_p(n - hits, n));
            let [low, high] = wilson(hits, n);
            let share = hits as f64 / n as f64;
            prop_assert!(low <= share && share <= high && (0.0..=1.0).contains(&low) && high <= 1.0);
        }
    }
}

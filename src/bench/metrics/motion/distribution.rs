//! Distributions of values and of their increments in time: what is left to compare once two worlds have diverged.

use std::ops::Range;

use super::observable::Observed;
use crate::metrics::MetricError;

/// Values of a world that are read, about.
const READ: usize = 1 << 20;
/// Values of a world that are kept, at most.
const KEPT: usize = 2048;

/// Whose distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The values of all cells.
    Values,
    /// Their differences from one frame to the next.
    Increments,
}

impl Quantity {
    /// Calls `each` with the quantity in every cell of some frames, evenly spaced if there are more than 2²⁰ values.
    fn for_each(
        self,
        observed: &Observed,
        world: usize,
        frames: &Range<usize>,
        mut each: impl FnMut(f64),
    ) -> Result<(), MetricError> {
        let least = 1 + usize::from(self == Self::Increments);
        if frames.len() < least {
            let (metric, what) = ("a distribution", "frames".into());
            return Err(MetricError::TooFew { metric, what, least, found: frames.len() });
        }
        let every = (frames.len() * observed.values()).div_ceil(READ);
        for t in (frames.start..frames.end + 1 - least).step_by(every) {
            let now = observed.frame(world, t);
            match self {
                Self::Values => now.iter().for_each(|v| each(f64::from(*v))),
                Self::Increments => {
                    let next = observed.frame(world, t + 1);
                    now.iter().zip(next).for_each(|(a, b)| each(f64::from(*b) - f64::from(*a)));
                }
            }
        }
        Ok(())
    }
}

/// The quantity in a world over `frames`, in ascending order, in standard deviations of the truth's values: all of it, or
/// 2,048 evenly spaced quantiles.
///
/// # Errors
/// No frames, or a single one for increments.
pub fn sorted_sample(
    quantity: Quantity,
    observed: &Observed,
    world: usize,
    frames: Range<usize>,
) -> Result<Vec<f64>, MetricError> {
    let mut all = Vec::new();
    quantity.for_each(observed, world, &observed.within(frames), |v| all.push(v))?;
    all.sort_unstable_by(f64::total_cmp);
    if all.len() <= KEPT {
        return Ok(all);
    }
    Ok((0..KEPT).map(|i| all[(2 * i + 1) * all.len() / (2 * KEPT)]).collect())
}

/// Two distances of distributions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DistributionDistance {
    /// Wasserstein distance of order 1, the area between the distribution functions, in the unit of the values.
    pub wasserstein: f64,
    /// Kolmogorov–Smirnov statistic, the largest difference of the distribution functions, 0 to 1. Cells and frames
    /// depend on one another, so there is no p value.
    pub kolmogorov_smirnov: f64,
}

/// Distances of two samples in ascending order, of any sizes but 0.
pub fn distribution_distance(a: &[f64], b: &[f64]) -> DistributionDistance {
    let (mut i, mut j) = (0, 0);
    let mut found = DistributionDistance { wasserstein: 0.0, kolmogorov_smirnov: 0.0 };
    let (mut last, mut gap) = (None, 0.0f64);
    while i < a.len() || j < b.len() {
        let next = |s: &[f64], i: usize| s.get(i).copied().unwrap_or(f64::INFINITY);
        let x = next(a, i).min(next(b, j));
        found.wasserstein += last.map_or(0.0, |from: f64| gap * (x - from));
        i += a[i..].iter().take_while(|v| **v <= x).count();
        j += b[j..].iter().take_while(|v| **v <= x).count();
        gap = (i as f64 / a.len().max(1) as f64 - j as f64 / b.len().max(1) as f64).abs();
        found.kolmogorov_smirnov = found.kolmogorov_smirnov.max(gap);
        last = Some(x);
    }
    found
}

/// Sums of powers 0 to 4, which add up over worlds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Powers([f64; 5]);

impl Powers {
    /// Of a quantity in a world over `frames`.
    ///
    /// # Errors
    /// As [`sorted_sample`].
    pub fn of(
        quantity: Quantity,
        observed: &Observed,
        world: usize,
        frames: Range<usize>,
    ) -> Result<Self, MetricError> {
        let mut sums = [0.0; 5];
        quantity.for_each(observed, world, &observed.within(frames), |v| {
            let square = v * v;
            let powers = [1.0, v, square, square * v, square * square];
            sums.iter_mut().zip(powers).for_each(|(s, p)| *s += p);
        })?;
        Ok(Self(sums))
    }

    /// Sums over both.
    pub fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }

    /// Kurtosis E(x − m)⁴ / (E(x − m)²)²: 3 for a normal distribution, more with heavy tails (intermittency), 0 if all
    /// values are equal.
    pub fn kurtosis(self) -> f64 {
        let [m1, m2, m3, m4] = std::array::from_fn(|i| self.0[i + 1] / self.0[0].max(1.0));
        let variance = m2 - m1 * m1;
        let fourth = m4 - 4.0 * m1 * m3 + 6.0 * m1 * m1 * m2 - 3.0 * m1 * m1 * m1 * m1;
        // Below this the variance is rounding.
        if variance > 1e-12 * m2 { fourth / (variance * variance) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::observable::{Observable, Scale};
    use crate::metrics::motion::rollout::{Layout, Rollout};
    use crate::metrics::motion::samples::{ar1, drawn, noise};
    use crate::metrics::transport::line::{kolmogorov_smirnov, wasserstein};
    use proptest::prelude::*;

    fn observe(truth: &[Rollout], of: Rollout) -> Observed {
        Observed::of(&[of], &Scale::of(truth, Observable::State).unwrap()).unwrap()
    }

    #[test]
    fn increments_of_two_autoregressive_processes_are_normal_with_known_distances() {
        // Increments have the variance 2 (1 − φ).
        let (truth, other) = ([ar1(24, 300, 0.9, 1)], ar1(24, 300, 0.5, 2));
        let seen = [truth[0].clone(), other].map(|r| observe(&truth, r));
        let sample = |q: Quantity, s: usize| sorted_sample(q, &seen[s], 0, 0..300).unwrap();
        let found = distribution_distance(&sample(Quantity::Increments, 0), &sample(Quantity::Increments, 1));
        let (low, high) = (0.2f64.sqrt(), 1.0f64);
        let expected = (high - low) * (2.0 / std::f64::consts::PI).sqrt();
        assert!((found.wasserstein - expected).abs() < 0.03, "{found:?}, expected {expected}");
        // The distribution functions differ most where the densities are equal.
        let x = (2.0 * (high / low).ln() / (1.0 / (low * low) - 1.0 / (high * high))).sqrt();
        let below = |s: f64| 0.5 * libm::erf(x / (s * 2f64.sqrt()));
        let expected = below(low) - below(high);
        assert!((found.kolmogorov_smirnov - expected).abs() < 0.02, "{found:?}, expected {expected}");
        let values = distribution_distance(&sample(Quantity::Values, 0), &sample(Quantity::Values, 1));
        assert!(values.wasserstein < 0.06 && values.kolmogorov_smirnov < 0.03, "{values:?}");
        for s in &seen {
            let kurtosis = Powers::of(Quantity::Increments, s, 0, 0..300).unwrap().kurtosis();
            assert!((kurtosis - 3.0).abs() < 0.1, "{kurtosis}");
        }
    }

    #[test]
    fn known_shapes_have_their_kurtosis() {
        let layout = Layout::torus(100, 1, 1);
        let of = |f: fn(f64, f64) -> f64| {
            let truth = [drawn(&layout, 2, |x, _, _, t| f(x, t))];
            let seen = observe(&truth, truth[0].clone());
            Powers::of(Quantity::Increments, &seen, 0, 0..2).unwrap().kurtosis()
        };
        // Two values: 1. A uniform distribution of 100: 1.8 (1 − 4/(3·9999)). One of a hundred: (1 − 3p + 3p²)/(p(1 − p)).
        assert!((of(|x, t| t * (x % 2.0)) - 1.0).abs() < 1e-5);
        assert!((of(|x, t| t * x) - 1.8 * (1.0 - 4.0 / 29997.0)).abs() < 1e-5);
        let rare = (1.0 - 0.03 + 0.0003) / (0.01 * 0.99);
        assert!((of(|x, t| if x == 7.0 { t } else { 0.0 }) - rare).abs() < 1e-3 * rare);
        assert_eq!(of(|x, _| x), 0.0);
        assert_eq!(Powers::default().kurtosis(), 0.0);
    }

    #[test]
    fn long_rollouts_are_thinned_without_changing_the_distribution() {
        let truth = [noise(64, 300, 3)];
        let seen = observe(&truth, truth[0].clone());
        let sample = sorted_sample(Quantity::Values, &seen, 0, 0..300).unwrap();
        assert_eq!(sample.len(), KEPT);
        assert!(sample.is_sorted());
        for (i, v) in sample.iter().enumerate() {
            let share = 0.5 * libm::erfc(-v / 2f64.sqrt());
            assert!((share - (i as f64 + 0.5) / KEPT as f64).abs() < 0.005, "{i}: {v}");
        }
        let few = sorted_sample(Quantity::Increments, &seen, 0, 299..300).unwrap_err().to_string();
        assert!(few.contains("at least 2 samples of frames, found 1"), "{few}");
        assert!(sorted_sample(Quantity::Values, &seen, 0, 5..5).is_err());
    }

    proptest! {
        #[test]
        fn distances_agree_with_those_of_transport(
            mut a in prop::collection::vec(-3i32..4, 1..30),
            mut b in prop::collection::vec(-3i32..4, 1..30),
            by in 0.1f64..2.0,
        ) {
            a.sort_unstable();
            b.sort_unstable();
            let [a, b] = [a, b].map(|s| s.iter().map(|v| by * f64::from(*v)).collect::<Vec<_>>());
            let (found, back) = (distribution_distance(&a, &b), distribution_distance(&b, &a));
            prop_assert!((found.wasserstein - wasserstein(&a, &b, 1.0).unwrap()).abs() < 1e-12);
            let statistic = kolmogorov_smirnov(&a, &b).unwrap().statistic;
            prop_assert!((found.kolmogorov_smirnov - statistic).abs() < 1e-12);
            prop_assert_eq!(found, back);
            let own = DistributionDistance { wasserstein: 0.0, kolmogorov_smirnov: 0.0 };
            prop_assert_eq!(distribution_distance(&a, &a), own);
        }
    }
}

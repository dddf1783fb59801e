//! Correlation with the truth, and how long it lasts.

use rayon::prelude::*;

use super::crossing::{Crossing, first_below};
use super::observable::Observed;
use super::resample::mean_curve;

/// Pearson's correlation of two frames of `planes` planes each, −1 to 1. With several planes, each about its own means:
/// the sum of their covariances over the root of the product of the sums of their variances.
///
/// A frame without variance has correlation 1 with an equal frame and 0 with any other.
pub fn pearson(a: &[f32], b: &[f32], planes: usize) -> f64 {
    let cells = (a.len() / planes.max(1)).max(1);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (a, b) in a.chunks(cells).zip(b.chunks(cells)) {
        let (a, b) = (centred(a), centred(b));
        for (x, y) in a.iter().zip(&b) {
            (xy, xx, yy) = (xy + x * y, xx + x * x, yy + y * y);
        }
    }
    match xx > 0.0 && yy > 0.0 {
        true => (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0),
        false => f64::from(u8::from(a == b)),
    }
}

/// Values about their mean; exactly 0 if they are all equal.
fn centred(values: &[f32]) -> Vec<f64> {
    let origin = values.first().map_or(0.0, |v| f64::from(*v));
    let off: Vec<f64> = values.iter().map(|v| f64::from(*v) - origin).collect();
    let mean = off.iter().sum::<f64>() / off.len().max(1) as f64;
    off.into_iter().map(|v| v - mean).collect()
}

/// For each world, the correlation of candidate and truth in every frame.
pub fn correlation_curves(truth: &Observed, candidate: &Observed) -> Vec<Vec<f64>> {
    let frames = truth.frames().min(candidate.frames());
    let at = |w: usize, t: usize| pearson(truth.frame(w, t), candidate.frame(w, t), truth.planes());
    let world = |w: usize| (0..frames).map(|t| at(w, t)).collect();
    (0..truth.worlds().min(candidate.worlds())).into_par_iter().map(world).collect()
}

/// Correlation time: the first frame in which the mean correlation over these worlds is below the threshold; usual are
/// 0.8 (Lippe et al. 2023, PDE-Refiner) and 0.95 (Kochkov et al. 2021).
pub fn correlation_time(curves: &[Vec<f64>], worlds: &[usize], threshold: f64) -> Crossing {
    first_below(&mean_curve(curves, worlds), threshold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::interval::Estimate;
    use crate::metrics::motion::observable::{Observable, Scale};
    use crate::metrics::motion::resample::{mean_curve_with_interval, over_worlds};
    use crate::metrics::motion::rollout::{Layout, Rollout};
    use crate::metrics::motion::samples::{ar1, drawn, translated};
    use proptest::prelude::*;
    use std::f64::consts::TAU;
    use world::rng::Rng;

    fn curves(truth: &[Rollout], candidate: &[Rollout]) -> Vec<Vec<f64>> {
        let scale = Scale::of(truth, Observable::State).unwrap();
        correlation_curves(&Observed::of(truth, &scale).unwrap(), &Observed::of(candidate, &scale).unwrap())
    }

    #[test]
    fn a_pattern_in_motion_correlates_with_itself_delayed_as_its_autocorrelation() {
        // Waves of 2 and 5 periods: Σ aᵢ² cos(kᵢ d) / Σ aᵢ².
        let layout = Layout::torus(40, 6, 1);
        let k = |n: f64| TAU * n / 40.0;
        let at = |x: f64| 2.0 * (k(2.0) * x).cos() + (k(5.0) * x + 0.3).sin();
        let truth = [drawn(&layout, 12, |x, _, _, t| at(x - 0.7 * t))];
        for delay in [0.0, 1.0, 2.5, 7.0] {
            let late = [drawn(&layout, 12, |x, _, _, t| at(x - 0.7 * (t - delay)))];
            let d = 0.7 * delay;
            let expected = (4.0 * (k(2.0) * d).cos() + (k(5.0) * d).cos()) / 5.0;
            for found in &curves(&truth, &late)[0] {
                assert!((found - expected).abs() < 1e-6, "{delay}: {found}, expected {expected}");
            }
        }
    }

    /// Two patterns that do not correlate, mixed so that the correlation with the first is `rho`.
    fn fading(rho: impl Fn(f64) -> f64) -> [Rollout; 2] {
        let k = TAU * 3.0 / 24.0;
        let of = |r: &dyn Fn(f64) -> f64| {
            drawn(&Layout::torus(24, 4, 1), 60, |x, _, _, t| {
                r(t) * (k * x).cos() + (1.0 - r(t) * r(t)).max(0.0).sqrt() * (k * x).sin()
            })
        };
        [of(&|_| 1.0), of(&rho)]
    }

    #[test]
    fn correlation_times_are_where_the_correlation_was_made_to_fade() {
        let [truth, candidate] = fading(|t| (-t / 20.0).exp());
        let curves = curves(&[truth], &[candidate]);
        for (t, found) in curves[0].iter().enumerate() {
            assert!((found - (-(t as f64) / 20.0).exp()).abs() < 1e-6, "{t}: {found}");
        }
        // −20 ln 0.8 = 4.46, −20 ln 0.5 = 13.86.
        let time = |threshold: f64| correlation_time(&curves, &[0], threshold);
        assert_eq!(time(0.8), Crossing { time: 5.0, censored: false });
        assert_eq!(time(0.5), Crossing { time: 14.0, censored: false });
        assert_eq!(time(0.01), Crossing { time: 60.0, censored: true });
    }

    #[test]
    fn the_interval_of_a_correlation_time_is_over_worlds() {
        let scales = [14.0, 17.0, 20.0, 23.0, 26.0, 20.0];
        let (truth, candidate): (Vec<_>, Vec<_>) =
            scales.map(|s| fading(move |t| (-t / s).exp())).into_iter().map(|[a, b]| (a, b)).unzip();
        let curves = curves(&truth, &candidate);
        let time = |w: &[usize]| Ok(correlation_time(&curves, w, 0.5).time);
        let Estimate { value, interval: [lo, hi] } = over_worlds(6, Rng::new(1), time).unwrap();
        // ln 2 times the scales: 9.7 to 18.0 frames; their standard error is 1.2 frames, times 2.57 for six worlds.
        assert!((13.0..=15.0).contains(&value), "{value}");
        assert!(
            (8.5..value - 1.0).contains(&lo) && (value + 1.0..19.5).contains(&hi),
            "{value}: {lo} to {hi}"
        );
        let mean = mean_curve_with_interval(&curves, Rng::new(1));
        assert_eq!(mean[0].interval, [1.0; 2]);
        let [lo, hi] = mean[14].interval;
        assert!(lo < mean[14].value && mean[14].value < hi && hi - lo < 0.3, "{:?}", mean[14]);
    }

    #[test]
    fn frames_without_variance_and_several_planes() {
        assert_eq!((pearson(&[0.1; 4], &[0.1; 4], 1), pearson(&[0.1; 4], &[0.2; 4], 1)), (1.0, 0.0));
        assert_eq!(pearson(&[0.1; 3], &[0.0, 1.0, 2.0], 1), 0.0);
        // One plane in step, the other against it, with half the deviations: (1 − ¼)/(1 + ¼).
        let (a, b) = ([0.0, 2.0, 7.0, 8.0], [5.0, 7.0, 1.0, 0.0]);
        assert!((pearson(&a, &b, 2) - 0.6).abs() < 1e-12);
        assert!(pearson(&a, &b, 1) < 0.0);
        assert_eq!(pearson(&[], &[], 1), 1.0);
    }

    proptest! {
        #[test]
        fn it_is_symmetric_bounded_and_the_same_from_anywhere_on_a_torus(
            seed: u64,
            x in 0usize..6,
            y in 0usize..6,
        ) {
            let (truth, other) = ([ar1(6, 3, 0.3, seed)], [ar1(6, 3, 0.3, !seed)]);
            let moved = |r: &[Rollout; 1]| [translated(&r[0], [x, y])];
            let (there, back) = (curves(&truth, &other), curves(&other, &truth));
            let elsewhere = curves(&moved(&truth), &moved(&other));
            for t in 0..3 {
                prop_assert!((there[0][t] - back[0][t]).abs() < 1e-5 && there[0][t].abs() <= 1.0);
                prop_assert!((there[0][t] - elsewhere[0][t]).abs() < 1e-5);
            }
            let own = curves(&truth, &truth);
            prop_assert!(own[0] == [1.0; 3]);
        }
    }
}

//! Error against time, and how long a forecast stays valid.

use rayon::prelude::*;

use super::crossing::{Crossing, first_above};
use super::observable::Observed;

/// A forecast is valid as long as its normalised error is at most this.
pub const VALID: f64 = 0.4;

/// For each world, the normalised RMS error in every frame: the root mean square over all values of the difference from
/// the truth, in standard deviations of the truth; 0 if they are equal, √2 for two independent worlds.
pub fn error_curves(truth: &Observed, candidate: &Observed) -> Vec<Vec<f64>> {
    let frames = truth.frames().min(candidate.frames());
    let at = |w: usize, t: usize| {
        let off =
            truth.frame(w, t).iter().zip(candidate.frame(w, t)).map(|(a, b)| f64::from(*b) - f64::from(*a));
        (off.map(|d| d * d).sum::<f64>() / truth.values() as f64).sqrt()
    };
    let world = |w: usize| (0..frames).map(|t| at(w, t)).collect();
    (0..truth.worlds().min(candidate.worlds())).into_par_iter().map(world).collect()
}

/// For each world, the valid prediction time in frames: when the normalised error first exceeds [`VALID`] (the *valid
/// time* of Pathak et al. 2018; as *valid prediction time* in units of the system's own time in Vlachas et al. 2020).
pub fn valid_times(errors: &[Vec<f64>]) -> Vec<Crossing> {
    errors.iter().map(|curve| first_above(curve, VALID)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::observable::{Observable, Scale};
    use crate::metrics::motion::rollout::{Layout, Rollout};
    use crate::metrics::motion::samples::{drawn, noise, translated};
    use proptest::prelude::*;
    use std::f64::consts::TAU;

    fn curves(truth: &[Rollout], candidate: &[Rollout]) -> Vec<Vec<f64>> {
        let scale = Scale::of(truth, Observable::State).unwrap();
        error_curves(&Observed::of(truth, &scale).unwrap(), &Observed::of(candidate, &scale).unwrap())
    }

    #[test]
    fn independent_worlds_differ_by_the_root_of_two() {
        let (a, b) = ([noise(40, 5, 1)], [noise(40, 5, 2)]);
        // Of 1,600 values: to about 2 %.
        assert!(curves(&a, &b)[0].iter().all(|e| (e - 2f64.sqrt()).abs() < 0.1));
        assert_eq!(curves(&a, &a), [[0.0; 5]]);
    }

    #[test]
    fn a_forecast_that_runs_ahead_is_valid_until_its_phase_is() {
        // Waves out of phase by δt differ by 2 sin(δt / 2) deviations: 0.4 at δt = 2 asin 0.2 = 0.4027.
        let k = TAU * 2.0 / 20.0;
        let wave =
            |speed: f64| drawn(&Layout::torus(20, 3, 1), 40, |x, _, _, t| 5.0 * (k * x - speed * t).cos());
        for (ahead, expected) in [(0.03, 14.0), (0.05, 9.0), (0.3, 2.0)] {
            let errors = curves(&[wave(0.2)], &[wave(0.2 + ahead)]);
            for (t, found) in errors[0].iter().enumerate() {
                let exact = (2.0 * (0.5 * ahead * t as f64).sin()).abs();
                assert!((found - exact).abs() < 1e-5, "{ahead}, {t}: {found}, expected {exact}");
            }
            assert_eq!(valid_times(&errors), [Crossing { time: expected, censored: false }]);
        }
        let near = valid_times(&curves(&[wave(0.2)], &[wave(0.201)]));
        assert_eq!(near, [Crossing { time: 40.0, censored: true }]);
    }

    proptest! {
        #[test]
        fn a_common_translation_or_exchange_changes_nothing(seed: u64, x in 0usize..5, y in 0usize..5) {
            let (truth, other) = ([noise(5, 3, seed)], [noise(5, 3, !seed)]);
            let moved = |r: &[Rollout; 1]| [translated(&r[0], [x, y])];
            let (here, there) = (curves(&truth, &other), curves(&moved(&truth), &moved(&other)));
            let scale = Scale::of(&truth, Observable::State).unwrap();
            let seen = [&truth, &other].map(|r| Observed::of(r, &scale).unwrap());
            let back = error_curves(&seen[1], &seen[0]);
            for t in 0..3 {
                prop_assert!((here[0][t] - there[0][t]).abs() < 1e-5 && here[0][t] == back[0][t]);
            }
        }
    }
}

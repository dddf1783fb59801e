//! Flicker: whether what changes goes on changing the same way.

use std::ops::Range;

use super::observable::Observed;
use crate::metrics::MetricError;

/// Mean absolute differences in time, over cells, planes and frames; they add up over worlds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flicker {
    /// Of two successive frames.
    pub first: f64,
    /// Of two successive differences.
    pub second: f64,
}

impl Flicker {
    /// Of a world over `frames`.
    ///
    /// # Errors
    /// Fewer than 3 frames.
    pub fn of(observed: &Observed, world: usize, frames: Range<usize>) -> Result<Self, MetricError> {
        let frames = observed.within(frames);
        if frames.len() < 3 {
            let (metric, what) = ("flicker", "frames".into());
            return Err(MetricError::TooFew { metric, what, least: 3, found: frames.len() });
        }
        let at = |t: usize| observed.frame(world, t).iter().map(|v| f64::from(*v));
        let (mut first, mut second) = (0.0, 0.0);
        for t in frames.start + 1..frames.end {
            first += at(t).zip(at(t - 1)).map(|(b, a)| (b - a).abs()).sum::<f64>();
        }
        for t in frames.start + 2..frames.end {
            let three = at(t).zip(at(t - 1)).zip(at(t - 2));
            second += three.map(|((c, b), a)| (c - 2.0 * b + a).abs()).sum::<f64>();
        }
        let mean = |sum: f64, order: usize| sum / ((frames.len() - order) * observed.values()) as f64;
        Ok(Self { first: mean(first, 1), second: mean(second, 2) })
    }

    /// Sums over both.
    pub fn and(self, other: Self) -> Self {
        Self { first: self.first + other.first, second: self.second + other.second }
    }

    /// The second difference over the first (this project's definition): 0 for a still picture and for steady change,
    /// 2 sin(ω/2) for a wave of ω radians a frame, √3 for white noise, 2 for a picture that alternates.
    pub fn ratio(self) -> f64 {
        if self.first > 0.0 { self.second / self.first } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::observable::{Observable, Scale};
    use crate::metrics::motion::rollout::{Layout, Rollout};
    use crate::metrics::motion::samples::{ar1, drawn, noise};
    use std::f64::consts::TAU;

    fn ratio(r: Rollout) -> f64 {
        let truth = [r];
        let seen = Observed::of(&truth, &Scale::of(&truth, Observable::State).unwrap()).unwrap();
        Flicker::of(&seen, 0, 0..seen.frames()).unwrap().ratio()
    }

    #[test]
    fn known_motions_have_known_flicker() {
        let layout = Layout::torus(24, 3, 1);
        let of = |f: fn(f64, f64) -> f64| ratio(drawn(&layout, 48, |x, _, _, t| f(x, t)));
        assert_eq!(of(|x, _| x), 0.0);
        assert_eq!(ratio(noise(12, 9, 1).persistence()), 0.0);
        assert!(of(|x, t| x + 3.0 * t) < 1e-5);
        assert!((of(|x, t| x * if t % 2.0 == 0.0 { 1.0 } else { -1.0 }) - 2.0).abs() < 1e-5);
        // In 24 cells by 48 frames all phases are met alike.
        let wave = of(|x, t| (TAU * (x / 24.0 - t / 12.0)).cos());
        assert!((wave - 2.0 * (TAU / 24.0).sin()).abs() < 1e-5, "{wave}");
    }

    #[test]
    fn noise_has_the_ratio_of_its_deviations() {
        // Differences of white noise have the variances 2 and 6.
        assert!((ratio(noise(32, 60, 1)) - 3f64.sqrt()).abs() < 0.02);
        // Of an AR(1) process 2 (1 − φ) and 6 − 8φ + 2φ².
        let phi: f64 = 0.8;
        let expected = ((6.0 - 8.0 * phi + 2.0 * phi * phi) / (2.0 * (1.0 - phi))).sqrt();
        assert!((ratio(ar1(32, 60, phi, 2)) - expected).abs() < 0.02);
    }

    #[test]
    fn worlds_add_up_and_two_frames_are_too_few() {
        let truth = [noise(6, 8, 1), ar1(6, 8, 0.9, 2)];
        let seen = Observed::of(&truth, &Scale::of(&truth, Observable::State).unwrap()).unwrap();
        let [a, b] = [0, 1].map(|w| Flicker::of(&seen, w, 0..99).unwrap());
        assert!((a.and(b).ratio() - (a.second + b.second) / (a.first + b.first)).abs() < 1e-12);
        assert_eq!(Flicker::default().ratio(), 0.0);
        let e = Flicker::of(&seen, 0, 6..99).unwrap_err().to_string();
        assert!(e.contains("at least 3 samples of frames, found 2"), "{e}");
    }
}

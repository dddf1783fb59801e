//! After how many frames an imitator has paid for its training.

use serde::Serialize;

use crate::metrics::interval::by_blocks;
use crate::metrics::{MetricError, mean};
use world::rng::Rng;
use world::units::count;

/// Number of frames after which an imitator has cost as little as the rule, with its training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BreakEven {
    /// Frames; none: never, a frame of it costs as much as one of the rule or more.
    pub frames: Option<f64>,
    /// Least and most frames within the 95 % interval of what a frame saves; none: never.
    pub interval: [Option<f64>; 2],
}

impl BreakEven {
    /// For people.
    pub fn words(&self) -> String {
        let one = |frames: Option<f64>| frames.map_or("never".into(), count);
        let [least, most] = self.interval;
        match (self.frames, least) {
            (None, None) => "never".into(),
            (None, Some(_)) => format!("never ({} frames at best)", one(least)),
            (Some(_), _) => format!("{} frames ({} to {})", one(self.frames), one(least), one(most)),
        }
    }
}

/// The break-even of an imitator against a rule: the energy of its training divided by what each frame saves, the
/// difference of the mean energies of a frame (sums of frames are what is paid, hence means and not medians). `rule` and
/// `imitator` hold the energy of each frame, joules, in their order. The interval is that of the saving, by blocks of
/// consecutive frames, as neighbours cost alike.
///
/// ```
/// use bench::price::break_even;
/// use world::rng::Rng;
///
/// // Trained for 1000 J; a frame costs 0.3 J instead of 0.5 J.
/// let paid = break_even(1000.0, &[0.5; 20], &[0.3; 20], Rng::new(1))?;
/// assert!((paid.frames.unwrap() - 5000.0).abs() < 1e-6);
/// # Ok::<(), bench::metrics::MetricError>(())
/// ```
///
/// # Errors
/// No frames of either, or a value that is not finite.
pub fn break_even(training: f64, rule: &[f64], imitator: &[f64], rng: Rng) -> Result<BreakEven, MetricError> {
    const NAME: &str = "break-even";
    for (what, costs) in [("the rule", rule), ("the imitator", imitator)] {
        if costs.is_empty() {
            return Err(MetricError::TooFew { metric: NAME, what: what.into(), least: 1, found: 0 });
        }
    }
    if let Some(bad) = rule.iter().chain(imitator).chain([&training]).find(|v| !v.is_finite()) {
        return Err(MetricError::Unfit { metric: NAME, why: format!("expected finite joules, found {bad}") });
    }
    let pick = |costs: &[f64], places: &[usize]| mean(&places.iter().map(|&i| costs[i]).collect::<Vec<_>>());
    let saving = by_blocks([rule.len(), imitator.len()], rng.named(NAME), |x, y| {
        Ok(pick(rule, x) - pick(imitator, y))
    })?;
    let frames = |saving: f64| (saving > 0.0).then(|| training / saving);
    let [low, high] = saving.interval;
    Ok(BreakEven { frames: frames(saving.value), interval: [frames(high), frames(low)] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    fn of(training: f64, rule: &[f64], imitator: &[f64]) -> BreakEven {
        break_even(training, rule, imitator, Rng::new(5)).unwrap()
    }

    #[test]
    fn frames_without_spread_give_the_quotient_exactly() {
        let even = of(600.0, &[0.75; 7], &[0.5; 9]);
        assert_eq!(even, BreakEven { frames: Some(2400.0), interval: [Some(2400.0); 2] });
        assert_eq!(even.words(), "2,400 frames (2,400 to 2,400)");
        let dearer = of(600.0, &[0.5; 7], &[0.75; 9]);
        assert_eq!(dearer, BreakEven { frames: None, interval: [None; 2] });
        assert_eq!(dearer.words(), "never");
        assert_eq!(of(600.0, &[0.5], &[0.5]).frames, None, "the same cost never pays for a training");
        assert_eq!(of(0.0, &[0.5], &[0.25]).frames, Some(0.0), "without a training it pays at once");
    }

    #[test]
    fn a_wide_spread_reaches_from_soon_to_never() {
        // A rule that costs nothing at first and twice as much later: blocks of frames tell little of the mean.
        let (rule, imitator) = ([[0.0; 20], [2.0; 20]].concat(), [0.95; 40]);
        let even = of(100.0, &rule, &imitator);
        assert!(even.interval[0].is_some() && even.interval[1].is_none(), "{even:?}");
        let shown = BreakEven { frames: None, interval: [Some(1e6), None] };
        assert_eq!(shown.words(), "never (1,000,000 frames at best)");
        let shown = BreakEven { frames: Some(2e6), interval: [Some(1e6), None] };
        assert_eq!(shown.words(), "2,000,000 frames (1,000,000 to never)");
    }

    /// The interval holds the true number in about 95 of 100 repetitions.
    #[test]
    fn the_interval_has_nominal_coverage() {
        let draw = |centre: f64, seed: u64| -> Vec<f64> {
            (0..60).map(|i| centre + 0.1 * f64::from(Rng::new(seed).named("cost").normal(i))).collect()
        };
        // 500 J, 0.5 J a frame saved: 1,000 frames.
        let hits = (0..200)
            .filter(|&s| {
                let even = break_even(500.0, &draw(1.0, s), &draw(0.5, s + 1000), Rng::new(s)).unwrap();
                even.interval[0].is_some_and(|f| f <= 1000.0) && even.interval[1].is_none_or(|f| f >= 1000.0)
            })
            .count();
        assert!((165..=199).contains(&hits), "{hits} of 200");
    }

    #[test]
    fn costs_that_say_nothing_are_rejected() {
        let failure = |rule: &[f64], imitator: &[f64]| {
            break_even(1.0, rule, imitator, Rng::new(1)).unwrap_err().to_string()
        };
        assert!(failure(&[], &[1.0]).contains("the rule"));
        assert!(failure(&[1.0], &[]).contains("the imitator"));
        assert!(failure(&[1.0], &[f64::NAN]).contains("NaN"));
    }

    proptest! {
        /// Energy in other units changes nothing; a costlier training moves the number in proportion.
        #[test]
        fn only_ratios_matter(rule in proptest::collection::vec(0.1..2.0f64, 1..20), imitator in proptest::collection::vec(0.1..2.0f64, 1..20), training in 0.0..1e6f64) {
            let even = of(training, &rule, &imitator);
            let four = |v: &[f64]| v.iter().map(|c| 4.0 * c).collect::<Vec<_>>();
            prop_assert_eq!(of(4.0 * training, &four(&rule), &four(&imitator)), even);
            let doubled = of(2.0 * training, &rule, &imitator);
            prop_assert_eq!(doubled.frames, even.frames.map(|f| 2.0 * f));
            let at = |f: Option<f64>| f.unwrap_or(f64::INFINITY);
            prop_assert!(at(even.interval[0]) <= at(even.interval[1]));
            prop_assert_eq!(even.frames.is_some(), mean(&rule) > mean(&imitator));
        }
    }
}

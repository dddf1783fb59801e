//! Histogram of frame and tick times in logarithmic classes: small, and accurate to a tenth at every scale.

use serde::{Deserialize, Serialize};

/// Upper bound of the first class, milliseconds.
const FIRST: f32 = 0.125;
/// Classes to each doubling: a class is 9 % wide.
const OCTAVE: f32 = 8.0;
/// Classes: up to 16 s; the last holds everything above.
const CLASSES: usize = 17 * OCTAVE as usize + 1;

/// Upper bounds of the bars that panels and pages draw, milliseconds; one more bar holds everything above.
pub const TICK_BOUNDS: [f32; 9] = [1.0, 2.0, 4.0, 8.0, 12.0, 16.7, 25.0, 50.0, 100.0];

/// A histogram of times in milliseconds, with the longest of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimeHistogram {
    classes: Vec<u64>,
    longest: f32,
}

impl TimeHistogram {
    /// Adds a time, milliseconds. Negative and non-finite values are skipped.
    pub fn add(&mut self, milliseconds: f32) {
        if !milliseconds.is_finite() || milliseconds < 0.0 {
            return;
        }
        if self.classes.is_empty() {
            self.classes = vec![0; CLASSES];
        }
        let class = (OCTAVE * libm::log2f((milliseconds / FIRST).max(1.0))).ceil() as usize;
        self.classes[class.min(CLASSES - 1)] += 1;
        self.longest = self.longest.max(milliseconds);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// The longest of all, milliseconds.
    pub fn longest(&self) -> f32 {
        self.longest
    }

    /// The time that a share `q` (0..1) of all does not exceed, milliseconds, rounded up by at most 9 %; 0 if there are
    /// none.
    pub fn quantile(&self, q: f64) -> f32 {
        let wanted = (q.clamp(0.0, 1.0) * self.count() as f64).ceil() as u64;
        let mut sum = 0;
        let class = self.classes.iter().position(|n| {
            sum += n;
            sum >= wanted.max(1)
        });
        class.map_or(0.0, |c| bound(c).min(self.longest))
    }

    /// Counts by [`TICK_BOUNDS`], the last entry being everything above. A class that straddles a bound counts below
    /// it.
    pub fn bars(&self) -> Vec<u64> {
        let mut bars = vec![0; TICK_BOUNDS.len() + 1];
        for (c, n) in self.classes.iter().enumerate() {
            let middle = bound(c) * libm::exp2f(-0.5 / OCTAVE);
            let bar = TICK_BOUNDS.iter().position(|b| middle <= *b).unwrap_or(TICK_BOUNDS.len());
            bars[bar] += n;
        }
        bars
    }
}

/// Upper bound of a class, milliseconds.
fn bound(class: usize) -> f32 {
    if class + 1 == CLASSES { f32::INFINITY } else { FIRST * libm::exp2f(class as f32 / OCTAVE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    #[test]
    fn quantiles_are_those_of_the_sorted_list_to_a_tenth() {
        let (rng, mut times) = (Rng::new(4), TimeHistogram::default());
        let mut all: Vec<f32> = (0..5000).map(|i| 3.0 * 2f32.powf(6.0 * rng.unit(i) - 2.0)).collect();
        all.iter().for_each(|t| times.add(*t));
        all.sort_by(f32::total_cmp);
        for q in [0.01, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let (found, wanted) = (times.quantile(q), all[(q * 5000.0).ceil() as usize - 1]);
            assert!((0.999..1.1).contains(&(found / wanted)), "{q}: {found} for {wanted}");
        }
        assert_eq!((times.count(), times.longest()), (5000, all[4999]));
    }

    #[test]
    fn bars_hold_everything_and_invalid_times_are_skipped() {
        let mut times = TimeHistogram::default();
        assert_eq!((times.quantile(0.5), times.count()), (0.0, 0));
        [0.0, 0.2, 5.0, 5.5, 300.0, 1e9, f32::NAN, -1.0].into_iter().for_each(|t| times.add(t));
        assert_eq!(times.bars(), [2, 0, 0, 2, 0, 0, 0, 0, 0, 2]);
        assert_eq!(times.quantile(1.0), 1e9);
        // Classes that end at a bound count below it, those that begin there above.
        let mut near = TimeHistogram::default();
        [0.97, 1.01, 1.99, 2.02, 3.9, 8.1].into_iter().for_each(|t| near.add(t));
        assert_eq!(near.bars(), [1, 2, 2, 0, 1, 0, 0, 0, 0, 0]);
        assert_eq!(near.quantile(0.0), 1.0);
    }
}

//! Statistics over the seeds of runs under one regime.

use crate::metrics::mean;
use crate::metrics::motion::student;

/// Fewest seeds of which an interval of the mean is told.
pub const ENOUGH: usize = 3;

/// The mean of a quantity over seeds, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Band {
    /// Values.
    pub seeds: usize,
    /// Their mean.
    pub mean: f64,
    /// Lower end: of the mean's 95 % interval by Student's t, or the least of fewer than [`ENOUGH`] values.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Band {
    /// Of values that can only be in this range, where the band is cut off; those that are not finite are left out.
    /// `None` without any.
    pub fn of(values: &[f64], range: [f64; 2]) -> Option<Self> {
        let values: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        let (seeds, centre) = (values.len(), mean(&values));
        let [low, high] = match seeds {
            0 => return None,
            n if n < ENOUGH => [
                values.iter().copied().fold(f64::INFINITY, f64::min),
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ],
            n => {
                let squares: f64 = values.iter().map(|v| (v - centre) * (v - centre)).sum();
                let error = (squares / (n - 1) as f64 / n as f64).sqrt();
                let half = student(n - 1) * error;
                [centre - half, centre + half].map(|end| end.clamp(range[0], range[1]))
            }
        };
        Some(Self { seeds, mean: centre, low, high })
    }

    /// The same of the logarithms of values above zero, as for ratios: the geometric mean and its interval.
    pub fn geometric(values: &[f64]) -> Option<Self> {
        let logs: Vec<f64> = values.iter().filter(|v| **v > 0.0).map(|v| libm::log(*v)).collect();
        let of = Self::of(&logs, [f64::NEG_INFINITY, f64::INFINITY])?;
        let [mean, low, high] = [of.mean, of.low, of.high].map(libm::exp);
        Some(Self { mean, low, high, ..of })
    }
}

/// The generation in which something first happens, over seeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct FirstTime {
    /// Seeds that were looked at long enough.
    pub seeds: usize,
    /// Seeds in which it happened.
    pub happened: usize,
    /// Median over seeds; none if it did not happen in half of them.
    pub median: Option<f64>,
    /// The earliest, if it happened.
    pub earliest: Option<usize>,
    /// The latest; none if it did not happen in all.
    pub latest: Option<usize>,
}

impl FirstTime {
    /// Of the generation in each seed, none where it did not happen.
    pub fn of(times: &[Option<usize>]) -> Self {
        let mut found: Vec<usize> = times.iter().flatten().copied().collect();
        found.sort_unstable();
        let (seeds, happened) = (times.len(), found.len());
        // Where it did not happen comes after all others.
        let at = |i: usize| found.get(i).map(|g| *g as f64);
        let median = match seeds {
            0 => None,
            n if n % 2 == 1 => at(n / 2),
            n => at(n / 2 - 1).zip(at(n / 2)).map(|(a, b)| (a + b) / 2.0),
        };
        let latest = found.last().copied().filter(|_| happened == seeds);
        Self { seeds, happened, median, earliest: found.first().copied(), latest }
    }

    /// In words: `generation 8 (7 to 9)`.
    pub fn words(&self, generations: usize) -> String {
        let later = || format!("later than {generations}");
        let name = |t: Option<usize>| t.map_or_else(later, |g| g.to_string());
        match (self.seeds, self.happened, self.median) {
            (0, ..) => "unknown as yet".into(),
            (_, 0, _) => format!("not within {generations} generations"),
            (1, _, _) => format!("generation {}", name(self.earliest)),
            (_, _, Some(m)) => {
                format!("generation {m} (median; {} to {})", name(self.earliest), name(self.latest))
            }
            (n, some, None) => {
                format!("in {some} of {n} seeds, from generation {} on", name(self.earliest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    const ALL: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

    #[test]
    fn the_band_is_the_interval_of_student() {
        // Deviations −2 to 2: variance 2.5, error √0.5, and t with four degrees of freedom.
        let b = Band::of(&[1.0, 2.0, 3.0, 4.0, 5.0], ALL).unwrap();
        let half = 2.776_445_105 * 0.5f64.sqrt();
        assert!(b.seeds == 5 && (b.mean - 3.0).abs() < 1e-12, "{b:?}");
        assert!((b.high - 3.0 - half).abs() < 1e-5 && (3.0 - b.low - half).abs() < 1e-5, "{b:?}");
        assert_eq!(
            Band::of(&[1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 4.0]).map(|b| (b.low, b.high)),
            Some((2.0, 4.0))
        );
    }

    #[test]
    fn of_fewer_than_three_it_is_the_range() {
        let two = Band::of(&[4.0, f64::NAN, 1.0], ALL);
        assert_eq!(two, Some(Band { seeds: 2, mean: 2.5, low: 1.0, high: 4.0 }));
        assert_eq!(Band::of(&[f64::INFINITY], ALL), None);
    }

    #[test]
    fn of_ratios_it_is_that_of_the_logarithms() {
        let b = Band::geometric(&[0.1, 1.0, 10.0]).unwrap();
        let half = 4.302_652_73 * 10f64.ln() / 3f64.sqrt();
        assert!((b.mean - 1.0).abs() < 1e-12 && (b.high / half.exp() - 1.0).abs() < 1e-4, "{b:?}");
        assert!((b.low * b.high - 1.0).abs() < 1e-9);
        assert_eq!(Band::geometric(&[0.0, -1.0]), None);
    }

    /// The true mean is within the band of five normal values in 95 % of 2,000 trials (standard error 0.5 %).
    #[test]
    fn it_covers_the_mean_as_often_as_it_says() {
        let trial = |s: u64| {
            let r = Rng::new(s).named("band");
            let values: Vec<f64> = (0..5).map(|i| f64::from(r.normal(i))).collect();
            Band::of(&values, ALL).is_some_and(|b| b.low <= 0.0 && b.high >= 0.0)
        };
        let hits = (0..2000).filter(|s| trial(*s)).count();
        assert!((1860..=1940).contains(&hits), "{hits}");
    }

    #[test]
    fn first_times_put_what_did_not_happen_last() {
        let of = FirstTime::of(&[Some(8), None, Some(6), Some(7), None]);
        assert_eq!((of.median, of.earliest, of.latest, of.happened), (Some(8.0), Some(6), None, 3));
        assert_eq!(of.words(20), "generation 8 (median; 6 to later than 20)");
        assert_eq!(FirstTime::of(&[Some(2), Some(5)]).median, Some(3.5));
        assert_eq!(FirstTime::of(&[Some(2), None]).words(9), "in 1 of 2 seeds, from generation 2 on");
        assert_eq!(FirstTime::of(&[None, None]).words(9), "not within 9 generations");
        assert_eq!(FirstTime::of(&[Some(4)]).words(9), "generation 4");
        assert_eq!(FirstTime::of(&[]).words(9), "unknown as yet");
    }

    proptest! {
        #[test]
        fn a_band_is_around_its_mean(values in prop::collection::vec(-1e6..1e6f64, 1..12)) {
            let b = Band::of(&values, ALL).unwrap();
            prop_assert!(b.low <= b.mean + 1e-6 && b.mean <= b.high + 1e-6);
        }
    }
}

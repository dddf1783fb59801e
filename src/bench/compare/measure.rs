//! Metrics of one generator against the reference, and the nearest neighbours of its samples.

use super::features::SampleFeatures;
use super::progress::ProgressObserver;
use super::sampling::DrawnSamples;
use super::setup::ComparisonSetup;
use crate::metrics::SampleMatrix;
use crate::metrics::catalogue::{
    Baseline, Direction, GreyImages, Metric, MetricInputs, MetricResult, evaluate,
};
use crate::metrics::linear::square_distance;
use crate::metrics::neighbours::nearest;

/// A metric and its result, or why there is none.
#[derive(Clone)]
pub struct MeasuredMetric {
    /// The metric.
    pub metric: &'static Metric,
    /// Its result.
    pub answer: Result<MetricResult, String>,
}

/// The nearest known sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Its index among the known samples.
    pub place: usize,
    /// Distance in feature space.
    pub distance: f64,
    /// Whether that is nearer than any held-out sample is to a known one.
    pub suspicious: bool,
    /// Whether it is suspicious, and less than [`COPY_RATIO`] as far as the next nearest known sample.
    pub copy: bool,
}

/// A copy is nearer to one known sample than to any other by this factor (Yoon et al. 2023). What is merely near to all
/// of them, as averages are, is none.
pub const COPY_RATIO: f64 = 1.0 / 3.0;

/// Whether the nearest of the known samples, `place` at `distance`, stands out.
fn stands_out(sample: &[f64], known: &SampleMatrix, (place, distance): (usize, f64)) -> bool {
    let others = (0..known.rows()).filter(|i| *i != place);
    let next = others.map(|i| square_distance(sample, known.row(i))).fold(f64::INFINITY, f64::min);
    distance == 0.0 || distance < COPY_RATIO * next.sqrt()
}

/// Samples with their features.
pub type MeasuredSamples = (DrawnSamples, SampleFeatures);

/// Sets that candidates are compared with.
pub struct ReferenceSets<'a> {
    /// The reference set.
    pub reference: &'a MeasuredSamples,
    /// Training set of learned generators.
    pub train: Option<&'a MeasuredSamples>,
    /// Held-out samples of the reference.
    pub held_out: Option<&'a MeasuredSamples>,
}

fn features(side: &MeasuredSamples) -> &SampleMatrix {
    &side.1.extracted.features
}

impl ReferenceSets<'_> {
    /// The samples that may have been copied, and held-out samples of the same distribution.
    fn known_and_held_out(&self) -> Option<[&SampleMatrix; 2]> {
        match (self.train, self.held_out) {
            (Some(train), _) => Some([features(train), features(self.reference)]),
            (None, Some(held_out)) => Some([features(self.reference), features(held_out)]),
            (None, None) => None,
        }
    }

    /// Minimum distance of a held-out sample to a known one.
    pub fn edge(&self) -> Option<f64> {
        let [known, held_out] = self.known_and_held_out()?;
        nearest(held_out, known).into_iter().map(|n| n.1).min_by(f64::total_cmp)
    }

    /// The nearest known sample for each sample.
    pub fn neighbours(&self, seen: &SampleFeatures, edge: Option<f64>) -> Vec<Neighbour> {
        let known = features(self.train.unwrap_or(self.reference));
        let samples = &seen.extracted.features;
        let one = |(i, (place, distance)): (usize, (usize, f64))| {
            let suspicious = edge.is_some_and(|e| distance < e);
            let copy = suspicious && stands_out(samples.row(i), known, (place, distance));
            Neighbour { place, distance, suspicious, copy }
        };
        nearest(samples, known).into_iter().enumerate().map(one).collect()
    }
}

/// Metrics to compute, and whether they were requested by name.
pub type Wanted = (Vec<&'static Metric>, bool);

/// Metrics that opponents are measured by, beside the leading one.
const OF_OPPONENTS: [&str; 5] = ["frechet", "kid", "precision", "recall", "coverage"];

/// Those of the opponents, of all that candidates are measured by.
pub fn of_opponents((metrics, named): &Wanted) -> Wanted {
    let lead = metrics.iter().find(|m| m.better == Direction::Less).map(|m| m.name);
    let kept = |m: &&&'static Metric| OF_OPPONENTS.contains(&m.name) || Some(m.name) == lead;
    (metrics.iter().filter(kept).copied().collect(), *named)
}

/// Those that have a ceiling, which noise is measured by.
pub fn with_ceiling((metrics, named): &Wanted) -> Wanted {
    let kept = |m: &&&'static Metric| matches!(m.better, Direction::Less | Direction::More);
    (metrics.iter().filter(kept).copied().collect(), *named)
}

/// Replaces every ceiling by the value of real frames of noise, measured like any generator.
pub fn raise(found: &mut [MeasuredMetric], noise: &[MeasuredMetric]) {
    for own in found {
        let of_noise = noise.iter().find(|n| n.metric.name == own.metric.name).map(|n| &n.answer);
        if let (Ok(answer), Some(Ok(noise))) = (&mut own.answer, of_noise)
            && answer.ceiling.is_some()
        {
            answer.ceiling = Some(Baseline { value: noise.figure.value, samples: noise.samples });
        }
    }
}

/// Metrics of one generator. If it has fewer samples than requested, the reference is truncated to match.
pub fn metrics(
    sides: &ReferenceSets,
    (drawn, seen): (&DrawnSamples, &SampleFeatures),
    name: &str,
    wanted: &Wanted,
    setup: &ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Vec<MeasuredMetric> {
    let (reference, rows) = (sides.reference, drawn.seeds.len());
    let all = reference.0.seeds.len();
    let places: Vec<usize> = (0..if rows < setup.n { rows.min(all) } else { all }).collect();
    let table = features(reference).pick(&places);
    let grey_images: [GreyImages; 2] =
        [reference.0.pictures.pick(&places).grey_images(), drawn.pictures.grey_images()];
    let probabilities = reference.1.extracted.probabilities.as_ref().map(|p| p.pick(&places));
    let candidate = &seen.extracted;
    let inputs = MetricInputs {
        probabilities: probabilities.as_ref().zip(candidate.probabilities.as_ref()).map(|(a, b)| [a, b]),
        pictures: Some([&grey_images[0], &grey_images[1]]),
        k: setup.k,
        bins: setup.bins,
        seed: setup.seed,
        ..MetricInputs::of(&table, &candidate.features)
    };
    let pair = sides.known_and_held_out();
    let copies = match pair {
        Some([known, held_out]) => MetricInputs { reference: known, held_out: Some(held_out), ..inputs },
        None => MetricInputs { ..inputs },
    };
    let (metrics, named) = wanted;
    let wanted = |m: &&&'static Metric| *named || (m.applies)(&inputs) || (m.applies)(&copies);
    let metrics: Vec<&'static Metric> = metrics.iter().filter(wanted).copied().collect();
    watch.begin(&format!("{name}: metrics"), metrics.len());
    // Metrics that need held-out samples get them, the others do not.
    let (plain, held): (Vec<&Metric>, Vec<&Metric>) =
        metrics.iter().copied().partition(|m| (m.applies)(&inputs) || !(m.applies)(&copies));
    let mut answers = evaluate(&inputs, &plain, |_| watch.done(1)).into_iter();
    let mut of_copies = evaluate(&copies, &held, |_| watch.done(1)).into_iter();
    let one = |metric: &'static Metric| {
        let from = if held.iter().any(|m| m.name == metric.name) { &mut of_copies } else { &mut answers };
        let answer = from.next().map(|a| a.map_err(|e| e.to_string()));
        MeasuredMetric { metric, answer: answer.unwrap_or(Err("was not computed".into())) }
    };
    metrics.into_iter().map(one).collect()
}

/// Metrics, each with the reason why it has no result.
pub fn none((metrics, named): &Wanted, why: &str) -> Vec<MeasuredMetric> {
    let all = metrics.iter().filter(|m| *named || m.name != "memorisation");
    all.map(|&metric| MeasuredMetric { metric, answer: Err(why.into()) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::catalogue::{METRICS, find};
    use crate::metrics::interval::Estimate;

    fn found(name: &str, value: f64, ceiling: Option<f64>) -> MeasuredMetric {
        let of = |value| Baseline { value, samples: [9; 2] };
        let answer = MetricResult {
            figure: Estimate { value, interval: [value; 2] },
            samples: [8; 2],
            floor: None,
            ceiling: ceiling.map(of),
            of_reference: None,
        };
        MeasuredMetric { metric: find(name).unwrap(), answer: Ok(answer) }
    }

    #[test]
    fn a_copy_stands_out_and_an_average_does_not() {
        let known = SampleMatrix::new(2, vec![0.0, 0.0, 4.0, 0.0, 0.0, 4.0]).unwrap();
        assert!(stands_out(&[0.0, 0.0], &known, (0, 0.0)) && stands_out(&[0.5, 0.0], &known, (0, 0.5)));
        // 1.2 from one, 2.8 from the next; and the centre of all.
        assert!(!stands_out(&[1.2, 0.0], &known, (0, 1.2)) && !stands_out(&[4.0 / 3.0; 2], &known, (0, 1.9)));
        // Known twice.
        let twice = known.pick(&[0, 0, 1]);
        assert!(stands_out(&[0.0, 0.0], &twice, (0, 0.0)) && !stands_out(&[0.1, 0.0], &twice, (0, 0.1)));
        assert!(stands_out(&[1.0, 1.0], &known.pick(&[1]), (0, 3.2)), "a single known sample");
    }

    #[test]
    fn real_noise_replaces_every_ceiling_that_there_is() {
        let mut own =
            [found("frechet", 3.0, Some(7.0)), found("vendi", 3.0, None), found("kid", 1.0, Some(2.0))];
        raise(&mut own, &[found("frechet", 600.0, Some(7.0)), found("vendi", 5.0, None)]);
        let ceiling = |i: usize| own[i].answer.as_ref().unwrap().ceiling;
        assert_eq!(ceiling(0), Some(Baseline { value: 600.0, samples: [8; 2] }));
        assert_eq!((ceiling(1), ceiling(2).map(|b| b.value)), (None, Some(2.0)));
    }

    #[test]
    fn opponents_are_measured_by_the_leading_metric_and_a_few_more() {
        let names = |w: Wanted| w.0.iter().map(|m| m.name).collect::<Vec<_>>();
        let all: Wanted = (METRICS.iter().collect(), false);
        assert_eq!(names(of_opponents(&all)), OF_OPPONENTS);
        let few: Wanted = (vec![find("edges").unwrap(), find("sliced").unwrap(), find("kid").unwrap()], true);
        assert_eq!(names(of_opponents(&few)), ["sliced", "kid"]);
        assert_eq!(names(with_ceiling(&few)), ["sliced", "kid"]);
        assert!(!names(with_ceiling(&all)).contains(&"memorisation"));
    }
}

//! Metrics of one generator against the reference, and the nearest neighbours of its samples.

use super::features::SampleFeatures;
use super::progress::ProgressObserver;
use super::sampling::DrawnSamples;
use super::setup::ComparisonSetup;
use crate::metrics::SampleMatrix;
use crate::metrics::catalogue::{GreyImages, Metric, MetricInputs, MetricResult, evaluate};
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
        let all = nearest(&seen.extracted.features, known).into_iter();
        let suspicious = |d: f64| edge.is_some_and(|e| d < e);
        all.map(|(place, distance)| Neighbour { place, distance, suspicious: suspicious(distance) }).collect()
    }
}

/// All metrics of one candidate. If it has fewer samples than requested, the reference is truncated to match.
pub fn metrics(
    sides: &ReferenceSets,
    (drawn, seen): (&DrawnSamples, &SampleFeatures),
    name: &str,
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
        reference: &table,
        candidate: &candidate.features,
        held_out: None,
        probabilities: probabilities.as_ref().zip(candidate.probabilities.as_ref()).map(|(a, b)| [a, b]),
        pictures: Some([&grey_images[0], &grey_images[1]]),
        k: setup.k,
        bins: setup.bins,
        projections: None,
        seed: setup.seed,
    };
    let pair = sides.known_and_held_out();
    let copies = match pair {
        Some([known, held_out]) => MetricInputs { reference: known, held_out: Some(held_out), ..inputs },
        None => MetricInputs { ..inputs },
    };
    let (metrics, named) = &setup.metrics;
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

/// All metrics, each with the reason why it has no result.
pub fn none(setup: &ComparisonSetup, why: &str) -> Vec<MeasuredMetric> {
    let all = setup.metrics.0.iter().filter(|m| setup.metrics.1 || m.name != "memorisation");
    all.map(|&metric| MeasuredMetric { metric, answer: Err(why.into()) }).collect()
}

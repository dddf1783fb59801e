//! The metrics of one generator against the reference, and the neighbours of its samples.

use super::features::SampleFeatures;
use super::sampling::DrawnSamples;
use super::{ComparisonSetup, ProgressObserver};
use crate::metrics::SampleMatrix;
use crate::metrics::catalogue::{GreyImages, Metric, MetricInputs, MetricResult, take};
use crate::metrics::neighbours::nearest;

/// A metric and its answer, or why there is none.
#[derive(Clone)]
pub struct MeasuredMetric {
    /// Which.
    pub metric: &'static Metric,
    /// What it says.
    pub answer: Result<MetricResult, String>,
}

/// The nearest known sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Its place among the known samples.
    pub place: usize,
    /// How far it is in the space of the features.
    pub distance: f64,
    /// Whether that is nearer than any held-out sample comes to one.
    pub suspicious: bool,
}

/// Samples with what was seen in them.
pub type MeasuredSamples = (DrawnSamples, SampleFeatures);

/// What candidates are held against.
pub struct ReferenceSets<'a> {
    /// What is aimed at.
    pub reference: &'a MeasuredSamples,
    /// What learned generators learned from.
    pub train: Option<&'a MeasuredSamples>,
    /// Further samples of the reference.
    pub held_out: Option<&'a MeasuredSamples>,
}

fn features(side: &MeasuredSamples) -> &SampleMatrix {
    &side.1.extracted.features
}

impl ReferenceSets<'_> {
    /// What a copy would be a copy of, and samples like it that nobody can have copied.
    fn known_and_held_out(&self) -> Option<[&SampleMatrix; 2]> {
        match (self.train, self.held_out) {
            (Some(train), _) => Some([features(train), features(self.reference)]),
            (None, Some(held_out)) => Some([features(self.reference), features(held_out)]),
            (None, None) => None,
        }
    }

    /// Least distance of a held-out sample to a known one.
    pub fn edge(&self) -> Option<f64> {
        let [known, held_out] = self.known_and_held_out()?;
        nearest(held_out, known).into_iter().map(|n| n.1).min_by(f64::total_cmp)
    }

    /// The nearest known sample of each.
    pub fn neighbours(&self, seen: &SampleFeatures, edge: Option<f64>) -> Vec<Neighbour> {
        let known = features(self.train.unwrap_or(self.reference));
        let all = nearest(&seen.extracted.features, known).into_iter();
        let suspicious = |d: f64| edge.is_some_and(|e| d < e);
        all.map(|(place, distance)| Neighbour { place, distance, suspicious: suspicious(distance) }).collect()
    }
}

/// All metrics of one candidate. Where it has fewer samples than it should, as few are taken of the reference.
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
    let albums: [GreyImages; 2] =
        [reference.0.pictures.pick(&places).grey_images(), drawn.pictures.grey_images()];
    let chances = reference.1.extracted.probabilities.as_ref().map(|p| p.pick(&places));
    let candidate = &seen.extracted;
    let question = MetricInputs {
        reference: &table,
        candidate: &candidate.features,
        held_out: None,
        probabilities: chances.as_ref().zip(candidate.probabilities.as_ref()).map(|(a, b)| [a, b]),
        pictures: Some([&albums[0], &albums[1]]),
        k: setup.k,
        bins: setup.bins,
        projections: None,
        seed: setup.seed,
    };
    let pair = sides.known_and_held_out();
    let copies = match pair {
        Some([known, held_out]) => MetricInputs { reference: known, held_out: Some(held_out), ..question },
        None => MetricInputs { ..question },
    };
    let (metrics, named) = &setup.metrics;
    let wanted = |m: &&&'static Metric| *named || (m.applies)(&question) || (m.applies)(&copies);
    let metrics: Vec<&'static Metric> = metrics.iter().filter(wanted).copied().collect();
    watch.begin(&format!("{name}: metrics"), metrics.len());
    // Those that want held-out samples are asked with them, the others without.
    let (plain, held): (Vec<&Metric>, Vec<&Metric>) =
        metrics.iter().copied().partition(|m| (m.applies)(&question) || !(m.applies)(&copies));
    let mut answers = take(&question, &plain, |_| watch.done(1)).into_iter();
    let mut of_copies = take(&copies, &held, |_| watch.done(1)).into_iter();
    let one = |metric: &'static Metric| {
        let from = if held.iter().any(|m| m.name == metric.name) { &mut of_copies } else { &mut answers };
        let answer = from.next().map(|a| a.map_err(|e| e.to_string()));
        MeasuredMetric { metric, answer: answer.unwrap_or(Err("was not taken".into())) }
    };
    metrics.into_iter().map(one).collect()
}

/// Every metric with the reason why there is none.
pub fn none(setup: &ComparisonSetup, why: &str) -> Vec<MeasuredMetric> {
    let all = setup.metrics.0.iter().filter(|m| setup.metrics.1 || m.name != "memorisation");
    all.map(|&metric| MeasuredMetric { metric, answer: Err(why.into()) }).collect()
}

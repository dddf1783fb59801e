//! The metrics of one generator against the reference, and the neighbours of its samples.

use super::draw::Drawn;
use super::see::Seen;
use super::{Setup, Watch};
use crate::metrics::Table;
use crate::metrics::catalogue::{Album, Answer, Metric, Question, take};
use crate::metrics::neighbours::nearest;

/// A metric and its answer, or why there is none.
#[derive(Clone)]
pub struct Found {
    /// Which.
    pub metric: &'static Metric,
    /// What it says.
    pub answer: Result<Answer, String>,
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
pub type Side = (Drawn, Seen);

/// What candidates are held against.
pub struct Sides<'a> {
    /// What is aimed at.
    pub reference: &'a Side,
    /// What learned generators learned from.
    pub train: Option<&'a Side>,
    /// Further samples of the reference.
    pub held_out: Option<&'a Side>,
}

fn features(side: &Side) -> &Table {
    &side.1.looked.features
}

impl Sides<'_> {
    /// What a copy would be a copy of, and samples like it that nobody can have copied.
    fn known_and_held_out(&self) -> Option<[&Table; 2]> {
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
    pub fn neighbours(&self, seen: &Seen, edge: Option<f64>) -> Vec<Neighbour> {
        let known = features(self.train.unwrap_or(self.reference));
        let all = nearest(&seen.looked.features, known).into_iter();
        let suspicious = |d: f64| edge.is_some_and(|e| d < e);
        all.map(|(place, distance)| Neighbour { place, distance, suspicious: suspicious(distance) }).collect()
    }
}

/// All metrics of one candidate. Where it has fewer samples than it should, as few are taken of the reference.
pub fn metrics(
    sides: &Sides,
    (drawn, seen): (&Drawn, &Seen),
    name: &str,
    setup: &Setup,
    watch: &dyn Watch,
) -> Vec<Found> {
    let (reference, rows) = (sides.reference, drawn.seeds.len());
    let all = reference.0.seeds.len();
    let places: Vec<usize> = (0..if rows < setup.n { rows.min(all) } else { all }).collect();
    let table = features(reference).pick(&places);
    let albums: [Album; 2] = [reference.0.pictures.pick(&places).album(), drawn.pictures.album()];
    let chances = reference.1.looked.probabilities.as_ref().map(|p| p.pick(&places));
    let candidate = &seen.looked;
    let question = Question {
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
        Some([known, held_out]) => Question { reference: known, held_out: Some(held_out), ..question },
        None => Question { ..question },
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
        Found { metric, answer: answer.unwrap_or(Err("was not taken".into())) }
    };
    metrics.into_iter().map(one).collect()
}

/// Every metric with the reason why there is none.
pub fn none(setup: &Setup, why: &str) -> Vec<Found> {
    let all = setup.metrics.0.iter().filter(|m| setup.metrics.1 || m.name != "memorisation");
    all.map(|&metric| Found { metric, answer: Err(why.into()) }).collect()
}

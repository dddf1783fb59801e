//! How well each score tells a set of unknown pictures from known ones.

use super::scores::{auroc, energy, least_probable, nearest, rejected};
use crate::Judge;
use crate::classifier::Observation;
use crate::verdict::EMBEDDING;

/// Neighbours of the nearest-neighbour score.
const NEIGHBOURS: usize = 10;
/// Share of known pictures that is kept.
pub const KEPT: f64 = 0.95;

/// One score on one set.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ScoreResult {
    /// The score.
    pub score: &'static str,
    /// Area under the receiver operating characteristic.
    pub auroc: f64,
    /// Share of unknown pictures that are rejected where [`KEPT`] of the known ones are kept.
    pub rejected: f64,
}

/// A score of pictures, the higher the less known.
type Score<'a> = (&'static str, Box<dyn Fn(&Observation) -> f64 + 'a>);

/// The scores that a judge has, those of the literature first. `bank`: embeddings of training pictures.
fn scores<'a>(judge: &'a Judge, bank: &'a [[f32; EMBEDDING]]) -> Vec<Score<'a>> {
    let temperature = judge.header.temperature;
    let mut all: Vec<Score> = vec![
        ("confidence", Box::new(move |o| least_probable(&o.logits, temperature))),
        ("energy", Box::new(|o| energy(&o.logits))),
        ("Mahalanobis", Box::new(|o| judge.header.doubt.distance(&o.embedding) as f64)),
        ("nearest neighbours", Box::new(|o| nearest(&o.embedding, bank, NEIGHBOURS))),
    ];
    if let Some(open_set) = judge.open_set() {
        all.push(("densities", Box::new(|o| open_set.score(&o.statistics, &o.logits))));
    }
    all
}

/// Every score of a judge on one set of unknown pictures.
pub fn results(
    judge: &Judge,
    bank: &[[f32; EMBEDDING]],
    known: &[Observation],
    unknown: &[Observation],
) -> Vec<ScoreResult> {
    let one = |(name, score): Score| {
        let of = |all: &[Observation]| all.iter().map(&score).collect::<Vec<f64>>();
        let (known, unknown) = (of(known), of(unknown));
        ScoreResult {
            score: name,
            auroc: auroc(&known, &unknown),
            rejected: rejected(&known, &unknown, KEPT),
        }
    };
    scores(judge, bank).into_iter().map(one).collect()
}

/// Share of pictures that the judge calls *unsure*.
pub fn unsure(judge: &Judge, pictures: &[Observation]) -> f64 {
    pictures.iter().filter(|o| judge.is_unsure(o)).count() as f64 / pictures.len().max(1) as f64
}

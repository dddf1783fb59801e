//! From a table of files and scores to a scorer that is measured on pictures held out.

use std::path::Path;

use super::correlation::{Correlation, pearson, spearman};
use super::head::{KIND, ScoreCard, ScoreHead, fingerprint};
use super::ridge::Ridge;
use crate::{Judge, JudgeError};
use data::reduce::resized;
use data::sample::shuffled;
use data::scores::{ScoreTable, ScoredPicture};
use world::rng::Rng;

/// How a scorer is learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreConfig {
    /// Share of the pictures that is held out to measure it.
    pub held: f64,
    /// Parts of the others in cross-validation.
    pub folds: usize,
    /// Random seed of both.
    pub seed: u64,
}

impl Default for ScoreConfig {
    fn default() -> Self {
        Self { held: 0.2, folds: 5, seed: 1 }
    }
}

/// Learns a scorer.
///
/// # Errors
/// There are too few pictures for the parts that are asked for, or all have one score.
pub fn learn(
    table: &ScoreTable,
    path: &Path,
    judge: &Judge,
    config: &ScoreConfig,
) -> Result<ScoreHead, JudgeError> {
    let wrong = |e: String| JudgeError::input(path, e);
    let embeddings = embeddings(&table.pictures, judge);
    let order = shuffled(embeddings.len(), Rng::new(config.seed).named("score"));
    let held = ((embeddings.len() as f64 * config.held).round() as usize).max(3);
    if embeddings.len() < held + 2 * config.folds {
        return Err(wrong(format!(
            "expected at least {} pictures with a score, found {}",
            held + 2 * config.folds,
            embeddings.len()
        )));
    }
    let part = |places: &[usize]| -> (Vec<&[f64]>, Vec<f64>) {
        places.iter().map(|i| (&embeddings[*i][..], table.pictures[*i].score)).unzip()
    };
    let ((rows, targets), (unseen, truth)) = (part(&order[held..]), part(&order[..held]));
    let least = targets.iter().copied().fold(f64::INFINITY, f64::min);
    let most = targets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if least == most {
        return Err(wrong(format!("expected different scores, found {least} for all pictures")));
    }
    let rng = Rng::new(config.seed).named("folds");
    let (ridge, errors) = Ridge::cross_validated(&rows, &targets, config.folds, rng).map_err(wrong)?;
    let said: Vec<f64> = unseen.iter().map(|row| ridge.predict(row)).collect();
    let mean = targets.iter().sum::<f64>() / targets.len() as f64;
    let root = |of: &dyn Fn(usize) -> f64| {
        let square = |i: usize| (of(i) - truth[i]) * (of(i) - truth[i]);
        ((0..held).map(square).sum::<f64>() / held as f64).sqrt()
    };
    let rng = Rng::new(config.seed).named("correlation");
    let card = ScoreCard {
        table: path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        about_judge: judge.header.about.clone(),
        pictures: [rows.len(), held],
        scores: [least, mean, most],
        cross_validation: errors,
        pearson: Correlation::of(&said, &truth, pearson, rng),
        spearman: Correlation::of(&said, &truth, spearman, rng),
        error: [root(&|i| said[i]), root(&|_| mean)],
        seed: config.seed,
    };
    Ok(ScoreHead {
        kind: KIND.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        judge: fingerprint(judge)?,
        card,
        ridge,
    })
}

/// The embedding of each picture.
fn embeddings(pictures: &[ScoredPicture], judge: &Judge) -> Vec<Vec<f64>> {
    let shape = &judge.header.architecture;
    let fitted = |p: &ScoredPicture| {
        let pixels = resized(&p.pixels, (p.side, 3), (shape.side, shape.channels));
        crate::augment::plain(&pixels)
    };
    let pictures: Vec<Vec<f32>> = pictures.iter().map(fitted).collect();
    let outputs = judge.classifier().pictures(&pictures);
    outputs.embeddings.iter().map(|e| e.iter().map(|v| f64::from(*v)).collect()).collect()
}

//! A scorer on disk: the regression, the judge whose embedding it reads, and how good it is.

use std::path::Path;

use super::correlation::Correlation;
use super::ridge::Ridge;
use crate::verdict::EMBEDDING;
use crate::{Judge, JudgeError};
use data::dataset;
use learn::net::weights::Weights;
use learn::store;
use world::frame::write_durable;
use world::limits;

/// A ridge regression on the embedding of a judge, as a JSON file.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ScoreHead {
    /// What this file is: [`KIND`].
    pub kind: String,
    /// Version of the program.
    pub version: String,
    /// Hash of the weights of the judge whose embedding it reads.
    pub judge: String,
    /// What it was learned from, and how good it is.
    pub card: ScoreCard,
    /// The regression.
    pub ridge: Ridge,
}

/// What a scorer was learned from, and how good it is.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ScoreCard {
    /// The table.
    pub table: String,
    /// The judge in a line.
    pub about_judge: String,
    /// Pictures that it was learned from, and held out.
    pub pictures: [usize; 2],
    /// Least, mean and greatest score of those learned from.
    pub scores: [f64; 3],
    /// Penalties with their mean squared errors in cross-validation.
    pub cross_validation: Vec<(f64, f64)>,
    /// Pearson's correlation of scores and predictions of pictures held out.
    pub pearson: Correlation,
    /// Spearman's.
    pub spearman: Correlation,
    /// Root of the mean squared error on pictures held out, and that of always saying the mean.
    pub error: [f64; 2],
    /// Random seed.
    pub seed: u64,
}

/// The kind of these files.
pub const KIND: &str = "untrained-score";

/// Hash of the weights of a judge's network.
///
/// # Errors
/// They cannot be serialised.
pub fn fingerprint(judge: &Judge) -> Result<String, JudgeError> {
    let mut network = Weights::default();
    let own = judge.weights().iter().filter(|(name, _)| !name.starts_with("seen."));
    own.for_each(|(name, array)| network.insert(name, array.clone()));
    let bytes = store::write(&network, None).map_err(|e| JudgeError::Failed(e.to_string()))?;
    Ok(format!("{:016x}", dataset::hash(&bytes)))
}

impl ScoreHead {
    /// Writes the file, atomically.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), JudgeError> {
        let text = serde_json::to_string_pretty(self).map_err(|e| JudgeError::Failed(e.to_string()))? + "\n";
        write_durable(path, text.as_bytes()).map_err(|e| JudgeError::Failed(e.to_string()))
    }

    /// A scorer from a file, for this judge.
    ///
    /// # Errors
    /// The file cannot be read, is no scorer, is damaged, or reads the embedding of another judge.
    pub fn load(path: &Path, judge: &Judge) -> Result<Self, JudgeError> {
        let text = limits::read_text(path).map_err(|e| JudgeError::io("read", path, e))?;
        let wrong = |e: String| JudgeError::input(path, e);
        let head: Self = serde_json::from_str(&text)
            .map_err(|e| wrong(format!("expected a file of `untrained score learn`: {e}")))?;
        head.check().map_err(wrong)?;
        match fingerprint(judge)? == head.judge {
            true => Ok(head),
            false => Err(wrong(format!(
                "it reads the embedding of another judge ({}); name that one (--model FILE)",
                head.card.about_judge
            ))),
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.kind != KIND {
            return Err(format!("kind: expected `{KIND}`, found `{}`", self.kind));
        }
        let Ridge { means, deviations, weights, intercept, .. } = &self.ridge;
        for (field, values) in [("means", means), ("deviations", deviations), ("weights", weights)] {
            limits::within(field, values.len(), EMBEDDING..=EMBEDDING)?;
            if let Some(v) = values.iter().chain([intercept]).find(|v| !v.is_finite()) {
                return Err(format!("{field}: expected finite numbers, found {v}"));
            }
        }
        Ok(())
    }

    /// The score of a picture with this embedding.
    pub fn score(&self, embedding: &[f32; EMBEDDING]) -> f64 {
        self.ridge.predict(&embedding.map(f64::from))
    }
}

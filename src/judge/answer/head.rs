//! The network on disk, with its answers, and how good it is.

use std::path::Path;

use safetensors::SafeTensors;

use super::encoder::{self, PICTURE};
use super::evaluation::Accuracy;
use super::network::{AnswerNetwork, Input};
use super::training::AnswerConfig;
use crate::calibration::softmax;
use crate::score::head::fingerprint;
use crate::{Judge, JudgeError};
use learn::store;
use world::frame::write_durable;
use world::limits;

/// A network that answers questions on pictures, beside the judge whose embedding it reads.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerHead {
    /// Everything but the weights.
    pub header: AnswerHeader,
    /// The network.
    pub network: AnswerNetwork,
}

/// Everything but the weights; in the file's header.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AnswerHeader {
    /// Version of the program.
    pub version: String,
    /// Hash of the weights of the judge.
    pub judge: String,
    /// The judge in a line.
    pub about_judge: String,
    /// Answers, the most frequent first.
    pub answers: Vec<String>,
    /// Mean and deviation of each number of a picture.
    pub means: Vec<f32>,
    /// See `means`.
    pub deviations: Vec<f32>,
    /// What it was trained on, and how good it is.
    pub card: AnswerCard,
}

/// What it was trained on, and how good it is on pictures held out.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AnswerCard {
    /// The file of questions.
    pub data: String,
    /// Training configuration.
    pub config: AnswerConfig,
    /// Questions to train on and held out.
    pub questions: [usize; 2],
    /// Their pictures.
    pub pictures: [usize; 2],
    /// Share of the questions held out with an answer that the network can give.
    pub answerable: f64,
    /// Accuracy of the network.
    pub accuracy: Accuracy,
    /// Accuracy of the same network trained without the picture.
    pub question_only: Accuracy,
    /// Accuracy of always giving the most frequent answer.
    pub most_frequent: Accuracy,
    /// What the picture adds: accuracy minus that without it, question by question.
    pub gain: Accuracy,
}

const KEY: &str = "untrained-answer";
/// Deviations below this are of a number that is constant.
const CONSTANT: f32 = 1e-6;

impl AnswerHead {
    /// Writes the file, atomically.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), JudgeError> {
        let text = serde_json::to_string(&self.header).map_err(|e| JudgeError::Failed(e.to_string()))?;
        let bytes = store::write(&self.network.weights(), Some((KEY, text)));
        let bytes = bytes.map_err(|e| JudgeError::Failed(e.to_string()))?;
        write_durable(path, &bytes).map_err(|e| JudgeError::Failed(e.to_string()))
    }

    /// From a file, for this judge.
    ///
    /// # Errors
    /// The file cannot be read, is none of these, is damaged, or reads the embedding of another judge.
    pub fn load(path: &Path, judge: &Judge) -> Result<Self, JudgeError> {
        let bytes = limits::read(path, limits::WEIGHTS).map_err(|e| JudgeError::io("read", path, e))?;
        let wrong = |e: String| JudgeError::input(path, e);
        let none = "expected a file of `untrained answer learn`";
        let header = store::metadata(&bytes, KEY).map_err(|e| wrong(format!("{none}: {e}")))?;
        let header = header.ok_or_else(|| wrong(format!("{none}, found other weights")))?;
        let header: AnswerHeader =
            serde_json::from_str(&header).map_err(|e| wrong(format!("damaged header: {e}")))?;
        header.check().map_err(|e| wrong(format!("damaged header: {e}")))?;
        if fingerprint(judge)? != header.judge {
            return Err(wrong(format!(
                "it reads the embedding of another judge ({}); name that one (--model FILE)",
                header.about_judge
            )));
        }
        let tensors = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
        let weights = store::read(&tensors).map_err(wrong)?;
        let network = AnswerNetwork::of(&weights, header.answers.len()).map_err(wrong)?;
        Ok(Self { header, network })
    }

    /// Answers with their probabilities, the most likely first, of a question on a picture (in the judge's size, 0..1).
    pub fn answer(&self, pixels: &[f32], question: &str, judge: &Judge) -> Vec<(&str, f32)> {
        let shape = &judge.header.architecture;
        let (_, embedding) = judge.classifier().forward(pixels, &mut judge.classifier().workspace());
        let numbers = encoder::picture(pixels, shape.side, shape.channels, &embedding);
        let input =
            Input { question: encoder::question(question), picture: self.header.standardised(&numbers) };
        let probabilities = softmax(&self.network.logits(&input), 1.0);
        let mut all: Vec<(&str, f32)> =
            self.header.answers.iter().map(String::as_str).zip(probabilities).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }
}

impl AnswerHeader {
    fn check(&self) -> Result<(), String> {
        limits::within("answers", self.answers.len(), 1..=limits::CLASSES)?;
        self.answers.iter().try_for_each(|a| limits::name("an answer", a))?;
        for (field, values) in [("means", &self.means), ("deviations", &self.deviations)] {
            limits::within(field, values.len(), PICTURE..=PICTURE)?;
            limits::finite(field, values)?;
        }
        Ok(())
    }

    /// Numbers of a picture, each with mean 0 and deviation 1.
    pub(super) fn standardised(&self, numbers: &[f32]) -> Vec<f32> {
        let one = |((v, m), d): ((&f32, &f32), &f32)| if *d > CONSTANT { (v - m) / d } else { 0.0 };
        numbers.iter().zip(&self.means).zip(&self.deviations).map(one).collect()
    }
}

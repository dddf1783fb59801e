//! Weights on disk, and looking at frames with them.

use std::path::Path;
use std::sync::Arc;

use safetensors::SafeTensors;

use super::JudgeError;
use super::backbone::{self, Workspace};
use super::calibration::{OodDetector, best, softmax};
use super::classifier::{Architecture, Classifier};
use super::novelty::NoveltyMemory;
use super::verdict::{Verdict, entropy};
use data::reduce::reduce;
use learn::net::weights::Weights;
use learn::store;
use world::frame::write_durable;
use world::limits;

/// Everything beside the weights that a verdict needs; stored in the file's own header.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct JudgeHeader {
    /// Shapes of the weights.
    pub architecture: Architecture,
    /// Whether it looks four ways: see [`Classifier::new`].
    #[serde(default)]
    pub mirrored: bool,
    /// Class names.
    pub classes: Vec<String>,
    /// Divides the logits.
    pub temperature: f64,
    /// When to be unsure.
    pub doubt: OodDetector,
    /// One line for people: data, accuracy.
    pub about: String,
}

impl JudgeHeader {
    /// Whether there can be such a judge; what a header says is believed only after this.
    ///
    /// # Errors
    /// What was expected of which field, and what was found.
    pub fn check(&self) -> Result<(), String> {
        self.architecture.check()?;
        let classes = self.architecture.classes;
        limits::within("names of classes", self.classes.len(), classes..=classes)?;
        self.classes.iter().try_for_each(|c| limits::name("a class", c))?;
        limits::within("temperature", self.temperature, 1e-3..=1e3)?;
        limits::within("bytes of `about`", self.about.len(), 0..=limits::HEADER)?;
        self.doubt.check(classes)
    }
}

const KEY: &str = "untrained-judge";

/// The judge that ships with the program.
const SHIPPED: &[u8] = include_bytes!("../../assets/judge.safetensors");

/// One line on the judge that ships with the program.
///
/// # Errors
/// It cannot be used.
pub fn shipped() -> Result<String, JudgeError> {
    Judge::shipped().map(|j| j.header.about)
}

/// A network with its memory of what it has seen.
pub struct Judge {
    /// What is known beside the weights.
    pub header: JudgeHeader,
    weights: Weights,
    classifier: Classifier,
    workspace: Workspace,
    classes: Arc<[String]>,
    memory: NoveltyMemory,
}

/// Ticks that novelty remembers (two minutes at 60 ticks a second), and between remembered frames.
const REMEMBER: (u64, u64) = (7200, 60);

impl Judge {
    /// The judge that ships with the program.
    ///
    /// # Errors
    /// As [`Self::from_bytes`].
    pub fn shipped() -> Result<Self, JudgeError> {
        Self::from_bytes(SHIPPED.to_vec(), Path::new("the shipped judge"))
    }

    /// A judge from a file.
    ///
    /// # Errors
    /// No such file, or no weights of a judge in it.
    pub fn load(path: &Path) -> Result<Self, JudgeError> {
        let bytes = limits::read(path, limits::WEIGHTS).map_err(|e| JudgeError::io("read", path, e))?;
        Self::from_bytes(bytes, path)
    }

    /// A judge from the bytes of a file.
    ///
    /// # Errors
    /// Not safetensors, another program's weights, or weights of another architecture.
    pub fn from_bytes(bytes: Vec<u8>, path: &Path) -> Result<Self, JudgeError> {
        let wrong = |m: String| JudgeError::input(path, m);
        let unreadable = |e: String| wrong(format!("expected the weights of a judge (safetensors): {e}"));
        let header = store::metadata(&bytes, KEY).map_err(unreadable)?.ok_or_else(|| {
            wrong("these safetensors hold no judge of this program; make one with `untrained train`".into())
        })?;
        let header: JudgeHeader =
            serde_json::from_str(&header).map_err(|e| wrong(format!("damaged header: {e}")))?;
        backbone::find(&header.architecture.backbone).map_err(wrong)?;
        header.check().map_err(|e| wrong(format!("damaged header: {e}")))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
        let weights = store::read(&tensors).map_err(wrong)?;
        Self::of(weights, header).map_err(wrong)
    }

    /// A judge from weights in memory.
    ///
    /// # Errors
    /// They are of another architecture than the header says.
    pub fn of(weights: Weights, header: JudgeHeader) -> Result<Self, String> {
        let shape = &header.architecture;
        let other = |e| format!("the weights are of another architecture than {shape:?}: {e}");
        let classifier = Classifier::new(&weights, shape, header.mirrored).map_err(other)?;
        let memory = NoveltyMemory::new(REMEMBER.0, REMEMBER.1, header.doubt.scale);
        let (workspace, classes) = (classifier.workspace(), header.classes.clone().into());
        Ok(Self { weights, classifier, workspace, classes, memory, header })
    }

    /// Writes weights and header as one file, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), JudgeError> {
        let text = serde_json::to_string(&self.header).map_err(|e| JudgeError::Failed(e.to_string()))?;
        let bytes = store::write(&self.weights, Some((KEY, text)));
        let bytes = bytes.map_err(|e| JudgeError::Failed(e.to_string()))?;
        write_durable(path, &bytes).map_err(|e| JudgeError::Failed(e.to_string()))
    }

    /// The weights of its network.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The network as it looks.
    pub fn classifier(&self) -> &Classifier {
        &self.classifier
    }

    /// Looks at an RGBA frame.
    pub fn look(&mut self, rgba: &[u8], width: usize, height: usize, tick: u64) -> Verdict {
        self.look_reduced(&reduce(rgba, width, height, 4), tick)
    }

    /// Looks at a picture of the judge's own size, channels last.
    pub fn look_reduced(&mut self, picture: &[u8], tick: u64) -> Verdict {
        let (logits, embedding) = self.classifier.look(&super::augment::plain(picture), &mut self.workspace);
        let probabilities = softmax(&logits, self.header.temperature);
        let confidence = probabilities[best(&probabilities)];
        Verdict {
            classes: self.classes.clone(),
            confidence,
            entropy: entropy(&probabilities),
            unsure: self.header.doubt.is_unsure(&embedding, confidence),
            novelty: self.memory.look(tick, &embedding),
            embedding,
            probabilities,
            tick,
        }
    }
}

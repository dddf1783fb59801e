//! Weights on disk, and the classification of frames with them.

use std::path::Path;
use std::sync::Arc;

use safetensors::SafeTensors;

use super::JudgeError;
use super::architecture::Architecture;
use super::backbone::{self, Workspace};
use super::calibration::{OodDetector, best, softmax};
use super::classifier::{Classifier, Observation};
use super::novelty::NoveltyMemory;
use super::open_set::{OpenSet, OpenSetHeader};
use super::verdict::{Verdict, entropy};
use data::reduce::reduce;
use learn::net::weights::Weights;
use learn::store;
use world::frame::write_durable;
use world::limits;

/// Everything besides the weights that a verdict needs; stored in the file's header.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct JudgeHeader {
    /// Shapes of the weights.
    pub architecture: Architecture,
    /// Whether outputs are averaged over mirrored views: see [`Classifier::new`].
    #[serde(default)]
    pub mirrored: bool,
    /// Class names.
    pub classes: Vec<String>,
    /// Divides the logits.
    pub temperature: f64,
    /// Out-of-distribution detector.
    pub doubt: OodDetector,
    /// Detector of pictures of no known class, which decides instead where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_set: Option<OpenSetHeader>,
    /// Summary in one line: data, accuracy.
    pub about: String,
}

impl JudgeHeader {
    /// Validates the fields; nothing in a header is trusted before this.
    ///
    /// # Errors
    /// The field, what was expected and what was found.
    pub fn check(&self) -> Result<(), String> {
        self.architecture.check()?;
        let classes = self.architecture.classes;
        limits::within("names of classes", self.classes.len(), classes..=classes)?;
        self.classes.iter().try_for_each(|c| limits::name("a class", c))?;
        limits::within("temperature", self.temperature, 1e-3..=1e3)?;
        limits::within("bytes of `about`", self.about.len(), 0..=limits::HEADER)?;
        self.open_set.iter().try_for_each(OpenSetHeader::check)?;
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

/// A network with its novelty memory.
pub struct Judge {
    /// Everything besides the weights.
    pub header: JudgeHeader,
    weights: Weights,
    classifier: Classifier,
    workspace: Workspace,
    open_set: Option<OpenSet>,
    classes: Arc<[String]>,
    memory: NoveltyMemory,
}

/// Span of the novelty memory in ticks (two minutes at 60 ticks a second), and ticks between remembered frames.
const MEMORY: (u64, u64) = (7200, 60);

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
    /// It cannot be read, or holds no judge.
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
            wrong("this safetensors file holds no judge; train one with `untrained train`".into())
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
    /// They do not match the architecture in the header.
    pub fn of(weights: Weights, header: JudgeHeader) -> Result<Self, String> {
        let shape = &header.architecture;
        let mismatch = |e| format!("the weights do not match the architecture {shape:?}: {e}");
        let classifier = Classifier::new(&weights, shape, header.mirrored).map_err(mismatch)?;
        let open_set = header.open_set.as_ref().map(|h| opened(h, &weights, &classifier)).transpose()?;
        let memory = NoveltyMemory::new(MEMORY.0, MEMORY.1, header.doubt.scale);
        let (workspace, classes) = (classifier.workspace(), header.classes.clone().into());
        Ok(Self { weights, classifier, workspace, open_set, classes, memory, header })
    }

    /// Writes weights and header to one file, atomically.
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

    /// The network at inference.
    pub fn classifier(&self) -> &Classifier {
        &self.classifier
    }

    /// Whether a picture is of no class that it knows.
    pub fn is_unsure(&self, seen: &Observation) -> bool {
        let probabilities = softmax(&seen.logits, self.header.temperature);
        let confidence = probabilities[best(&probabilities)];
        match &self.open_set {
            Some(open_set) => open_set.is_unsure(&seen.statistics, &seen.logits, confidence),
            None => self.header.doubt.is_unsure(&seen.embedding, confidence),
        }
    }

    /// Its detector of pictures of no known class.
    pub fn open_set(&self) -> Option<&OpenSet> {
        self.open_set.as_ref()
    }

    /// Classifies an RGBA frame.
    pub fn classify(&mut self, rgba: &[u8], width: usize, height: usize, tick: u64) -> Verdict {
        self.classify_reduced(&reduce(rgba, width, height, 4), tick)
    }

    /// Classifies a picture of the judge's own size, channels last.
    pub fn classify_reduced(&mut self, picture: &[u8], tick: u64) -> Verdict {
        let (logits, embedding) =
            self.classifier.forward(&super::augment::plain(picture), &mut self.workspace);
        let probabilities = softmax(&logits, self.header.temperature);
        let confidence = probabilities[best(&probabilities)];
        let unsure = match &self.open_set {
            Some(open_set) => {
                open_set.is_unsure(&self.classifier.statistics(&self.workspace), &logits, confidence)
            }
            None => self.header.doubt.is_unsure(&embedding, confidence),
        };
        Verdict {
            classes: self.classes.clone(),
            confidence,
            entropy: entropy(&probabilities),
            unsure,
            novelty: self.memory.observe(tick, &embedding),
            embedding,
            probabilities,
            tick,
        }
    }
}

fn opened(header: &OpenSetHeader, weights: &Weights, classifier: &Classifier) -> Result<OpenSet, String> {
    let count = classifier.statistics_count();
    limits::within("statistics", header.statistics, count..=count)?;
    OpenSet::open(header, weights)
}

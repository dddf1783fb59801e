//! A trained generator on disk: safetensors with a header that says everything beside the weights.

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::SafeTensors;

use super::net::weights::Weights;
use super::{ImageShape, LearnError, Model, methods, store};
use world::frame::write_durable;
use world::limits;

const KEY: &str = "untrained-generator";

/// What is known of a trained generator beside its weights; the model card.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelCard {
    /// Version of the program that trained it.
    pub version: String,
    /// Name of the data.
    pub data: String,
    /// Hash of the training pictures and labels, hexadecimal.
    pub data_hash: String,
    /// Training and validation pictures.
    pub pictures: [usize; 2],
    /// Pictures that training looked at, each as often as it was looked at.
    pub seen: u64,
    /// Epochs done, and the one whose weights were kept.
    pub epochs: [usize; 2],
    /// Validation loss of the epoch kept, if the method has one.
    pub validation_loss: Option<f64>,
    /// Seed of the training.
    pub seed: u64,
    /// Wall and processor seconds of training.
    pub seconds: [f64; 2],
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// Losses of every epoch by name, the validation loss last.
    pub history: Vec<BTreeMap<String, f64>>,
}

/// What decides how the weights are read.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelHeader {
    /// Name of the method.
    pub method: String,
    /// Shape of its pictures.
    pub channels: usize,
    /// Pixels a side.
    pub side: usize,
    /// Class names of the training pictures.
    pub classes: Vec<String>,
    /// Settings of the method by name.
    pub settings: BTreeMap<String, f64>,
    /// How it came about.
    pub card: ModelCard,
}

impl ModelHeader {
    /// Shape of the pictures.
    pub fn shape(&self) -> ImageShape {
        ImageShape { channels: self.channels, side: self.side }
    }

    /// Whether there can be such a generator; what a header says is believed only after this.
    ///
    /// # Errors
    /// What was expected of which field, and what was found.
    pub fn check(&self) -> Result<(), String> {
        if ![1, 3].contains(&self.channels) {
            return Err(format!("channels: expected 1 or 3, found {}", self.channels));
        }
        let side = limits::within("side", self.side, limits::MADE)?;
        let halved = if side < 48 { 4 } else { 8 };
        if !side.is_multiple_of(halved) {
            return Err(format!("side: expected a multiple of {halved}, found {side}"));
        }
        limits::within("classes", self.classes.len(), 1..=limits::CLASSES)?;
        self.classes.iter().try_for_each(|c| limits::name("a class", c))?;
        limits::name("method", &self.method)?;
        limits::within("settings", self.settings.len(), 0..=limits::CLASSES)?;
        match self.settings.iter().find(|(_, v)| !v.is_finite()) {
            Some((name, v)) => Err(format!("the setting `{name}`: expected a number, found {v}")),
            None => Ok(()),
        }
    }
}

/// A file of a trained generator.
#[derive(Clone, Debug)]
pub struct File {
    /// What is known beside the weights.
    pub header: ModelHeader,
    /// The weights.
    pub weights: Weights,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or holds no generator of this program.
    pub fn load(path: &Path) -> Result<Self, LearnError> {
        let bytes = limits::read(path, limits::WEIGHTS).map_err(|e| LearnError::io("read", path, e))?;
        Self::from_bytes(&bytes, path)
    }

    /// Reads the bytes of a file; `path` is named if something is wrong with them.
    ///
    /// # Errors
    /// Not safetensors, or another program's.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, LearnError> {
        let wrong = |m: String| LearnError::input(path, m);
        let unreadable = |e: safetensors::SafeTensorError| {
            wrong(format!("expected the weights of a generator (safetensors): {e}"))
        };
        let header = store::metadata(bytes, KEY)
            .map_err(|e| wrong(format!("expected the weights of a generator (safetensors): {e}")))?;
        let header = header.ok_or_else(|| {
            wrong(
                "these safetensors hold no generator of this program; make one with `untrained learn`".into(),
            )
        })?;
        let header: ModelHeader =
            serde_json::from_str(&header).map_err(|e| wrong(format!("damaged header: {e}")))?;
        header.check().map_err(|e| wrong(format!("damaged header: {e}")))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        Ok(Self { header, weights: store::read(&tensors).map_err(wrong)? })
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// Weights whose dimensions do not hold their values.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LearnError> {
        let failed =
            |e: &dyn std::fmt::Display| LearnError::Failed(format!("cannot write the generator: {e}"));
        let header = serde_json::to_string(&self.header).map_err(|e| failed(&e))?;
        store::write(&self.weights, Some((KEY, header))).map_err(|e| failed(&e))
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// The disk is full or the folder cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), LearnError> {
        write_durable(path, &self.to_bytes()?).map_err(|e| LearnError::Failed(e.to_string()))
    }

    /// The generator, ready to make pictures; `path` is named if the weights do not fit.
    ///
    /// # Errors
    /// A method this version does not know, or weights of another architecture.
    pub fn open(&self, path: &Path) -> Result<Box<dyn Model>, LearnError> {
        let opened = methods::find(&self.header.method).and_then(|m| (m.open)(&self.header, &self.weights));
        opened.map_err(|message| LearnError::input(path, message))
    }
}

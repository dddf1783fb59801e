//! A trained generator on disk: safetensors with a header that says everything beside the weights.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use super::net::weights::{Array, Weights};
use super::{LearnError, Model, Shape, methods};
use crate::world::frame::write_durable;

const KEY: &str = "untrained-generator";

/// What is known of a trained generator beside its weights; the model card.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Card {
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
pub struct Header {
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
    pub card: Card,
}

impl Header {
    /// Shape of the pictures.
    pub fn shape(&self) -> Shape {
        Shape { channels: self.channels, side: self.side }
    }
}

/// A file of a trained generator.
#[derive(Clone, Debug)]
pub struct File {
    /// What is known beside the weights.
    pub header: Header,
    /// The weights.
    pub weights: Weights,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or holds no generator of this program.
    pub fn load(path: &Path) -> Result<Self, LearnError> {
        let bytes = std::fs::read(path).map_err(|e| LearnError::io("read", path, e))?;
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
        let (_, meta) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let header = meta.metadata().as_ref().and_then(|m| m.get(KEY)).ok_or_else(|| {
            wrong(
                "these safetensors hold no generator of this program; make one with `untrained learn`".into(),
            )
        })?;
        let header: Header =
            serde_json::from_str(header).map_err(|e| wrong(format!("damaged header: {e}")))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        let mut weights = Weights::default();
        for (name, view) in tensors.iter() {
            let values = match view.dtype() {
                Dtype::F32 => bytemuck::pod_collect_to_vec(view.data()),
                other => return Err(wrong(format!("expected weights of f32, found {other:?} in `{name}`"))),
            };
            weights.insert(name, Array { dims: view.shape().to_vec(), values });
        }
        Ok(Self { header, weights })
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// Weights whose dimensions do not hold their values.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LearnError> {
        let failed =
            |e: &dyn std::fmt::Display| LearnError::Failed(format!("cannot write the generator: {e}"));
        let header = serde_json::to_string(&self.header).map_err(|e| failed(&e))?;
        let views: Result<Vec<_>, _> = self.weights.iter().map(|(n, a)| view(a).map(|v| (n, v))).collect();
        let meta = HashMap::from([(KEY.to_string(), header)]);
        safetensors::serialize(views.map_err(|e| failed(&e))?, Some(meta)).map_err(|e| failed(&e))
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
        let method = methods::find(&self.header.method).ok_or_else(|| {
            let known: Vec<&str> = methods::METHODS.iter().map(|m| m.name).collect();
            let message =
                format!("expected a method among {}, found `{}`", known.join(", "), self.header.method);
            LearnError::input(path, message)
        })?;
        (method.open)(&self.header, &self.weights).map_err(|message| LearnError::input(path, message))
    }
}

fn view(array: &Array) -> Result<TensorView<'_>, safetensors::SafeTensorError> {
    TensorView::new(Dtype::F32, array.dims.clone(), bytemuck::cast_slice(&array.values))
}

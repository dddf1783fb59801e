//! A trained generator on disk: safetensors with a header for everything besides the weights.

use std::path::Path;

use safetensors::SafeTensors;

use super::dynamics::{self, WorldModel};
use super::header::ModelHeader;
use super::net::weights::Weights;
use super::{LearnError, Model, methods, store};
use world::frame::write_durable;
use world::limits;

const KEY: &str = "untrained-generator";

/// A file of a trained generator.
#[derive(Clone, Debug)]
pub struct File {
    /// Everything besides the weights.
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

    /// Reads the bytes of a file; errors name `path`.
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
            wrong("this safetensors file holds no generator; train one with `untrained learn`".into())
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
    /// Weights whose dimensions do not match their values.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LearnError> {
        let failed =
            |e: &dyn std::fmt::Display| LearnError::Failed(format!("cannot write the generator: {e}"));
        let header = serde_json::to_string(&self.header).map_err(|e| failed(&e))?;
        store::write_compact(&self.weights, Some((KEY, header))).map_err(|e| failed(&e))
    }

    /// Writes the file, atomically.
    ///
    /// # Errors
    /// The disk is full or the folder cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), LearnError> {
        write_durable(path, &self.to_bytes()?).map_err(|e| LearnError::Failed(e.to_string()))
    }

    /// The generator, ready for inference; errors name `path`.
    ///
    /// # Errors
    /// A method unknown to this version, or weights of another architecture.
    pub fn open(&self, path: &Path) -> Result<Box<dyn Model>, LearnError> {
        if self.header.world.is_some() {
            let wrong = "expected a generator of pictures, found a learned world; the system `learned_world` plays it";
            return Err(LearnError::input(path, wrong));
        }
        let opened = methods::find(&self.header.method).and_then(|m| (m.open)(&self.header, &self.weights));
        opened.map_err(|message| LearnError::input(path, message))
    }

    /// The learned world, ready to run; errors name `path`.
    ///
    /// # Errors
    /// A generator of pictures, a method unknown to this version, or weights of another architecture.
    pub fn open_world(&self, path: &Path) -> Result<Box<dyn WorldModel>, LearnError> {
        if self.header.world.is_none() {
            let found =
                format!("expected a learned world, found a generator of pictures ({})", self.header.method);
            return Err(LearnError::input(path, found));
        }
        let opened =
            dynamics::methods::find(&self.header.method).and_then(|m| (m.open)(&self.header, &self.weights));
        opened.map_err(|message| LearnError::input(path, message))
    }
}

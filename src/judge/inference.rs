//! Weights on disk, and looking at frames with them.

use std::path::Path;
use std::sync::Arc;

use burn::module::Module;
use burn::store::{ModuleSnapshot, SafetensorsStore};
use burn::tensor::Device;
use safetensors::SafeTensors;

use super::JudgeError;
use super::calibration::{Doubt, best, softmax};
use super::model::{Architecture, Network};
use super::novelty::Memory;
use super::sight::{Outputs, Sight};
use super::verdict::{Verdict, entropy};
use crate::data::reduce::reduce;
use crate::world::frame::write_durable;

/// Everything beside the weights that a verdict needs; stored in the file's own header.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Header {
    /// Shapes of the weights.
    pub architecture: Architecture,
    /// Whether it looks four ways: see [`Sight::mirrored`].
    #[serde(default)]
    pub mirrored: bool,
    /// Class names.
    pub classes: Vec<String>,
    /// Divides the logits.
    pub temperature: f64,
    /// When to be unsure.
    pub doubt: Doubt,
    /// One line for people: data, accuracy.
    pub about: String,
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
    pub header: Header,
    network: Network,
    classes: Arc<[String]>,
    memory: Memory,
    pool: rayon::ThreadPool,
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
        let bytes = std::fs::read(path).map_err(|e| JudgeError::io("read", path, e))?;
        Self::from_bytes(bytes, path)
    }

    /// A judge from the bytes of a file.
    ///
    /// # Errors
    /// Not safetensors, another program's weights, or weights of another architecture.
    pub fn from_bytes(bytes: Vec<u8>, path: &Path) -> Result<Self, JudgeError> {
        let wrong = |m: String| JudgeError::input(path, m);
        let (_, meta) = SafeTensors::read_metadata(&bytes)
            .map_err(|e| wrong(format!("expected the weights of a judge (safetensors): {e}")))?;
        let header = meta.metadata().as_ref().and_then(|m| m.get(KEY)).ok_or_else(|| {
            wrong("these safetensors hold no judge of this program; make one with `untrained train`".into())
        })?;
        let header: Header =
            serde_json::from_str(header).map_err(|e| wrong(format!("damaged header: {e}")))?;
        let mut network = Network::new(&header.architecture, &Device::flex());
        let mut store = SafetensorsStore::from_bytes(Some(bytes));
        let other = || format!("the weights are of another architecture than {:?}", header.architecture);
        match network.load_from(&mut store) {
            Ok(result) if result.errors.is_empty() && result.missing.is_empty() => {}
            Ok(result) => {
                let first = result.missing.first().map(|m| format!("{m:?}")).unwrap_or_default();
                return Err(wrong(format!("{} (missing {first})", other())));
            }
            Err(e) => return Err(wrong(format!("{}: {e}", other()))),
        }
        Self::of(network, header)
    }

    /// A judge from a network in memory.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn of(network: Network, header: Header) -> Result<Self, JudgeError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "judge".into()).build();
        let pool = pool.map_err(|e| JudgeError::Failed(e.to_string()))?;
        let memory = Memory::new(REMEMBER.0, REMEMBER.1, header.doubt.scale);
        Ok(Self { network, classes: header.classes.clone().into(), memory, header, pool })
    }

    /// Writes weights and header as one file, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), JudgeError> {
        let text = serde_json::to_string(&self.header).map_err(|e| JudgeError::Failed(e.to_string()))?;
        let mut store = SafetensorsStore::from_bytes(None);
        self.network.save_into(&mut store).map_err(|e| JudgeError::Failed(e.to_string()))?;
        let bytes = store.get_bytes().map_err(|e| JudgeError::Failed(e.to_string()))?;
        // The store puts entries of its own into the header, in an order that changes from run to run.
        let meta = std::collections::HashMap::from([(KEY.to_string(), text)]);
        let file = SafeTensors::deserialize(&bytes).map_err(|e| JudgeError::Failed(e.to_string()))?;
        let bytes = safetensors::serialize(file.iter(), Some(meta));
        let bytes = bytes.map_err(|e| JudgeError::Failed(e.to_string()))?;
        write_durable(path, &bytes).map_err(|e| JudgeError::Failed(e.to_string()))
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Looks at an RGBA frame.
    pub fn look(&mut self, rgba: &[u8], width: usize, height: usize, tick: u64) -> Verdict {
        self.look_reduced(&reduce(rgba, width, height, 4), tick)
    }

    /// Looks at a picture of the judge's own size, channels last.
    pub fn look_reduced(&mut self, picture: &[u8], tick: u64) -> Verdict {
        let Header { architecture: shape, mirrored, .. } = &self.header;
        let sight = Sight { network: &self.network, shape, mirrored: *mirrored };
        let floats = super::augment::plain(picture);
        let Outputs { logits, embeddings } = self.pool.install(|| sight.pictures(&[floats]));
        let probabilities = softmax(&logits[0], self.header.temperature);
        let confidence = probabilities[best(&probabilities)];
        Verdict {
            classes: self.classes.clone(),
            confidence,
            entropy: entropy(&probabilities),
            unsure: self.header.doubt.is_unsure(&embeddings[0], confidence),
            novelty: self.memory.look(tick, &embeddings[0]),
            embedding: embeddings[0],
            probabilities,
            tick,
        }
    }
}

/// How many weights a network has.
pub fn weights(network: &Network) -> usize {
    network.num_params()
}

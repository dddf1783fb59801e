//! Training in the middle: everything the next step depends on, in one file beside the weights, so that a training
//! that was interrupted goes on as if it never had been.

#![expect(clippy::disallowed_types, reason = "safetensors asks for a map; there is one key")]

use std::path::{Path, PathBuf};

use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::{Bytes, Device};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use super::JudgeError;
use super::model::{Architecture, Network, fresh};
use super::training::{Epoch, TrainingConfig};
use learn::store::metadata;
use world::frame::write_durable;
use world::limits;

/// What a training is, apart from how far it has come. Only the same task can be gone on with step by step.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Task {
    /// Version of the program: another may vary pictures in another way.
    pub version: String,
    /// Hash of the training pictures.
    pub data_hash: u64,
    /// Class names.
    pub classes: Vec<String>,
    /// Shapes of the weights.
    pub architecture: Architecture,
    /// How to train.
    pub plan: TrainingConfig,
    /// Fraction held for validation.
    pub validation: f64,
    /// Whether it began with the weights of a judge.
    pub learns_on: bool,
}

impl Task {
    fn sizes(&self) -> [usize; 3] {
        let Architecture { channels, side, classes, .. } = self.architecture;
        [channels, side, classes]
    }

    /// What differs from another task, in words; nothing if they are the same.
    pub fn differs(&self, other: &Self) -> Option<String> {
        let (a, b) = (&self.plan, &other.plan);
        let parts = [
            ("the program's version", self.version != other.version),
            ("the pictures", self.data_hash != other.data_hash || self.sizes() != other.sizes()),
            ("the classes", self.classes != other.classes),
            ("--backbone", self.architecture.backbone != other.architecture.backbone),
            ("--epochs", a.epochs != b.epochs),
            ("--batch", a.batch != b.batch),
            ("--lr", a.rate != b.rate),
            ("--decay", a.decay != b.decay),
            ("--smoothing", a.smoothing != b.smoothing),
            ("--strangers", a.strangers != b.strangers),
            ("--patience", a.patience != b.patience),
            ("--seed", a.seed != b.seed),
            ("--val", self.validation != other.validation),
        ];
        let names: Vec<&str> = parts.iter().filter(|p| p.1).map(|p| p.0).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// How far a training has come.
pub struct Progress {
    /// Steps done, of all epochs.
    pub step: usize,
    /// Sum of the losses of this epoch's steps.
    pub sum: f64,
    /// Every finished epoch.
    pub history: Vec<Epoch>,
    /// The weights.
    pub network: Box<dyn Network>,
    /// The weights of the best finished epoch.
    pub best: Option<Box<dyn Network>>,
    /// Moments of AdamW.
    pub optimizer: ModuleOptimizer,
}

/// What stands in the file's header.
#[derive(serde::Serialize, serde::Deserialize)]
struct CheckpointHeader {
    task: Task,
    step: usize,
    /// Bits of the sum, so that no digit is lost.
    sum: u64,
    history: Vec<Epoch>,
}

const KEY: &str = "untrained-training";

impl Progress {
    /// A training that is about to begin.
    pub fn new(network: Box<dyn Network>, plan: &TrainingConfig) -> Self {
        let optimizer = AdamWConfig::new().with_weight_decay(plan.decay as f32).init();
        Self { step: 0, sum: 0.0, history: Vec::new(), network, best: None, optimizer }
    }

    /// Least validation loss so far.
    pub fn least(&self) -> f64 {
        self.history.iter().map(|h| h.validation_loss).fold(f64::INFINITY, f64::min)
    }

    /// Whether so many epochs have gone by without a better one.
    pub fn is_exhausted(&self, patience: usize) -> bool {
        let least = self.least();
        let since = self.history.iter().rev().take_while(|h| h.validation_loss > least).count();
        !self.history.is_empty() && since >= patience
    }

    /// Where the progress of a training with these weights lies: `judge.training` beside `judge.safetensors`.
    pub fn beside(weights: &Path) -> PathBuf {
        weights.with_extension("training")
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// The disk is full or the folder cannot be written.
    pub fn save(&self, path: &Path, task: &Task) -> Result<(), JudgeError> {
        let failed = |e: String| JudgeError::Failed(format!("cannot keep the training: {e}"));
        let mut parts = vec![("network", self.network.record().map_err(failed)?)];
        if let Some(best) = &self.best {
            parts.push(("best", best.record().map_err(failed)?));
        }
        let moments = self.optimizer.into_bytes().map_err(|e| failed(e.to_string()))?;
        parts.push(("optimizer", moments.to_vec()));
        let header = CheckpointHeader {
            task: task.clone(),
            step: self.step,
            sum: self.sum.to_bits(),
            history: self.history.clone(),
        };
        let text = serde_json::to_string(&header).map_err(|e| failed(e.to_string()))?;
        let views: Result<Vec<_>, _> = parts
            .iter()
            .map(|(name, bytes)| TensorView::new(Dtype::U8, vec![bytes.len()], bytes).map(|v| (*name, v)))
            .collect();
        let views = views.map_err(|e| failed(e.to_string()))?;
        let meta = std::collections::HashMap::from([(KEY.to_string(), text)]);
        let bytes = serialize(views, Some(meta)).map_err(|e| failed(e.to_string()))?;
        write_durable(path, &bytes).map_err(|e| JudgeError::Failed(e.to_string()))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, is cut off, or holds something else.
    pub fn load(path: &Path) -> Result<(Task, Self), JudgeError> {
        let bytes = limits::read(path, limits::WEIGHTS).map_err(|e| JudgeError::io("read", path, e))?;
        let wrong = |e: String| JudgeError::input(path, format!("expected an interrupted training: {e}"));
        let text = metadata(&bytes, KEY).map_err(wrong)?;
        let text = text.ok_or_else(|| wrong(format!("there is no `{KEY}` in it")))?;
        let header: CheckpointHeader = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        header.task.architecture.check().map_err(wrong)?;
        let file = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
        let part = |name: &str| file.tensor(name).map(|t| t.data().to_vec());
        let network = |name: &str| {
            let bytes = part(name).map_err(|e| e.to_string());
            let empty = fresh(&header.task.architecture, &Device::flex());
            bytes.and_then(|b| empty?.recorded(b)).map_err(wrong)
        };
        let best = part("best").is_ok().then(|| network("best")).transpose()?;
        let mut progress = Self::new(network("network")?, &header.task.plan);
        let moments = part("optimizer").map_err(|e| wrong(e.to_string()))?;
        let moments = progress.optimizer.from_bytes(Bytes::from_bytes_vec(moments));
        progress.optimizer = moments.map_err(|e| wrong(e.to_string()))?;
        (progress.step, progress.sum) = (header.step, f64::from_bits(header.sum));
        (progress.best, progress.history) = (best, header.history);
        Ok((header.task, progress))
    }
}

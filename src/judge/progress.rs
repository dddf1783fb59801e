//! Checkpoint of a training: everything the next step depends on, in one file next to the weights, so that an
//! interrupted training resumes as if it never had been.

#![expect(clippy::disallowed_types, reason = "safetensors takes a map; it has one key")]

use std::path::{Path, PathBuf};

use burn::optim::ModuleOptimizer;
use burn::tensor::{Bytes, Device};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use super::JudgeError;
use super::architecture::Architecture;
use super::fresh::fresh;
use super::network::Network;
use super::training_config::TrainingConfig;
use learn::store::metadata;
use world::frame::write_durable;
use world::limits;

/// Results of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Mean training loss.
    pub loss: f64,
    /// Validation loss.
    pub validation_loss: f64,
    /// Validation accuracy, 0..1.
    pub accuracy: f64,
}

/// What is trained on what, and how. A checkpoint resumes only the same task.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Task {
    /// Version of the program: another may augment pictures differently.
    pub version: String,
    /// Hash of the training pictures.
    pub data_hash: u64,
    /// Class names.
    pub classes: Vec<String>,
    /// Shapes of the weights.
    pub architecture: Architecture,
    /// Training configuration.
    pub plan: TrainingConfig,
    /// Fraction held out for validation.
    pub validation: f64,
    /// Whether it fine-tunes a judge.
    pub learns_on: bool,
}

impl Task {
    fn sizes(&self) -> [usize; 3] {
        let Architecture { channels, side, classes, .. } = self.architecture;
        [channels, side, classes]
    }

    /// What differs from another task, as text; `None` if they are the same.
    pub fn differs(&self, other: &Self) -> Option<String> {
        let (a, b) = (&self.plan, &other.plan);
        let (layers, others) = (self.architecture.layers, other.architecture.layers);
        let parts = [
            ("the program's version", self.version != other.version),
            ("the pictures", self.data_hash != other.data_hash || self.sizes() != other.sizes()),
            ("the classes", self.classes != other.classes),
            ("--backbone", self.architecture.backbone != other.architecture.backbone),
            ("--pooling", layers.pooling != others.pooling),
            ("--norm", layers.norm != others.norm),
            ("--activation", layers.activation != others.activation),
            ("--global", layers.global != others.global),
            ("--epochs", a.epochs != b.epochs),
            ("--batch", a.batch != b.batch),
            ("--optimiser", a.optimiser != b.optimiser),
            ("--lr", a.rate != b.rate),
            ("--decay", a.decay != b.decay),
            ("--l1", a.l1 != b.l1),
            ("--l2", a.l2 != b.l2),
            ("--dropout", a.dropout != b.dropout),
            ("--smoothing", a.smoothing != b.smoothing),
            ("--strangers", a.strangers != b.strangers),
            ("--patience", a.patience != b.patience),
            ("--seed", a.seed != b.seed),
            ("--augment", a.augment != b.augment),
            ("--val", self.validation != other.validation),
        ];
        let names: Vec<&str> = parts.iter().filter(|p| p.1).map(|p| p.0).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// State of a training.
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
    /// The optimiser with its moments.
    pub optimizer: ModuleOptimizer,
}

/// Header of the file.
#[derive(serde::Serialize, serde::Deserialize)]
struct CheckpointHeader {
    task: Task,
    step: usize,
    /// Bits of the sum, so that it is exact.
    sum: u64,
    history: Vec<Epoch>,
}

const KEY: &str = "untrained-training";

impl Progress {
    /// A training before its first step.
    ///
    /// # Errors
    /// The plan cannot be trained by: see [`TrainingConfig::check`].
    pub fn new(mut network: Box<dyn Network>, plan: &TrainingConfig) -> Result<Self, String> {
        plan.check()?;
        network.set_dropout(plan.dropout);
        let optimizer = plan.optimiser()?.init(plan.decay);
        Ok(Self { step: 0, sum: 0.0, history: Vec::new(), network, best: None, optimizer })
    }

    /// Lowest validation loss so far.
    pub fn lowest_loss(&self) -> f64 {
        self.history.iter().map(|h| h.validation_loss).fold(f64::INFINITY, f64::min)
    }

    /// Whether `patience` epochs have passed without improvement.
    pub fn is_exhausted(&self, patience: usize) -> bool {
        let lowest = self.lowest_loss();
        let since = self.history.iter().rev().take_while(|h| h.validation_loss > lowest).count();
        !self.history.is_empty() && since >= patience
    }

    /// Path of the checkpoint of these weights: `judge.training` next to `judge.safetensors`.
    pub fn beside(weights: &Path) -> PathBuf {
        weights.with_extension("training")
    }

    /// Writes the file, atomically.
    ///
    /// # Errors
    /// The disk is full or the folder cannot be written.
    pub fn save(&self, path: &Path, task: &Task) -> Result<(), JudgeError> {
        let failed = |e: String| JudgeError::Failed(format!("cannot save the checkpoint: {e}"));
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
    /// It cannot be read, is truncated, or holds something else.
    pub fn load(path: &Path) -> Result<(Task, Self), JudgeError> {
        let bytes = limits::read(path, limits::WEIGHTS).map_err(|e| JudgeError::io("read", path, e))?;
        let wrong = |e: String| JudgeError::input(path, format!("expected a training checkpoint: {e}"));
        let text = metadata(&bytes, KEY).map_err(wrong)?;
        let text = text.ok_or_else(|| wrong(format!("there is no `{KEY}` in it")))?;
        let header: CheckpointHeader = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        header.task.architecture.check().map_err(wrong)?;
        let file = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
        let part = |name: &str| file.tensor(name).map(|t| t.data().to_vec());
        let network = |name: &str| {
            let bytes = part(name).map_err(|e| e.to_string());
            let empty = fresh(&header.task.architecture, &Device::flex());
            bytes.and_then(|b| empty?.restored(b)).map_err(wrong)
        };
        let best = part("best").is_ok().then(|| network("best")).transpose()?;
        let mut progress = Self::new(network("network")?, &header.task.plan).map_err(wrong)?;
        let moments = part("optimizer").map_err(|e| wrong(e.to_string()))?;
        let moments = progress.optimizer.from_bytes(Bytes::from_bytes_vec(moments));
        progress.optimizer = moments.map_err(|e| wrong(e.to_string()))?;
        (progress.step, progress.sum) = (header.step, f64::from_bits(header.sum));
        (progress.best, progress.history) = (best, header.history);
        Ok((header.task, progress))
    }
}

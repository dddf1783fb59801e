//! Checkpoint of a training, in one file next to the weights: `digits.training` next to `digits.safetensors`.

#![expect(clippy::disallowed_types, reason = "safetensors takes a map; it has one key")]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use super::LearnError;
use super::file::File;
use super::header::{ModelCard, ModelHeader};
use super::store::metadata;
use super::training::{Progress, TrainingConfig, TrainingRun};
use world::frame::write_durable;
use world::limits;

const KEY: &str = "untrained-learning";

/// What is trained on what, and how. A checkpoint resumes only the same task.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Task {
    /// Version of the program.
    pub version: String,
    /// Method, shape, classes and settings; the card is empty.
    pub header: ModelHeader,
    /// Hash of the training pictures and labels.
    pub data_hash: u64,
    /// Training configuration.
    pub plan: TrainingConfig,
}

/// What is to be said of a training that has ended, besides its progress.
pub struct Trained {
    /// Name of the data.
    pub data: String,
    /// Training and validation pictures.
    pub pictures: [usize; 2],
    /// Training pictures processed, repeats included.
    pub seen: u64,
    /// Processor seconds.
    pub cpu: f64,
    /// Whether it was interrupted.
    pub interrupted: bool,
}

impl Task {
    /// The header of what was trained, with its card.
    pub fn header_of(&self, progress: Progress, run: Trained) -> ModelHeader {
        let kept = progress.best.checked_sub(1).and_then(|i| progress.history.get(i));
        let card = ModelCard {
            version: self.version.clone(),
            data: run.data,
            data_hash: format!("{:016x}", self.data_hash),
            pictures: run.pictures,
            seen: run.seen,
            epochs: [progress.history.len(), progress.best],
            validation_loss: kept.and_then(|h| h.get("validation").copied()),
            seed: self.plan.seed,
            seconds: [progress.seconds, run.cpu],
            interrupted: run.interrupted,
            history: progress.history,
        };
        ModelHeader { card, ..self.header.clone() }
    }

    /// What differs from another task, as text; `None` if they are the same.
    pub fn differs(&self, other: &Self) -> Option<String> {
        let (a, b) = (&self.plan, &other.plan);
        let (h, g) = (&self.header, &other.header);
        let parts = [
            ("the program's version", self.version != other.version),
            ("the method", h.method != g.method),
            ("the pictures", self.data_hash != other.data_hash || h.shape() != g.shape()),
            ("the settings", h.settings != g.settings),
            ("--epochs", a.epochs != b.epochs),
            ("--batch", a.batch != b.batch),
            ("--lr", a.rate != b.rate),
            ("--clip", a.clip != b.clip),
            ("--patience", a.patience != b.patience),
            ("--val", a.validation != b.validation),
            ("--seed", a.seed != b.seed),
        ];
        let names: Vec<&str> = parts.iter().filter(|p| p.1).map(|p| p.0).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// Header of the file.
#[derive(serde::Serialize, serde::Deserialize)]
struct CheckpointHeader {
    task: Task,
    progress: Progress,
}

/// Path of the checkpoint of these weights.
pub fn beside(weights: &Path) -> PathBuf {
    weights.with_extension("training")
}

/// Writes the file, atomically.
///
/// # Errors
/// The disk is full or the folder cannot be written.
pub fn save(path: &Path, task: &Task, training: &TrainingRun) -> Result<(), LearnError> {
    let failed = |e: String| LearnError::Failed(format!("cannot save the checkpoint: {e}"));
    let mut parts = training.trainer.state()?;
    if let Some(best) = &training.best {
        let file = File { header: task.header.clone(), weights: best.clone() };
        parts.push(("best".into(), file.to_bytes()?));
    }
    let head = CheckpointHeader { task: task.clone(), progress: training.progress.clone() };
    let text = serde_json::to_string(&head).map_err(|e| failed(e.to_string()))?;
    let views: Result<Vec<_>, _> = parts
        .iter()
        .map(|(name, bytes)| TensorView::new(Dtype::U8, vec![bytes.len()], bytes).map(|v| (name, v)))
        .collect();
    let views = views.map_err(|e| failed(e.to_string()))?;
    let bytes = serialize(views, Some(HashMap::from([(KEY.to_string(), text)])));
    write_durable(path, &bytes.map_err(|e| failed(e.to_string()))?).map_err(|e| failed(e.to_string()))
}

/// The checkpoint of an interrupted training.
pub struct Interrupted {
    /// Its task.
    pub task: Task,
    progress: Progress,
    state: BTreeMap<String, Vec<u8>>,
}

impl Interrupted {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, is truncated, or holds something else.
    pub fn load(path: &Path) -> Result<Self, LearnError> {
        let bytes = limits::read(path, limits::WEIGHTS).map_err(|e| LearnError::io("read", path, e))?;
        let wrong = |e: String| LearnError::input(path, format!("expected a training checkpoint: {e}"));
        let text = metadata(&bytes, KEY).map_err(wrong)?;
        let text = text.ok_or_else(|| wrong(format!("there is no `{KEY}` in it")))?;
        let CheckpointHeader { task, progress } =
            serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        task.header.check().map_err(wrong)?;
        let file = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
        let state = file.iter().map(|(n, v)| (n.to_string(), v.data().to_vec())).collect();
        Ok(Self { task, progress, state })
    }

    /// Restores the training; errors name `path`.
    ///
    /// # Errors
    /// A part is missing or damaged.
    pub fn into_training(self, training: &mut TrainingRun, path: &Path) -> Result<(), LearnError> {
        training.trainer.restore(&self.state)?;
        let best = self.state.get("best").map(|b| File::from_bytes(b, path)).transpose()?;
        (training.progress, training.best) = (self.progress, best.map(|f| f.weights));
        Ok(())
    }
}

//! From trajectories to a learned world with its model card: split by world, train, keep the last epoch.

use std::collections::BTreeMap;
use std::path::Path;

use super::method::{DynamicsMethod, WorldTrainingInputs};
use super::trajectories::Trajectories;
use crate::LearnError;
use crate::checkpoint::{Interrupted, Task, Trained};
use crate::file::File;
use crate::header::{ModelCard, ModelHeader};
use crate::pipeline::{EndedTraining, processor_seconds, run};
use crate::training::{TrainingCallback, TrainingConfig};
use ::data::sample::Samples;

/// The task of training a method on these worlds.
pub fn task(
    method: &DynamicsMethod,
    data: &Trajectories,
    settings: BTreeMap<String, f64>,
    plan: TrainingConfig,
) -> Task {
    let header = ModelHeader {
        method: method.name.into(),
        channels: data.spec.state.len(),
        side: data.spec.width.max(data.spec.height),
        classes: Vec::new(),
        settings,
        card: ModelCard::default(),
        world: Some(data.spec.clone()),
    };
    Task { version: env!("CARGO_PKG_VERSION").into(), header, data_hash: data.hash(), plan }
}

/// Trains a learned world, from the checkpoint `from` if there is one; `None` if it is interrupted before the first
/// epoch ends.
///
/// # Errors
/// Worlds that the method cannot be trained on, a loss that is not finite, a checkpoint that does not fit, or `watch`
/// cannot save a checkpoint.
pub fn train_world(
    method: &DynamicsMethod,
    data: Trajectories,
    task: &Task,
    from: Option<(Interrupted, &Path)>,
    stop: &dyn Fn() -> bool,
    watch: &mut dyn TrainingCallback,
) -> Result<Option<File>, LearnError> {
    let cpu = processor_seconds();
    let name = data.spec.scene.clone();
    let failed =
        |e: String| LearnError::input(Path::new(&name), format!("cannot train {}: {e}", method.name));
    data.check().map_err(failed)?;
    let begin = method.trainer().map_err(failed)?;
    let (data, held) = data.split(task.plan.validation);
    let pictures = [data.frames(), held.frames()];
    let inputs = WorldTrainingInputs { data, held, settings: &task.header.settings, plan: &task.plan };
    let trainer = begin(inputs).map_err(failed)?;
    let none = Samples::empty(1, 1, Vec::new());
    let Some(ended) = run(trainer, [&none, &none], &task.plan, from, stop, watch)? else { return Ok(None) };
    let EndedTraining { trainer, progress, weights, interrupted } = ended;
    let trained = Trained {
        data: name,
        pictures,
        seen: trainer
            .seen([progress.step, trainer.rounds().unwrap_or(1) * task.plan.epochs], task.plan.batch),
        cpu: processor_seconds() - cpu,
        interrupted,
    };
    Ok(Some(File { header: task.header_of(progress, trained), weights }))
}

//! From frames with masks to a network with its model card: split by world, train, keep the best epoch.

use std::collections::BTreeMap;
use std::path::Path;

use data::masked::MaskedSet;
use data::reduce::SIDE;
use data::sample::Samples;

use super::frames::{classes, indexed, split};
use super::training::{PixelInputs, trainer};
use super::{Settings, Task};
use crate::LearnError;
use crate::checkpoint::{self, Interrupted, Trained};
use crate::file::File;
use crate::header::{ModelCard, ModelHeader};
use crate::method;
use crate::pipeline::{processor_seconds, run};
use crate::training::{TrainingCallback, TrainingConfig};

/// The task of training such a network on a set.
///
/// # Errors
/// There is nothing to tell apart, or nothing to find.
pub fn task(
    task: Task,
    set: &MaskedSet,
    settings: BTreeMap<String, f64>,
    plan: TrainingConfig,
) -> Result<checkpoint::Task, LearnError> {
    let classes = classes(task, set);
    let least = if task == Task::Segment { 2 } else { 1 };
    if classes.len() < least {
        let what = if task == Task::Segment { "pixels of two processes or more" } else { "boxes of bodies" };
        let message = format!("expected {what} in the training frames, found {}", classes.len());
        return Err(LearnError::input(Path::new(&set.name), message));
    }
    let header = ModelHeader {
        method: task.name().into(),
        channels: 3,
        side: SIDE,
        classes,
        settings,
        card: ModelCard::default(),
        world: None,
    };
    let version = env!("CARGO_PKG_VERSION").into();
    Ok(checkpoint::Task { version, header, data_hash: set.hash(), plan })
}

/// Trains, from the checkpoint `from` if there is one; `None` if it is interrupted before the first epoch ends.
///
/// # Errors
/// Frames that cannot be learned from, a loss that is not finite, a checkpoint that does not fit, or `watch` cannot save a
/// checkpoint.
pub fn train_pixelwise(
    task: Task,
    set: &MaskedSet,
    work: &checkpoint::Task,
    from: Option<(Interrupted, &Path)>,
    stop: &dyn Fn() -> bool,
    watch: &mut dyn TrainingCallback,
) -> Result<Option<File>, LearnError> {
    let cpu = processor_seconds();
    let wrong = |e: String| LearnError::input(Path::new(&set.name), format!("cannot train: {e}"));
    let classes = &work.header.classes;
    // Detection does not look at masks; their classes are all that the set has.
    let known = if task == Task::Segment { classes } else { &set.classes };
    let frames = indexed(&set.train, &set.classes, known).map_err(wrong)?;
    let frames = split(frames, work.plan.validation, work.plan.seed);
    let pictures = [frames[0].len(), frames[1].len()];
    let settings: Settings = method::settings(&work.header.settings);
    let inputs = PixelInputs { task, classes, frames, settings, plan: work.plan };
    let trainer = trainer(inputs).map_err(wrong)?;
    let none = Samples::empty(3, SIDE, Vec::new());
    let Some(ended) = run(trainer, [&none, &none], &work.plan, from, stop, watch)? else { return Ok(None) };
    let trained = Trained {
        data: set.name.clone(),
        pictures,
        seen: (ended.progress.step * work.plan.batch) as u64,
        cpu: processor_seconds() - cpu,
        interrupted: ended.interrupted,
    };
    Ok(Some(File { header: work.header_of(ended.progress, trained), weights: ended.weights }))
}

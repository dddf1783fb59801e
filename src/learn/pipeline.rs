//! From pictures to a generator with its model card: split, train, keep the best epoch.

use std::collections::BTreeMap;
use std::path::Path;

use super::LearnError;
use super::checkpoint::{Interrupted, Task, Trained};
use super::data::TrainingImages;
use super::file::File;
use super::header::{ModelCard, ModelHeader};
use super::method::Method;
use super::net::weights::Weights;
use super::training::{
    Progress, Trainer, TrainingCallback, TrainingConfig, TrainingInputs, TrainingRun, train,
};
use ::data::sample::{Samples, shuffled};
use world::rng::Rng;

/// The task of training a method on these pictures.
pub fn task(
    method: &Method,
    pictures: &TrainingImages,
    settings: BTreeMap<String, f64>,
    plan: TrainingConfig,
) -> Task {
    let shape = pictures.shape();
    let header = ModelHeader {
        method: method.name.into(),
        channels: shape.channels,
        side: shape.side,
        classes: pictures.train.classes.clone(),
        settings,
        card: ModelCard::default(),
        world: None,
    };
    Task { version: env!("CARGO_PKG_VERSION").into(), header, data_hash: pictures.train.hash(), plan }
}

/// Trains a generator, from the checkpoint `from` if there is one; `None` if it is interrupted before the first epoch
/// ends.
///
/// # Errors
/// Pictures that the method cannot be trained on, a loss that is not finite, a checkpoint that does not fit, or `watch`
/// cannot save a checkpoint.
pub fn train_generator(
    method: &Method,
    pictures: &TrainingImages,
    task: &Task,
    from: Option<(Interrupted, &Path)>,
    stop: &dyn Fn() -> bool,
    watch: &mut dyn TrainingCallback,
) -> Result<Option<File>, LearnError> {
    let cpu = processor_seconds();
    let (data, held) = split(&pictures.train, task.plan.validation, task.plan.seed);
    let about = TrainingInputs { samples: &data, settings: &task.header.settings, plan: &task.plan };
    let begin = method.begin().map_err(LearnError::Failed)?;
    let trainer = begin(&about).map_err(|e| {
        LearnError::input(Path::new(&pictures.name), format!("cannot train {}: {e}", method.name))
    })?;
    let Some(ended) = run(trainer, [&data, &held], &task.plan, from, stop, watch)? else { return Ok(None) };
    let progress = ended.progress;
    let batch = if task.plan.batch == 0 { data.len() } else { task.plan.batch.min(data.len()) };
    let run = Trained {
        data: pictures.name.clone(),
        pictures: [data.len(), held.len()],
        seen: (progress.step * batch) as u64,
        cpu: processor_seconds() - cpu,
        interrupted: ended.interrupted,
    };
    Ok(Some(File { header: task.header_of(progress, run), weights: ended.weights }))
}

/// A training that has ended, or was interrupted after its first epoch.
pub struct EndedTraining {
    /// The trainer.
    pub trainer: Box<dyn Trainer>,
    /// Its progress.
    pub progress: Progress,
    /// Weights of the epoch that is kept.
    pub weights: Weights,
    /// Whether it was interrupted.
    pub interrupted: bool,
}

/// Runs a training on pictures and held-out ones, from a checkpoint if there is one; `None` if it is interrupted before
/// the first epoch ends.
///
/// # Errors
/// As [`train`]; or the checkpoint does not fit.
pub fn run(
    trainer: Box<dyn Trainer>,
    [data, held]: [&Samples; 2],
    plan: &TrainingConfig,
    from: Option<(Interrupted, &Path)>,
    stop: &dyn Fn() -> bool,
    watch: &mut dyn TrainingCallback,
) -> Result<Option<EndedTraining>, LearnError> {
    let mut training = TrainingRun { trainer, progress: Progress::default(), best: None };
    if let Some((checkpoint, path)) = from {
        checkpoint.into_training(&mut training, path)?;
    }
    let whole = train(&mut training, data, held, plan, stop, watch)?;
    let TrainingRun { trainer, progress, best } = training;
    Ok(best.map(|weights| EndedTraining { trainer, progress, weights, interrupted: !whole }))
}

/// Validation split: the same fraction of every class; of a single picture, none.
fn split(samples: &Samples, share: f64, seed: u64) -> (Samples, Samples) {
    let order = shuffled(samples.len(), Rng::new(seed).named("held"));
    let mut left: Vec<usize> = (0..samples.classes.len())
        .map(|c| (samples.labels.iter().filter(|l| **l == c).count() as f64 * share) as usize)
        .collect();
    let (mut held, mut data) = (Vec::new(), Vec::new());
    for place in order {
        let left = &mut left[samples.labels[place]];
        match *left > 0 {
            true => {
                *left -= 1;
                held.push(place);
            }
            false => data.push(place),
        }
    }
    held.sort_unstable();
    data.sort_unstable();
    (samples.pick(&data), samples.pick(&held))
}

/// Processor seconds of this process so far, where the system reports them (Linux); otherwise 0.
pub fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

//! From a teacher's file to a student's.

use std::collections::BTreeMap;
use std::path::Path;

use super::Settings;
use super::student::StudentInputs;
use super::trajectories::{Trajectory, trajectories};
use crate::LearnError;
use crate::checkpoint::{Interrupted, Task, Trained};
use crate::diffusion::inference::Diffusion;
use crate::file::File;
use crate::header::{ModelCard, ModelHeader};
use crate::method::settings;
use crate::pipeline::{EndedTraining, processor_seconds, run};
use crate::training::{Trainer, TrainingCallback, TrainingConfig};
use ::data::sample::Samples;
use world::rng::Rng;

/// Its name among the methods.
pub const NAME: &str = "distil";

/// Memory of all trajectories at most, bytes.
const MEMORY: usize = 8 << 30;

/// Default training configuration.
pub const DEFAULTS: TrainingConfig =
    TrainingConfig { epochs: 6, batch: 16, rate: 0.0005, clip: 1.0, patience: 0, validation: 0.02, seed: 1 };

/// The task of distilling a teacher: the header is the student's, a diffusion that samples by DDIM in `steps` steps
/// without guidance. Its settings hold the distillation's, too, which inference does not read.
///
/// # Errors
/// The file is no diffusion, or the trajectories take too much memory.
pub fn task(teacher: &File, given: &BTreeMap<String, f64>, plan: TrainingConfig) -> Result<Task, LearnError> {
    if teacher.header.method != crate::diffusion::METHOD.name {
        return Err(LearnError::Failed(format!(
            "expected a generator by diffusion, found one by {}",
            teacher.header.method
        )));
    }
    let mut own = teacher.header.settings.clone();
    own.extend(given.clone());
    own.extend([("order".to_string(), 1.0), ("guidance".to_string(), 1.0)]);
    let header = ModelHeader { settings: own, card: ModelCard::default(), ..teacher.header.clone() };
    let s: Settings = settings(&header.settings);
    let states = s.trajectories as usize * (s.steps as usize + 1);
    let memory = states * header.shape().len() * size_of::<f32>();
    if memory > MEMORY {
        let [found, most] = [memory, MEMORY].map(|b| b >> 20);
        return Err(LearnError::Failed(format!(
            "trajectories={}: expected states of at most {most} MiB, found {found} MiB",
            s.trajectories
        )));
    }
    let bytes = teacher.to_bytes()?;
    Ok(Task {
        version: env!("CARGO_PKG_VERSION").into(),
        header,
        data_hash: ::data::dataset::hash(&bytes),
        plan,
    })
}

/// Distils a teacher, from the checkpoint `from` if there is one; `None` if it is interrupted before the first epoch
/// ends. `sampled` is called after each of the teacher's trajectories. The card counts the teacher's training in:
/// without it there would be no student.
///
/// # Errors
/// A teacher that cannot be opened, a loss that is not finite, a checkpoint that does not fit, or `watch` cannot save a
/// checkpoint; the program was built without the feature `judge`.
pub fn distil(
    teacher: &File,
    task: &Task,
    from: Option<(Interrupted, &Path)>,
    stop: &(dyn Fn() -> bool + Sync),
    sampled: &(dyn Fn() + Sync),
    watch: &mut dyn TrainingCallback,
) -> Result<Option<File>, LearnError> {
    let cpu = processor_seconds();
    let s: Settings = settings(&task.header.settings);
    let mut all = sample(teacher, &s, task, stop, sampled)?;
    if all.len() < s.trajectories as usize {
        return Ok(None);
    }
    let kept = ((all.len() as f64 * (1.0 - task.plan.validation)) as usize).clamp(1, all.len() - 1);
    let held = all.split_off(kept);
    let data = all;
    let pictures = [data.len(), held.len()];
    let student = &task.header;
    let trainer = trainer(StudentInputs { teacher, student, settings: s, data, held, plan: &task.plan })?;
    let none = Samples::empty(1, 1, Vec::new());
    let Some(ended) = run(trainer, [&none, &none], &task.plan, from, stop, watch)? else { return Ok(None) };
    let EndedTraining { trainer, progress, weights, interrupted } = ended;
    let card = &teacher.header.card;
    let all = trainer.rounds().unwrap_or(1) * task.plan.epochs;
    let trained = Trained {
        data: card.data.clone(),
        pictures,
        seen: card.seen + trainer.seen([progress.step, all], task.plan.batch),
        cpu: card.seconds[1] + processor_seconds() - cpu,
        interrupted,
    };
    Ok(Some(File { header: task.header_of(progress, trained), weights }))
}

/// Steps that the teacher takes, and the student.
pub fn steps(teacher: &File, task: &Task) -> [usize; 2] {
    let s: Settings = settings(&task.header.settings);
    let own: crate::diffusion::Settings = settings(&teacher.header.settings);
    let fine = if s.fine > 0 { s.fine } else { own.steps.div_ceil(s.steps) };
    [s.steps * fine, s.steps].map(|n| n as usize)
}

fn sample(
    teacher: &File,
    s: &Settings,
    task: &Task,
    stop: &(dyn Fn() -> bool + Sync),
    sampled: &(dyn Fn() + Sync),
) -> Result<Vec<Trajectory>, LearnError> {
    let [all, steps] = steps(teacher, task);
    let mut header = teacher.header.clone();
    header.settings.insert("steps".into(), all as f64);
    let model = Diffusion::of(&header, &teacher.weights).map_err(LearnError::Failed)?;
    let rng = Rng::new(task.plan.seed).named("trajectories");
    let counts = [steps, all / steps, s.trajectories as usize];
    Ok(trajectories(&model, header.classes.len(), counts, rng, stop, sampled))
}

#[cfg(feature = "judge")]
fn trainer(inputs: StudentInputs) -> Result<Box<dyn Trainer>, LearnError> {
    super::training::trainer(inputs)
}

#[cfg(not(feature = "judge"))]
fn trainer(_: StudentInputs) -> Result<Box<dyn Trainer>, LearnError> {
    Err(LearnError::Failed(
        "distilling needs the feature `judge`, and this program was built without it".into(),
    ))
}

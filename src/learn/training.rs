//! The loop that all methods share: epochs of shuffled batches, validation, the best epoch kept, early stopping, a
//! checkpoint after every epoch and at an interruption. A method gives one step ([`Trainer`]).

#![expect(clippy::disallowed_types, reason = "training says how long it takes")]

use std::collections::BTreeMap;
use std::time::Instant;

use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::data::planar;
use super::net::weights::Weights;
use super::{ImageShape, LearnError};
use ::data::sample::Samples;
use world::rng::Rng;

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TrainingConfig {
    /// Greatest number of passes over the training pictures.
    pub epochs: usize,
    /// Pictures a step; 0 means all at once.
    pub batch: usize,
    /// Peak learning rate.
    pub rate: f64,
    /// Gradients longer than this, all weights together, are shortened to it.
    pub clip: f32,
    /// Epochs without a better validation loss before it stops; 0 means never, and the last epoch is kept.
    pub patience: usize,
    /// Part of the training pictures held for validation.
    pub validation: f64,
    /// Everything random hangs on this.
    pub seed: u64,
}

/// What a learner is made from.
pub struct TrainingInputs<'a> {
    /// The pictures to learn from, without those held for validation.
    pub samples: &'a Samples,
    /// Settings of the method by name.
    pub settings: &'a BTreeMap<String, f64>,
    /// How it will be trained.
    pub plan: &'a TrainingConfig,
}

impl TrainingInputs<'_> {
    /// Shape of the pictures.
    pub fn shape(&self) -> ImageShape {
        ImageShape { channels: self.samples.channels, side: self.samples.side }
    }
    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.samples.classes.len()
    }
}

/// Pictures of one step.
pub struct Batch {
    /// `[n, channels, side, side]` in 0..1.
    pub pixels: Vec<f32>,
    /// Class of each.
    pub labels: Vec<usize>,
    /// Shape of each.
    pub shape: ImageShape,
}

impl Batch {
    /// The pictures at these places.
    pub fn of(samples: &Samples, places: &[usize]) -> Self {
        let shape = ImageShape { channels: samples.channels, side: samples.side };
        let mut pixels = vec![0f32; places.len() * shape.len()];
        let all = pixels.par_chunks_mut(shape.len()).zip(places);
        all.for_each(|(out, &p)| out.copy_from_slice(&planar(&samples.pictures[p], shape.channels)));
        Self { pixels, labels: places.iter().map(|&p| samples.labels[p]).collect(), shape }
    }
    /// How many.
    pub fn len(&self) -> usize {
        self.labels.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// `n` standard normal numbers. Drawn as `f32`: the last digit of a double would be the platform's.
pub fn noise(rng: Rng, n: usize) -> Vec<f32> {
    rng.sequence().sample_iter(StandardNormal).take(n).collect()
}

/// Where in the training a step is.
#[derive(Clone, Copy, Debug)]
pub struct StepContext {
    /// Steps done before.
    pub step: usize,
    /// Steps of all epochs.
    pub all: usize,
    /// Randomness of this step.
    pub rng: Rng,
    /// Peak learning rate.
    pub rate: f64,
    /// Longest gradient.
    pub clip: f32,
}

impl StepContext {
    /// Part of the training that is done, 0..1.
    pub fn progress(&self) -> f64 {
        self.step as f64 / self.all.max(1) as f64
    }
    /// Learning rate: up for the first twentieth, then down a half cosine to a hundredth.
    pub fn cosine(&self) -> f64 {
        let t = self.progress();
        let up = (t / 0.05).min(1.0);
        self.rate * up * (0.505 + 0.495 * libm::cos(std::f64::consts::PI * t))
    }
}

/// Named losses of a step; the first is the one that is shown.
pub type Losses = Vec<(&'static str, f64)>;

/// A method in training. Everything a step depends on is in its state and the moment.
pub trait Trainer {
    /// One step.
    ///
    /// # Errors
    /// The step cannot be taken.
    fn step(&mut self, batch: &Batch, context: &StepContext) -> Result<Losses, LearnError>;
    /// Steps of an epoch, if the method does not go through the pictures batch by batch.
    fn rounds(&self) -> Option<usize> {
        None
    }
    /// How bad it is on pictures it does not learn from; less is better. `None` if the method has no such number (then the
    /// last epoch is kept).
    fn validate(&self, held: &Samples, rng: Rng) -> Option<f64>;
    /// What inference needs, as it is now.
    fn weights(&self) -> Weights;
    /// All of its state, in named parts.
    ///
    /// # Errors
    /// It cannot be told.
    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError>;
    /// Takes back a state.
    ///
    /// # Errors
    /// A part is missing or damaged.
    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError>;
}

/// How far a training has come, beside the learner's own state.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Steps done, of all epochs.
    pub step: usize,
    /// Sums of this epoch's losses by name, as bits, so that no digit is lost.
    pub sums: Vec<(String, u64)>,
    /// Losses of every finished epoch by name, the validation loss as `validation`.
    pub history: Vec<BTreeMap<String, f64>>,
    /// The epoch (from 1) whose weights are kept.
    pub best: usize,
    /// Seconds spent so far.
    pub seconds: f64,
}

impl Progress {
    fn validation(&self, epoch: usize) -> Option<f64> {
        self.history.get(epoch.checked_sub(1)?)?.get("validation").copied()
    }
    fn is_exhausted(&self, patience: usize) -> bool {
        patience > 0 && self.best > 0 && self.history.len() >= self.best + patience
    }
    fn add(&mut self, losses: &Losses) {
        if self.sums.is_empty() {
            self.sums = losses.iter().map(|(n, _)| (n.to_string(), 0f64.to_bits())).collect();
        }
        for ((_, sum), (_, v)) in self.sums.iter_mut().zip(losses) {
            *sum = (f64::from_bits(*sum) + v).to_bits();
        }
    }
}

/// A training under way.
pub struct TrainingRun {
    /// The learner.
    pub learner: Box<dyn Trainer>,
    /// How far it has come.
    pub progress: Progress,
    /// Weights of the best finished epoch.
    pub best: Option<Weights>,
}

/// What training tells while it runs.
pub trait TrainingCallback {
    /// A step is done: (steps done, steps of all epochs, its losses).
    fn step(&mut self, done: usize, all: usize, losses: &Losses);
    /// An epoch is done.
    ///
    /// # Errors
    /// What is shown of it cannot be written; training ends.
    fn epoch(&mut self, training: &TrainingRun) -> Result<(), LearnError>;
    /// After every epoch, and where training is interrupted: time to keep what is done.
    ///
    /// # Errors
    /// It cannot be kept; training ends.
    fn keep(&mut self, training: &TrainingRun) -> Result<(), LearnError>;
}

/// Trains; false if it was told to stop before the end. What goes on from the middle ends with the same bits as what was
/// never interrupted.
///
/// # Errors
/// A loss is no number, a step fails, or `watch` cannot keep what is done.
pub fn train(
    training: &mut TrainingRun,
    data: &Samples,
    held: &Samples,
    plan: &TrainingConfig,
    stop: &dyn Fn() -> bool,
    watch: &mut dyn TrainingCallback,
) -> Result<bool, LearnError> {
    let clock = (Instant::now(), training.progress.seconds);
    let batch = if plan.batch == 0 { data.len() } else { plan.batch.min(data.len()) };
    // What is left over at an epoch's end waits for the next shuffle: batches of one size keep batch statistics alike.
    let steps = training.learner.rounds().unwrap_or(data.len() / batch.max(1)).max(1);
    while training.progress.step / steps < plan.epochs && !training.progress.is_exhausted(plan.patience) {
        let whole = epoch(training, data, (batch, steps), plan, stop, watch)?;
        training.progress.seconds = clock.1 + clock.0.elapsed().as_secs_f64();
        if !whole {
            watch.keep(training)?;
            return Ok(false);
        }
        close(training, held, steps, plan);
        watch.epoch(training)?;
        watch.keep(training)?;
    }
    Ok(true)
}

/// The rest of the epoch that the training is in; false if it was told to stop.
fn epoch(
    training: &mut TrainingRun,
    data: &Samples,
    (batch, steps): (usize, usize),
    plan: &TrainingConfig,
    stop: &dyn Fn() -> bool,
    watch: &mut dyn TrainingCallback,
) -> Result<bool, LearnError> {
    let (number, done) = (training.progress.step / steps, training.progress.step % steps);
    let rng = Rng::new(plan.seed).named("learning").fork(number as u64);
    let order = data::sample::shuffled(data.len(), rng);
    let whole = (data.len() / batch.max(1)).max(1);
    for i in done..steps {
        if stop() {
            return Ok(false);
        }
        let from = i % whole * batch;
        let places = &order[from..(from + batch).min(order.len())];
        let context = StepContext {
            step: training.progress.step,
            all: plan.epochs * steps,
            rng: rng.named("step").fork(i as u64),
            rate: plan.rate,
            clip: plan.clip,
        };
        let losses = training.learner.step(&Batch::of(data, places), &context)?;
        if let Some((name, value)) = losses.iter().find(|l| !l.1.is_finite()) {
            return Err(LearnError::Failed(format!(
                "the loss `{name}` became {value} in epoch {}, step {}; try a lower --lr than {}",
                number + 1,
                i + 1,
                plan.rate
            )));
        }
        training.progress.add(&losses);
        training.progress.step += 1;
        watch.step(training.progress.step, plan.epochs * steps, &losses);
    }
    Ok(true)
}

/// Writes the epoch into the history, and keeps its weights if they are the best.
fn close(training: &mut TrainingRun, held: &Samples, steps: usize, plan: &TrainingConfig) {
    let number = training.progress.history.len() + 1;
    let sums = std::mem::take(&mut training.progress.sums);
    let mean = |(name, sum): (String, u64)| (name, f64::from_bits(sum) / steps as f64);
    let mut line: BTreeMap<String, f64> = sums.into_iter().map(mean).collect();
    let rng = Rng::new(plan.seed).named("validation");
    let loss = (!held.is_empty()).then(|| training.learner.validate(held, rng)).flatten();
    line.extend(loss.map(|l| ("validation".to_string(), l)));
    let least = training.progress.validation(training.progress.best).unwrap_or(f64::INFINITY);
    training.progress.history.push(line);
    if plan.patience == 0 || loss.is_none_or(|l| l < least) {
        training.progress.best = number;
        training.best = Some(training.learner.weights());
    }
}

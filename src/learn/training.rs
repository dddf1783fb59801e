//! The training loop that all methods share: epochs of shuffled batches, validation, the best epoch kept, early
//! stopping, a checkpoint after every epoch and on interruption. A method provides one step ([`Trainer`]).

#![expect(clippy::disallowed_types, reason = "training reports how long it takes")]

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

/// Training configuration (hyperparameters).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TrainingConfig {
    /// Maximum number of epochs.
    pub epochs: usize,
    /// Batch size; 0 means all pictures.
    pub batch: usize,
    /// Peak learning rate.
    pub rate: f64,
    /// Gradient clipping: maximum global norm.
    pub clip: f32,
    /// Early-stopping patience: epochs without a lower validation loss; 0 means never, and the last epoch is kept.
    pub patience: usize,
    /// Fraction of the training pictures held out for validation.
    pub validation: f64,
    /// Random seed.
    pub seed: u64,
}

/// What a trainer is constructed from.
pub struct TrainingInputs<'a> {
    /// The training pictures, without those held out for validation.
    pub samples: &'a Samples,
    /// Settings of the method by name.
    pub settings: &'a BTreeMap<String, f64>,
    /// Training configuration.
    pub plan: &'a TrainingConfig,
}

impl TrainingInputs<'_> {
    /// Shape of the pictures.
    pub fn shape(&self) -> ImageShape {
        ImageShape { channels: self.samples.channels, side: self.samples.side }
    }
    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.samples.classes.len()
    }
}

/// The pictures of one step.
#[derive(Clone, Debug)]
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
    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.labels.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// `n` standard normal values. Drawn as `f32`: the last digit of a double would depend on the platform.
pub fn noise(rng: Rng, n: usize) -> Vec<f32> {
    rng.sequence().sample_iter(StandardNormal).take(n).collect()
}

/// Context of a training step.
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
    /// Maximum gradient norm.
    pub clip: f32,
}

impl StepContext {
    /// Fraction of the training that is done, 0..1.
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

/// Named losses of a step, the main one first.
pub type Losses = Vec<(&'static str, f64)>;

/// A method in training. A step depends only on its state, the batch and the context.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use data::sample::Samples;
/// use learn::LearnError;
/// use learn::net::weights::{WeightArray, Weights};
/// use learn::training::{Batch, Losses, StepContext, Trainer};
/// use world::rng::Rng;
///
/// /// Learns how bright the pictures are.
/// struct Brightness(f32);
///
/// impl Trainer for Brightness {
///     fn step(&mut self, batch: &Batch, _: &StepContext) -> Result<Losses, LearnError> {
///         let mean = batch.pixels.iter().sum::<f32>() / batch.pixels.len() as f32;
///         let error = mean - self.0;
///         self.0 += 0.5 * error;
///         Ok(vec![("error", error.abs() as f64)])
///     }
///     fn validate(&self, _: &Samples, _: Rng) -> Option<f64> {
///         None
///     }
///     fn weights(&self) -> Weights {
///         let mut weights = Weights::default();
///         weights.insert("brightness", WeightArray { dims: vec![1], values: vec![self.0] });
///         weights
///     }
///     fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
///         Ok(vec![("brightness".into(), self.0.to_le_bytes().to_vec())])
///     }
///     fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
///         let bytes = state.get("brightness").and_then(|b| b.first_chunk());
///         let bytes = bytes.ok_or_else(|| LearnError::Failed("the brightness is missing".into()))?;
///         self.0 = f32::from_le_bytes(*bytes);
///         Ok(())
///     }
/// }
///
/// let mut samples = Samples::empty(1, 2, vec!["white".into()]);
/// samples.push(vec![255; 4], 0, None);
/// let context = StepContext { step: 0, all: 1, rng: Rng::new(1), rate: 1e-3, clip: 1.0 };
/// let (mut trainer, mut resumed) = (Brightness(0.0), Brightness(0.0));
/// assert_eq!(trainer.step(&Batch::of(&samples, &[0]), &context)?, [("error", 1.0)]);
/// resumed.restore(&trainer.state()?.into_iter().collect())?;
/// assert_eq!(resumed.weights(), trainer.weights());
/// # Ok::<(), LearnError>(())
/// ```
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
    /// Pictures, or frames, that the first `done` of `all` steps process, of `batch` each unless the method says
    /// otherwise.
    fn seen(&self, [done, _all]: [usize; 2], batch: usize) -> u64 {
        done as u64 * batch as u64
    }
    /// Whether it validates on data of its own that it holds out, if there are no held-out pictures.
    fn has_held_out(&self) -> bool {
        false
    }
    /// Validation loss on held-out pictures; lower is better. `None` if the method has none (then the last epoch is
    /// kept).
    fn validate(&self, held: &Samples, rng: Rng) -> Option<f64>;
    /// The current weights for inference.
    fn weights(&self) -> Weights;
    /// All of its state, in named parts.
    ///
    /// # Errors
    /// It cannot be serialised.
    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError>;
    /// Restores a state.
    ///
    /// # Errors
    /// A part is missing or damaged.
    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError>;
}

/// Progress of a training, besides the trainer's own state.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Steps done, of all epochs.
    pub step: usize,
    /// Sums of this epoch's losses by name, as bits, so that they are exact.
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

/// A training in progress.
pub struct TrainingRun {
    /// The trainer.
    pub trainer: Box<dyn Trainer>,
    /// Its progress.
    pub progress: Progress,
    /// Weights of the best finished epoch.
    pub best: Option<Weights>,
}

/// Progress callback.
///
/// ```
/// use learn::LearnError;
/// use learn::training::{Losses, TrainingCallback, TrainingRun};
/// # use data::sample::Samples;
/// # use learn::gmm::METHOD;
/// # use learn::training::{Progress, TrainingConfig, TrainingInputs, train};
///
/// /// Counts steps and epochs, and saves nothing.
/// #[derive(Default)]
/// struct Counter {
///     steps: usize,
///     epochs: usize,
/// }
///
/// impl TrainingCallback for Counter {
///     fn step(&mut self, done: usize, _: usize, _: &Losses) {
///         self.steps = done;
///     }
///     fn epoch(&mut self, training: &TrainingRun) -> Result<(), LearnError> {
///         self.epochs = training.progress.history.len();
///         Ok(())
///     }
///     fn checkpoint(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
///         Ok(())
///     }
/// }
///
/// # let mut samples = Samples::empty(1, 4, vec!["grey".into()]);
/// # (0..32u8).for_each(|i| samples.push((1..17).map(|k| i.wrapping_mul(k * 7)).collect(), 0, None));
/// # let settings = METHOD.values(&[("principal", 2.0), ("gaussians", 1.0)]);
/// # let plan = TrainingConfig { epochs: 3, patience: 0, ..METHOD.plan };
/// # let inputs = TrainingInputs { samples: &samples, settings: &settings, plan: &plan };
/// # let trainer = METHOD.begin().and_then(|begin| begin(&inputs)).unwrap();
/// // A Gaussian mixture on some pictures; a step takes all of them.
/// let mut training = TrainingRun { trainer, progress: Progress::default(), best: None };
/// let mut counter = Counter::default();
/// assert!(train(&mut training, &samples, &samples.pick(&[]), &plan, &|| false, &mut counter)?);
/// assert_eq!((counter.steps, counter.epochs), (3, 3));
/// # Ok::<(), LearnError>(())
/// ```
pub trait TrainingCallback {
    /// A step is done: (steps done, steps of all epochs, its losses).
    fn step(&mut self, done: usize, all: usize, losses: &Losses);
    /// An epoch is done.
    ///
    /// # Errors
    /// Its report cannot be written; training ends.
    fn epoch(&mut self, training: &TrainingRun) -> Result<(), LearnError>;
    /// Called after every epoch and on interruption: time to save a checkpoint.
    ///
    /// # Errors
    /// It cannot be saved; training ends.
    fn checkpoint(&mut self, training: &TrainingRun) -> Result<(), LearnError>;
}

/// Trains; false if it was interrupted. A resumed training ends with the same bits as one that was never interrupted.
///
/// # Errors
/// A loss is not finite, a step fails, or `watch` cannot save a checkpoint.
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
    // A last incomplete batch is dropped until the next shuffle: batches of one size have comparable batch statistics.
    let steps = training.trainer.rounds().unwrap_or(data.len() / batch.max(1)).max(1);
    while training.progress.step / steps < plan.epochs && !training.progress.is_exhausted(plan.patience) {
        let whole = epoch(training, data, (batch, steps), plan, stop, watch)?;
        training.progress.seconds = clock.1 + clock.0.elapsed().as_secs_f64();
        if !whole {
            watch.checkpoint(training)?;
            return Ok(false);
        }
        close(training, held, steps, plan);
        watch.epoch(training)?;
        watch.checkpoint(training)?;
    }
    Ok(true)
}

/// The rest of the current epoch; false if it was interrupted.
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
        let losses = training.trainer.step(&Batch::of(data, places), &context)?;
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

/// Adds the epoch to the history, and keeps its weights if they are the best.
fn close(training: &mut TrainingRun, held: &Samples, steps: usize, plan: &TrainingConfig) {
    let number = training.progress.history.len() + 1;
    let sums = std::mem::take(&mut training.progress.sums);
    let mean = |(name, sum): (String, u64)| (name, f64::from_bits(sum) / steps as f64);
    let mut line: BTreeMap<String, f64> = sums.into_iter().map(mean).collect();
    let rng = Rng::new(plan.seed).named("validation");
    let validates = !held.is_empty() || training.trainer.has_held_out();
    let loss = validates.then(|| training.trainer.validate(held, rng)).flatten();
    line.extend(loss.map(|l| ("validation".to_string(), l)));
    let lowest = training.progress.validation(training.progress.best).unwrap_or(f64::INFINITY);
    training.progress.history.push(line);
    if plan.patience == 0 || loss.is_none_or(|l| l < lowest) {
        training.progress.best = number;
        training.best = Some(training.trainer.weights());
    }
}

//! Training: an optimiser on a one-cycle schedule (Smith and Topin 2018), soft targets, penalties of large weights, early
//! stopping, the best epoch kept.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use super::JudgeError;
use super::architecture::Architecture;
use super::augment::{plain, vary};
use super::classifier::{Classifier, planar};
use super::fresh::fresh;
use super::network::Network;
use super::ood::ood_sample;
use super::progress::{Epoch, Progress};
use super::training_config::TrainingConfig;
use data::augment::{Augmentations, Image};
use data::sample::{ImageKind, Samples, shuffled};
use learn::loss::{cross_entropy, smoothed};
use world::rng::Rng;

/// Progress callback.
///
/// ```
/// use judge::JudgeError;
/// use judge::progress::{Epoch, Progress};
/// use judge::training::TrainingCallback;
/// # use data::sample::{ImageKind, Samples};
/// # use judge::architecture::Architecture;
/// # use judge::layer_options::LayerOptions;
/// # use judge::training::{InitialState, train};
/// # use judge::training_config::TrainingConfig;
///
/// /// Counts steps and epochs, and saves nothing.
/// #[derive(Default)]
/// struct Counter {
///     steps: usize,
///     epochs: usize,
/// }
///
/// impl TrainingCallback for Counter {
///     fn step(&mut self, done: usize, _: usize, _: f64) {
///         self.steps = done;
///     }
///     fn epoch(&mut self, epoch: Epoch) {
///         self.epochs = epoch.epoch;
///     }
///     fn checkpoint(&mut self, _: &Progress) -> Result<(), JudgeError> {
///         Ok(())
///     }
/// }
///
/// # let plan = TrainingConfig {
/// #     epochs: 2,
/// #     batch: 4,
/// #     ..TrainingConfig::default()
/// # };
/// // Eight pictures, four a step.
/// let mut samples = Samples::empty(1, 12, vec!["dark".into(), "bright".into()]);
/// (0..8).for_each(|i| samples.push(vec![200 * (i % 2) as u8; 144], i % 2, None));
/// let layers = LayerOptions::default();
/// let shape = Architecture { channels: 1, side: 12, classes: 2, backbone: "compact".into(), layers };
/// let from = InitialState::Fresh(shape);
/// let mut counter = Counter::default();
/// let trained = train(&samples, &samples, ImageKind::Glyphs, &plan, from, &|| false, &mut counter)?;
/// assert_eq!((trained.interrupted, counter.steps, counter.epochs), (false, 4, 2));
/// # Ok::<(), JudgeError>(())
/// ```
pub trait TrainingCallback {
    /// A step is done: (steps done, steps of all epochs, running loss).
    fn step(&mut self, done: usize, all: usize, loss: f64);
    /// An epoch is done.
    fn epoch(&mut self, epoch: Epoch);
    /// Called after every epoch and on interruption: time to save a checkpoint.
    ///
    /// # Errors
    /// It cannot be saved; training ends.
    fn checkpoint(&mut self, progress: &Progress) -> Result<(), JudgeError>;
}

/// A trained network.
pub struct Trained {
    /// Weights of the best epoch, ready for inference; none if no epoch was finished.
    pub network: Option<Box<dyn Network>>,
    /// Every epoch.
    pub history: Vec<Epoch>,
    /// Whether it was interrupted.
    pub interrupted: bool,
}

/// What training starts from.
pub enum InitialState {
    /// Fresh weights of this architecture.
    Fresh(Architecture),
    /// These weights, with a fresh schedule.
    Weights(Box<dyn Network>),
    /// A checkpoint, with the same data and configuration.
    Resume(Box<Progress>),
}

/// Trains a network. A resumed training ends with the same bits as one that was never interrupted: everything random
/// depends only on seed, epoch and step.
///
/// # Errors
/// The loss is not finite, or `watch` cannot save a checkpoint.
pub fn train(
    data: &Samples,
    validation: &Samples,
    kind: ImageKind,
    plan: &TrainingConfig,
    from: InitialState,
    stop: &dyn Fn() -> bool,
    watch: &mut impl TrainingCallback,
) -> Result<Trained, JudgeError> {
    let device = Device::flex().autodiff();
    let mut progress = begin(plan, from, &device).map_err(JudgeError::Failed)?;
    let steps = data.len().div_ceil(plan.batch);
    while progress.step / steps < plan.epochs && !progress.is_exhausted(plan.patience) {
        if !epoch(&mut progress, data, kind, plan, stop, watch, &device)? {
            watch.checkpoint(&progress)?;
            return Ok(Trained { network: progress.best, history: progress.history, interrupted: true });
        }
        let now = progress.network.valid();
        let classifier = Classifier::new(&now.weights(), now.shape(), false).map_err(JudgeError::Failed)?;
        let outputs = classifier.samples(validation);
        let report = Epoch {
            epoch: progress.history.len() + 1,
            loss: progress.sum / steps as f64,
            validation_loss: super::calibration::loss(&outputs.logits, &validation.labels, 1.0),
            accuracy: super::calibration::accuracy(&outputs.logits, &validation.labels),
        };
        if report.validation_loss < progress.lowest_loss() {
            progress.best = Some(now);
        }
        progress.sum = 0.0;
        progress.history.push(report);
        watch.epoch(report);
        watch.checkpoint(&progress)?;
    }
    Ok(Trained { network: progress.best, history: progress.history, interrupted: false })
}

fn begin(plan: &TrainingConfig, from: InitialState, device: &Device) -> Result<Progress, String> {
    Ok(match from {
        InitialState::Fresh(shape) => {
            device.seed(plan.seed);
            let network = fresh(&shape, device)?;
            network.initialise();
            Progress::new(network, plan)?
        }
        InitialState::Weights(network) => Progress::new(network.train(device), plan)?,
        InitialState::Resume(mut progress) => {
            progress.network = progress.network.train(device);
            *progress
        }
    })
}

/// The rest of the epoch that `progress` is in; false if it was interrupted.
fn epoch(
    progress: &mut Progress,
    data: &Samples,
    kind: ImageKind,
    plan: &TrainingConfig,
    stop: &dyn Fn() -> bool,
    watch: &mut impl TrainingCallback,
    device: &Device,
) -> Result<bool, JudgeError> {
    let steps = data.len().div_ceil(plan.batch);
    let (epoch, done) = (progress.step / steps, progress.step % steps);
    let rng = Rng::new(plan.seed).named("training").fork(epoch as u64);
    let order = shuffled(data.len(), rng);
    for (i, places) in order.chunks(plan.batch).enumerate().skip(done) {
        if stop() {
            return Ok(false);
        }
        device.seed(rng.named("dropout").bits(i as u64));
        let rate = one_cycle(progress.step as f64 / (plan.epochs * steps) as f64) * plan.rate;
        let batch = Batch::varied(data, places, kind, plan, rng);
        let loss = step(&mut *progress.network, &mut progress.optimizer, &batch, (plan, rate), device);
        if !loss.is_finite() {
            return Err(JudgeError::Failed(format!(
                "the training loss became {loss} in epoch {}; try a lower --lr than {}",
                epoch + 1,
                plan.rate
            )));
        }
        progress.sum += loss;
        progress.step += 1;
        watch.step(progress.step, plan.epochs * steps, progress.sum / (i + 1) as f64);
    }
    Ok(true)
}

/// Learning rate as a fraction of its peak at `t` in 0..1: up for a sixth, then down a half cosine.
fn one_cycle(t: f64) -> f64 {
    const UP: f64 = 1.0 / 6.0;
    match t < UP {
        true => 0.05 + 0.95 * t / UP,
        false => 0.5 + 0.5 * libm::cos(std::f64::consts::PI * (t - UP) / (1.0 - UP)),
    }
}

/// Pictures and soft targets.
struct Batch {
    pixels: Vec<f32>,
    targets: Vec<f32>,
    dims: [usize; 4],
}

impl Batch {
    fn varied(data: &Samples, places: &[usize], kind: ImageKind, plan: &TrainingConfig, r: Rng) -> Self {
        let classes = data.classes.len();
        let extra = match kind == ImageKind::Frames && data.channels == 3 {
            true => (places.len() as f64 * plan.strangers) as usize,
            false => 0,
        };
        let per = data.side * data.side * data.channels;
        let n = places.len() + extra;
        let (mut pixels, mut targets) = (vec![0f32; n * per], vec![0f32; n * classes]);
        pixels.par_chunks_mut(per).zip(targets.par_chunks_mut(classes)).enumerate().for_each(
            |(i, (out, target))| {
                let place = places[i % places.len()];
                let address = r.fork(place as u64);
                let picture = match i < places.len() {
                    true => match &plan.augment {
                        None => {
                            smoothed(target, data.labels[place], plan.smoothing);
                            vary(&data.pictures[place], data.side, data.channels, kind, address)
                        }
                        Some(list) => augmented(data, place, kind, (list, plan.smoothing), address, target),
                    },
                    false => {
                        target.fill(1.0 / classes as f32);
                        ood_sample(address.named("stranger"))
                    }
                };
                planar(&picture, data.channels, out);
            },
        );
        Self { pixels, targets, dims: [n, data.channels, data.side, data.side] }
    }
}

/// A picture varied by a list of augmentations; writes the labels of all pictures in it, each by its share, to `target`.
fn augmented(
    data: &Samples,
    place: usize,
    kind: ImageKind,
    (list, smoothing): (&Augmentations, f32),
    address: Rng,
    target: &mut [f32],
) -> Vec<f32> {
    let begin = |i: usize, r: Rng| {
        let (picture, side, channels) = (&data.pictures[i], data.side, data.channels);
        let values = if list.with_own { vary(picture, side, channels, kind, r) } else { plain(picture) };
        Image { side, channels, values }
    };
    let mixture = list.vary(place, data.len(), address, &begin);
    target.fill(smoothing / target.len() as f32);
    mixture.shares.iter().for_each(|(i, share)| target[data.labels[*i]] += (1.0 - smoothing) * share);
    mixture.image.values
}

type Stepper = ModuleOptimizer;

/// One step; the loss without the penalties.
fn step(
    network: &mut dyn Network,
    optimizer: &mut Stepper,
    batch: &Batch,
    (plan, rate): (&TrainingConfig, f64),
    device: &Device,
) -> f64 {
    let n = batch.dims[0];
    let x = Tensor::<4>::from_data(TensorData::new(batch.pixels.clone(), batch.dims), device);
    let targets = TensorData::new(batch.targets.clone(), [n, batch.targets.len() / n]);
    let targets = Tensor::<2>::from_data(targets, device);
    let logits = network.head(network.embed(x));
    let loss = cross_entropy(logits, targets);
    let value = loss.clone().into_data().try_to_vec::<f32>().map_or(f64::NAN, |v| v[0] as f64);
    let loss = match network.penalty(plan.l1, plan.l2) {
        Some(penalty) => loss + penalty,
        None => loss,
    };
    network.update(loss, optimizer, rate);
    value
}

#[cfg(test)]
mod tests;

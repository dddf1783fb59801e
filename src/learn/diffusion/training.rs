//! One step: noisy pictures at times spread over the schedule, and the squared error of the predicted velocities.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;

use super::Settings;
use super::augment::augment;
use super::data::{DenoiserConfig, DiffusionRates, FEATURES, features};
use super::model::Network;
use crate::LearnError;
use crate::descent::Descent;
use crate::glue::{device, fresh, number, numbers, one_hot};
use crate::method::settings;
use crate::net::weights::Weights;
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingInputs, noise};
use ::data::sample::Samples;
use world::rng::Rng;

/// Fraction of pictures whose class is dropped, for classifier-free guidance (Ho and Salimans 2022).
const CLASS_DROPOUT: f64 = 0.1;

/// Times of validation, and the maximum number of its pictures.
const TIMES: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];
const HELD: usize = 500;

struct Diffusion {
    settings: Settings,
    sizes: DenoiserConfig,
    descent: Descent<Network>,
}

/// A trainer with fresh weights.
///
/// # Errors
/// Pictures that the patches do not tile.
pub fn trainer(inputs: &TrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    let sizes = DenoiserConfig::of(&s, inputs.shape(), inputs.classes())?;
    let descent = Descent::new(fresh(inputs.plan.seed, |d| Network::new(&sizes, d)));
    Ok(Box::new(Diffusion { settings: s, sizes, descent }))
}

/// Noisy pictures and the velocities that the network should predict: `signal · noise − noise · picture`.
struct NoisyBatch {
    noisy: Tensor<4>,
    times: Tensor<2>,
    classes: Tensor<2>,
    velocity: Tensor<4>,
}

impl NoisyBatch {
    fn of(
        batch: &Batch,
        times: &[f64],
        rows: &[usize],
        sizes: &DenoiserConfig,
        rng: Rng,
        device: &Device,
    ) -> Self {
        let (n, each) = (batch.len(), batch.shape.len());
        let noise = noise(rng.named("noise"), n * each);
        let (mut noisy, mut velocity) = (vec![0f32; n * each], vec![0f32; n * each]);
        for (i, time) in times.iter().enumerate() {
            let mix = DiffusionRates::at(*time);
            for k in i * each..(i + 1) * each {
                let picture = batch.pixels[k] * 2.0 - 1.0;
                noisy[k] = mix.signal * picture + mix.noise * noise[k];
                velocity[k] = mix.signal * noise[k] - mix.noise * picture;
            }
        }
        let dims = [n, batch.shape.channels, batch.shape.side, batch.shape.side];
        let features: Vec<f32> = times.iter().flat_map(|t| features(*t)).collect();
        Self {
            noisy: Tensor::from_data(TensorData::new(noisy, dims), device),
            times: Tensor::from_data(TensorData::new(features, [n, FEATURES]), device),
            classes: one_hot(rows, sizes.classes + 1, device),
            velocity: Tensor::from_data(TensorData::new(velocity, dims), device),
        }
    }

    /// Squared error of each velocity.
    fn squared_error(self, network: &Network) -> Tensor<4> {
        (network.forward(self.noisy, self.times, self.classes) - self.velocity).powi_scalar(2)
    }
}

impl Diffusion {
    /// Row of the class table: of a label, or of the null class.
    fn row(&self, label: usize, conditional: bool) -> usize {
        if conditional && self.sizes.is_conditional() { label } else { self.sizes.null_class() }
    }
}

impl Trainer for Diffusion {
    fn step(&mut self, batch: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let (n, rng) = (batch.len(), context.rng);
        // Spread evenly over the batch, which lowers the variance of the loss (Kingma et al. 2021).
        let first = rng.named("time").unit64(0);
        let times: Vec<f64> = (0..n).map(|i| (first + i as f64 / n as f64).fract()).collect();
        let mut dropout = rng.named("untold").sequence();
        let row = |l: &usize| self.row(*l, !dropout.random_bool(CLASS_DROPOUT));
        let rows: Vec<usize> = batch.labels.iter().map(row).collect();
        let moved = augment(batch, &self.settings, rng.named("augment"));
        let task = NoisyBatch::of(&moved, &times, &rows, &self.sizes, rng, &device());
        let loss = task.squared_error(&self.descent.network).mean();
        let value = number(loss.clone());
        self.descent.step(loss, (context.cosine(), context.clip), self.settings.average, context.step);
        Ok(vec![("loss", value)])
    }

    /// Mean squared error of the noise, over fixed times.
    fn validate(&self, held: &Samples, rng: Rng) -> Option<f64> {
        let network = self.descent.averaged();
        let places: Vec<usize> = (0..held.len()).step_by(held.len().div_ceil(HELD).max(1)).collect();
        let mut sum = 0.0;
        for (i, places) in places.chunks(100).enumerate() {
            let batch = Batch::of(held, places);
            let rows: Vec<usize> = batch.labels.iter().map(|l| self.row(*l, true)).collect();
            for (k, time) in TIMES.into_iter().enumerate() {
                let rng = rng.fork(i as u64).fork(k as u64);
                let times = vec![time; batch.len()];
                let task = NoisyBatch::of(&batch, &times, &rows, &self.sizes, rng, &Device::flex());
                let errors = numbers(task.squared_error(&network));
                // An error of the velocity is one of the noise, times the signal.
                let signal = DiffusionRates::at(time).signal as f64;
                sum += errors.iter().map(|v| *v as f64).sum::<f64>() * signal * signal
                    / batch.shape.len() as f64;
            }
        }
        Some(sum / (places.len() * TIMES.len()) as f64)
    }

    fn weights(&self) -> Weights {
        self.descent.weights()
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        self.descent.state()
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.descent.restore(state)
    }
}

//! One step: frames varied and composed anew, the loss of their pixels, AdamW; and validation on held-out worlds.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use data::masked::MaskedFrame;
use data::sample::{Samples, shuffled};
use world::rng::Rng;

use super::augment::{example, symmetric};
use super::example::Example;
use super::loss::{inputs, loss};
use super::{CONDITIONING, Settings, Task};
use crate::LearnError;
use crate::descent::Descent;
use crate::glue::{device, fresh, number};
use crate::net::weights::Weights;
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingConfig};
use crate::unet::model::UNet;

/// Held-out frames at most.
const HELD: usize = 400;
/// Of which so many at a time.
const AT_ONCE: usize = 25;

/// What a trainer is constructed from.
pub struct PixelInputs<'a> {
    /// What is said of every pixel.
    pub task: Task,
    /// Names of the classes, which masks index.
    pub classes: &'a [String],
    /// Frames to learn from, and held-out ones.
    pub frames: [Vec<MaskedFrame>; 2],
    /// Settings.
    pub settings: Settings,
    /// Training configuration.
    pub plan: TrainingConfig,
}

struct PixelTrainer {
    task: Task,
    classes: Vec<String>,
    train: Vec<MaskedFrame>,
    held: Vec<MaskedFrame>,
    settings: Settings,
    plan: TrainingConfig,
    descent: Descent<UNet>,
}

/// A trainer with fresh weights.
///
/// # Errors
/// The patches do not tile a frame, or there are no frames.
pub fn trainer(inputs: PixelInputs) -> Result<Box<dyn Trainer>, String> {
    let PixelInputs { task, classes, frames: [train, held], settings, plan } = inputs;
    let config = task.network(&settings, classes.len())?;
    if train.is_empty() {
        return Err("expected training frames of other worlds than those held out, found none".into());
    }
    let descent = Descent::decayed(fresh(plan.seed, |d| UNet::new(&config, d)), settings.decay);
    Ok(Box::new(PixelTrainer { task, classes: classes.to_vec(), train, held, settings, plan, descent }))
}

impl PixelTrainer {
    fn batch(&self) -> usize {
        self.plan.batch.clamp(1, self.train.len())
    }

    fn loss(&self, network: &UNet, batch: &[Example], seam: usize, device: &Device) -> Tensor<1> {
        let constant =
            Tensor::from_data(TensorData::new(CONDITIONING.to_vec(), [1, CONDITIONING.len()]), device);
        let planes = network
            .forward(inputs(batch, self.settings.contrast, device), &constant.repeat_dim(0, batch.len()));
        loss(self.task, planes, batch, (&self.classes, seam), device)
    }
}

impl Trainer for PixelTrainer {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let steps = self.train.len() / self.batch();
        let (epoch, at) = (context.step / steps, context.step % steps);
        let order = shuffled(self.train.len(), Rng::new(self.plan.seed).named("frames").fork(epoch as u64));
        let places = &order[at * self.batch()..(at + 1) * self.batch()];
        let one = |(i, place): (usize, &usize)| {
            example(&self.train, *place, &self.settings, context.rng.named("example").fork(i as u64))
        };
        let batch: Vec<Example> = places.par_iter().enumerate().map(one).collect();
        let loss = self.loss(&self.descent.network, &batch, self.settings.seam as usize, &device());
        let value = number(loss.clone());
        self.descent.step(loss, (context.cosine(), context.clip), self.settings.average, context.step);
        Ok(vec![("loss", value)])
    }

    fn rounds(&self) -> Option<usize> {
        Some(self.train.len() / self.batch())
    }

    fn has_held_out(&self) -> bool {
        !self.held.is_empty()
    }

    /// Mean loss of the held-out frames, each as it is or composed with others.
    fn validate(&self, _: &Samples, rng: Rng) -> Option<f64> {
        let (network, device) = (self.descent.averaged(), Device::flex());
        let plain = Settings { recolour: 0.0, zoom: 0.0, ..self.settings.clone() };
        let count = self.held.len().min(HELD);
        let one = |i: usize| match self.settings.compose > 0.0 {
            true => example(&self.held, i, &plain, rng.fork(i as u64)),
            false => symmetric(&self.held[i], 0),
        };
        let all: Vec<Example> = (0..count).into_par_iter().map(one).collect();
        let sum: f64 = all
            .chunks(AT_ONCE)
            .map(|batch| batch.len() as f64 * number(self.loss(&network, batch, 0, &device)))
            .sum();
        Some(sum / count.max(1) as f64)
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

//! One step of the goals *varied* and *grow*; worlds of *grow* are kept in a pool between steps.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Tensor, TensorData};

use super::cells::pool::Pool;
use super::goals::{self, Loss, Pooled};
use super::model::{Encoder, Network, Rule};
use super::settings::{Goal, Settings};
use super::{data, texture};
use crate::data::planar;
use crate::glue::{
    clipped, device, fresh, module_bytes, number, optimizer_bytes, part, restored, restored_optimizer,
    weights,
};
use crate::method::settings;
use crate::net::weights::Weights;
use crate::optimiser::{Moments, Optimiser};
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingInputs};
use crate::vae::model::Prior;
use crate::{ImageShape, LearnError};
use ::data::sample::Samples;
use world::rng::Rng;

/// Worlds in the pool, and taken from it for a step.
const POOL: (usize, usize) = (128, 8);

/// Steps of an epoch where it does not go through the pictures.
const ROUNDS: usize = 50;

struct Nca {
    settings: Settings,
    shape: ImageShape,
    classes: usize,
    network: Network,
    optimizer: ModuleOptimizer,
    device: Device,
    /// Worlds that grow; none for the goal `varied`.
    pool: Pool,
    /// The picture to grow, with its opacity.
    target: Vec<f32>,
}

/// A trainer with fresh weights.
///
/// # Errors
/// Not exactly one picture to grow, too few pictures to vary, or too few channels.
pub fn trainer(inputs: &TrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    let (shape, n) = (inputs.shape(), inputs.samples.len());
    if s.goal == Goal::Grow && n != 1 {
        return Err(format!("the goal `grow` expects one picture, found {n}"));
    }
    if s.goal == Goal::Varied && n < 16 {
        return Err(format!(
            "the goal `varied` expects at least 16 pictures, found {n}; try --set goal=grow"
        ));
    }
    if (s.channels as usize) < shape.channels + 2 {
        return Err(format!(
            "expected the setting `channels` to be at least {} for these pictures",
            shape.channels + 2
        ));
    }
    if s.goal == Goal::Texture {
        return texture::training::trainer(inputs, s);
    }
    let classes = inputs.classes();
    let varied = s.goal == Goal::Varied;
    let genome = varied.then_some(s.latent as usize + classes);
    let network = fresh(inputs.plan.seed, |d| Network {
        rule: Rule::new(&s, genome, shape.side / 4, d),
        encoder: varied.then(|| Encoder::new(shape, classes, s.latent as usize, d)),
        prior: varied.then(|| Prior::new(classes, s.latent as usize, d)),
    });
    let target = planar(&inputs.samples.pictures[0], shape.channels);
    let seed = data::seed(s.channels as usize, shape.channels, shape.side);
    Ok(Box::new(Nca {
        target: data::with_opacity(&target, shape),
        optimizer: Optimiser::Adam(Moments::default()).init(0.0),
        device: device(),
        pool: Pool::new(if varied { 0 } else { POOL.0 }, |_| seed.clone()),
        settings: s,
        shape,
        classes,
        network,
    }))
}

impl Nca {
    fn seed(&self) -> Vec<f32> {
        data::seed(self.settings.channels as usize, self.shape.channels, self.shape.side)
    }

    fn learn(&mut self, loss: Loss, context: &StepContext) -> Losses {
        let losses: Losses = loss.parts.into_iter().map(|(n, t)| (n, number(t))).collect();
        let (grads, _) = clipped(loss.total.backward(), &self.network, context.clip);
        self.network = self.optimizer.step(context.cosine(), self.network.clone(), grads);
        losses
    }

    /// A batch of worlds from the pool, some of them damaged, one of them reset.
    fn sample_pool(&self, rng: Rng) -> (Vec<usize>, Tensor<4>) {
        let places = self.pool.draw(POOL.1, rng);
        let mut all = Vec::new();
        for (i, &p) in places.iter().enumerate() {
            let mut one = if i == 0 { self.seed() } else { self.pool.state(p).to_vec() };
            if i >= POOL.1 - 2 {
                data::damage(&mut one, self.shape.side, rng.named("wound").fork(i as u64));
            }
            all.extend(one);
        }
        let dims = [POOL.1, self.settings.channels as usize, self.shape.side, self.shape.side];
        (places, Tensor::from_data(TensorData::new(all, dims), &self.device))
    }

    fn grow(&mut self, context: &StepContext) -> Losses {
        let (places, x) = self.sample_pool(context.rng.named("pool"));
        let side = self.shape.side as u64;
        let steps = side * 3 / 2 + context.rng.below(1, side * 3 / 4);
        let Pooled { loss, worlds, each } =
            goals::grow(&self.network, self.shape, &self.target, x, steps as usize);
        let worst = each.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(i, _)| i);
        let world = worlds.len() / POOL.1;
        for (i, (&p, state)) in places.iter().zip(worlds.chunks_exact(world)).enumerate() {
            // The worst is reset.
            if i == worst && i > 0 {
                let seed = self.seed();
                self.pool.put(p, &seed);
            } else {
                self.pool.put(p, state);
            }
        }
        self.learn(loss, context)
    }
}

impl Trainer for Nca {
    fn step(&mut self, batch: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        self.device.seed(context.rng.bits(0));
        if self.settings.goal != Goal::Varied {
            return Ok(self.grow(context));
        }
        let loss =
            goals::varied(&self.network, &self.settings, self.classes, batch, context.rng, &self.device);
        Ok(self.learn(loss, context))
    }

    fn rounds(&self) -> Option<usize> {
        (self.settings.goal != Goal::Varied).then_some(ROUNDS)
    }

    fn validate(&self, held: &Samples, rng: Rng) -> Option<f64> {
        if self.settings.goal != Goal::Varied {
            return None;
        }
        self.device.seed(rng.bits(0));
        let network = self.network.valid();
        let mut sum = 0.0;
        let places: Vec<usize> = (0..held.len()).collect();
        for (i, places) in places.chunks(64).enumerate() {
            let batch = Batch::of(held, places);
            let rng = rng.fork(i as u64);
            let loss = goals::varied(&network, &self.settings, self.classes, &batch, rng, &Device::flex());
            sum += number(loss.total) * places.len() as f64;
        }
        Some(sum / held.len() as f64)
    }

    fn weights(&self) -> Weights {
        let mut all = weights(&self.network.rule);
        if let Some(prior) = &self.network.prior {
            all.extend("prior", weights(prior));
        }
        all
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        Ok(vec![
            ("network".into(), module_bytes(&self.network)?),
            ("optimizer".into(), optimizer_bytes(&self.optimizer)?),
            ("pool".into(), self.pool.bytes()),
        ])
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.network = restored(self.network.clone(), state, "network")?;
        self.optimizer = restored_optimizer(self.optimizer.clone(), state, "optimizer")?;
        self.pool.restore(part(state, "pool")?)
    }
}

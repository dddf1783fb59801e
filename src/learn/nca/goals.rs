//! The loss of each goal.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::activation::softplus;
use burn::tensor::{Device, Tensor, TensorData};

use super::Settings;
use super::data;
use super::model::{Network, Rule, sides};
use super::texture::{TextureExtractor, apart};
use crate::ImageShape;
use crate::glue::{doubled, numbers, one_hot, pixels};
use crate::training::{Batch, noise};
use world::rng::Rng;

/// A loss with the named numbers it is made of.
pub struct Loss {
    /// To be made less.
    pub total: Tensor<1>,
    /// Its parts.
    pub parts: Vec<(&'static str, Tensor<1>)>,
}

/// Every so many batches live longer and are wounded before they are looked at, so that pictures last and heal.
const LASTING: u64 = 4;

/// Pictures of a set: the negative evidence lower bound, in nats a picture.
pub fn varied(net: &Network, s: &Settings, classes: usize, batch: &Batch, rng: Rng, device: &Device) -> Loss {
    let n = batch.len();
    let (x, labels) = (pixels(batch, device), one_hot(&batch.labels, classes, device));
    let latent = s.latent as usize;
    let noise = TensorData::new(noise(rng.named("latent"), n * latent), [n, latent]);
    let (Some(encoder), Some(prior)) = (&net.encoder, &net.prior) else { return nothing(device) };
    let (mean, log) = encoder.forward(x.clone(), labels.clone());
    let z = mean.clone() + log.clone().mul_scalar(0.5).exp() * Tensor::from_data(noise, device);
    let divergence = prior.divergence(mean, log, labels.clone()).div_scalar(n as f32);
    let genome = Tensor::cat(vec![z, labels], 1);
    let lasting = rng.below(0, LASTING) == 0;
    let world = live(net, s, &genome, batch.shape, lasting.then_some(rng.named("wound")));
    let shown = world.narrow(1, 0, batch.shape.channels);
    // −log of a Bernoulli likelihood with these logits.
    let missed = (softplus(shown.clone(), 1.0) - shown * x).sum().div_scalar(n as f32);
    let total = missed.clone() + divergence.clone().mul_scalar(s.beta);
    Loss {
        total: total.clone(),
        parts: vec![("loss", total), ("reconstruction", missed), ("divergence", divergence)],
    }
}

/// Worlds from their birth to their end. A wounded one has lived for some time, is wounded, and lives on.
fn live(
    net: &Network,
    s: &Settings,
    genome: &Tensor<2>,
    shape: ImageShape,
    damage: Option<Rng>,
) -> Tensor<4> {
    let sides = sides(shape.side);
    let mut x = net.rule.born(genome, sides[0]);
    for (i, _) in sides.iter().enumerate() {
        if i > 0 {
            x = doubled(x);
        }
        for _ in 0..s.steps {
            x = net.rule.step(x, Some(genome), None);
        }
    }
    let Some(rng) = damage else { return x };
    let old = genome.clone().detach();
    let mut x = x.detach();
    for _ in 0..s.steps {
        x = net.rule.step(x, Some(&old), None).detach();
    }
    let dims = x.dims();
    let mut mask = vec![1f32; dims[0] * shape.side * shape.side];
    let worlds = mask.chunks_exact_mut(shape.side * shape.side).enumerate();
    // Every second world is wounded; the others must only last.
    worlds.skip(1).step_by(2).for_each(|(i, m)| data::damage(m, shape.side, rng.fork(i as u64)));
    let mask = TensorData::new(mask, [dims[0], 1, shape.side, shape.side]);
    let mut x = x.clone() * Tensor::<4>::from_data(mask, &x.device());
    for _ in 0..s.steps {
        x = net.rule.step(x, Some(genome), None);
    }
    x
}

fn nothing(device: &Device) -> Loss {
    Loss { total: Tensor::zeros([1], device), parts: Vec::new() }
}

/// Worlds of a pool and how they ended.
pub struct Pooled {
    /// The loss.
    pub loss: Loss,
    /// States at the end, one after the other.
    pub worlds: Vec<f32>,
    /// How far each world is from what it should be.
    pub each: Vec<f32>,
}

/// Numbers that hidden states should stay within.
const BOUND: f32 = 2.0;

fn escaped(x: &Tensor<4>) -> Tensor<1> {
    (x.clone() - x.clone().clamp(-BOUND, BOUND)).abs().mean()
}

fn run(rule: &Rule, x: Tensor<4>, steps: usize, alive: Option<usize>) -> Tensor<4> {
    (0..steps).fold(x, |x, _| rule.step(x, None, alive))
}

/// One picture with its opacity, from worlds on their way to it.
pub fn grow(net: &Network, shape: ImageShape, target: &[f32], x: Tensor<4>, steps: usize) -> Pooled {
    let shown = shape.channels + 1;
    let x = run(&net.rule, x, steps, Some(shape.channels));
    let goal = TensorData::new(target.to_vec(), [1, shown, shape.side, shape.side]);
    let apart = x.clone().narrow(1, 0, shown) - Tensor::from_data(goal, &x.device());
    let each = apart.powi_scalar(2).mean_dim(3).mean_dim(2).mean_dim(1).reshape([x.dims()[0] as i32]);
    let missed = each.clone().mean();
    let total = missed.clone() + escaped(&x);
    let loss = Loss { total: total.clone(), parts: vec![("loss", total), ("distance", missed)] };
    Pooled { loss, worlds: numbers(x.detach()), each: numbers(each.detach()) }
}

/// A texture, from worlds on their way to it.
pub fn texture(
    net: &Network,
    eye: &TextureExtractor,
    shape: ImageShape,
    reference: Tensor<4>,
    x: Tensor<4>,
    steps: usize,
) -> Pooled {
    let x = run(&net.rule, x, steps, None);
    let shown = x.clone().narrow(1, 0, shape.channels).add_scalar(0.5);
    let missed = apart(&eye.look(shown.clone()), &eye.look(reference));
    let outside = (shown.clone() - shown.clamp(0.0, 1.0)).abs().mean();
    let total = missed.clone() + escaped(&x) + outside;
    let n = x.dims()[0];
    let loss = Loss { total: total.clone(), parts: vec![("loss", total), ("texture", missed)] };
    Pooled { loss, worlds: numbers(x.detach()), each: vec![0.0; n] }
}

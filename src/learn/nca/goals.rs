//! The losses of the goals `varied` and `grow`.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::activation::softplus;
use burn::tensor::{Device, Tensor, TensorData};

use super::Settings;
use super::data;
use super::model::{Network, Rule, sides};
use crate::ImageShape;
use crate::glue::{doubled, numbers, one_hot, pixels};
use crate::training::{Batch, noise};
use world::rng::Rng;

/// A loss with its named terms.
pub struct Loss {
    /// The sum to minimise.
    pub total: Tensor<1>,
    /// Its terms.
    pub parts: Vec<(&'static str, Tensor<1>)>,
}

/// One batch in so many, on average, runs longer and is damaged before its loss, so that pictures persist and
/// regenerate.
const PERSISTENCE: u64 = 4;

/// Pictures of a set: the negative evidence lower bound, in nats per picture.
pub fn varied(net: &Network, s: &Settings, classes: usize, batch: &Batch, rng: Rng, device: &Device) -> Loss {
    let n = batch.len();
    let (x, labels) = (pixels(batch, device), one_hot(&batch.labels, classes, device));
    let latent = s.latent as usize;
    let noise = TensorData::new(noise(rng.named("latent"), n * latent), [n, latent]);
    let (Some(encoder), Some(prior)) = (&net.encoder, &net.prior) else { return zero_loss(device) };
    let (mean, log) = encoder.forward(x.clone(), labels.clone());
    let z = mean.clone() + log.clone().mul_scalar(0.5).exp() * Tensor::from_data(noise, device);
    let divergence = prior.divergence(mean, log, labels.clone()).div_scalar(n as f32);
    let genome = Tensor::cat(vec![z, labels], 1);
    let persistent = rng.below(0, PERSISTENCE) == 0;
    let world = develop(net, s, &genome, batch.shape, persistent.then_some(rng.named("wound")));
    let shown = world.narrow(1, 0, batch.shape.channels);
    // −log of a Bernoulli likelihood with these logits.
    let reconstruction = (softplus(shown.clone(), 1.0) - shown * x).sum().div_scalar(n as f32);
    let total = reconstruction.clone() + divergence.clone().mul_scalar(s.beta);
    Loss {
        total: total.clone(),
        parts: vec![("loss", total), ("reconstruction", reconstruction), ("divergence", divergence)],
    }
}

/// Worlds from their initial state to their last step. With `damage` they first run on without gradients, half of them
/// are damaged, and all run on.
fn develop(
    net: &Network,
    s: &Settings,
    genome: &Tensor<2>,
    shape: ImageShape,
    damage: Option<Rng>,
) -> Tensor<4> {
    let sides = sides(shape.side);
    let mut x = net.rule.initial(genome, sides[0]);
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
    // Every second world is damaged; the others must only persist.
    worlds.skip(1).step_by(2).for_each(|(i, m)| data::damage(m, shape.side, rng.fork(i as u64)));
    let mask = TensorData::new(mask, [dims[0], 1, shape.side, shape.side]);
    let mut x = x.clone() * Tensor::<4>::from_data(mask, &x.device());
    for _ in 0..s.steps {
        x = net.rule.step(x, Some(genome), None);
    }
    x
}

fn zero_loss(device: &Device) -> Loss {
    Loss { total: Tensor::zeros([1], device), parts: Vec::new() }
}

/// Worlds of the pool after a step, with their loss.
pub struct Pooled {
    /// The loss.
    pub loss: Loss,
    /// Final states, concatenated.
    pub worlds: Vec<f32>,
    /// Distance of each world from its target.
    pub each: Vec<f32>,
}

/// Range that states should stay within.
const BOUND: f32 = 2.0;

fn overflow_loss(x: &Tensor<4>) -> Tensor<1> {
    (x.clone() - x.clone().clamp(-BOUND, BOUND)).abs().mean()
}

fn run(rule: &Rule, x: Tensor<4>, steps: usize, alive: Option<usize>) -> Tensor<4> {
    (0..steps).fold(x, |x, _| rule.step(x, None, alive))
}

/// Loss of worlds that should grow into one picture with its opacity.
pub fn grow(net: &Network, shape: ImageShape, target: &[f32], x: Tensor<4>, steps: usize) -> Pooled {
    let shown = shape.channels + 1;
    let x = run(&net.rule, x, steps, Some(shape.channels));
    let goal = TensorData::new(target.to_vec(), [1, shown, shape.side, shape.side]);
    let difference = x.clone().narrow(1, 0, shown) - Tensor::from_data(goal, &x.device());
    let each = difference.powi_scalar(2).mean_dim(3).mean_dim(2).mean_dim(1).reshape([x.dims()[0] as i32]);
    let distance = each.clone().mean();
    let total = distance.clone() + overflow_loss(&x);
    let loss = Loss { total: total.clone(), parts: vec![("loss", total), ("distance", distance)] };
    Pooled { loss, worlds: numbers(x.detach()), each: numbers(each.detach()) }
}

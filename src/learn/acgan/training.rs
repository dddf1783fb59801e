//! One step: the discriminator, then the generator, on pictures from the same latent vectors.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;

use super::Settings;
use super::data::AcganConfig;
use super::losses::{accuracy, classification_loss, discriminator_loss, generator_loss};
use super::model::{Discriminator, Generator};
use super::penalty::penalty;
use crate::LearnError;
use crate::average::Average;
use crate::glue::{
    clipped, device, fresh, module_bytes, number, one_hot, optimizer_bytes, part, pixels, restored,
    restored_optimizer, weights,
};
use crate::method::settings;
use crate::net::weights::Weights;
use crate::optimiser::{Moments, Optimiser};
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingInputs, noise};
use ::data::sample::Samples;
use world::rng::Rng;

/// Spatial dropout rate on the discriminator's last planes.
const DROPOUT: f32 = 0.3;

/// Steps of the critic per step of the generator, under `wasserstein`.
const CRITIC: usize = 3;

struct Acgan {
    settings: Settings,
    sizes: AcganConfig,
    generator: Generator,
    discriminator: Discriminator,
    average: Average,
    optimizers: [ModuleOptimizer; 2],
}

/// A trainer with fresh weights.
///
/// # Errors
/// Fewer than two pictures in a batch, too few for batch normalisation.
pub fn trainer(inputs: &TrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    if inputs.samples.len() < 2 || inputs.plan.batch == 1 {
        return Err(format!("expected at least two pictures a batch, found {}", inputs.samples.len().min(1)));
    }
    let sizes = AcganConfig::of(&s, inputs.shape(), inputs.classes());
    let generator = fresh(inputs.plan.seed, |d| Generator::new(&sizes, d));
    let other = Rng::new(inputs.plan.seed).named("discriminator").bits(0);
    let discriminator = fresh(other, |d| Discriminator::new(&sizes, d));
    let (first, second) = if s.wasserstein { (0.0, 0.9) } else { (0.5, 0.999) };
    let adam = || Optimiser::Adam(Moments { betas: [first, second], ..Moments::default() }).init(0.0);
    Ok(Box::new(Acgan {
        average: Average::of(&generator),
        settings: s,
        sizes,
        generator,
        discriminator,
        optimizers: [adam(), adam()],
    }))
}

/// Inputs of both networks.
struct AdversarialBatch {
    real: Tensor<4>,
    labels: Tensor<2>,
    code: Tensor<2>,
    device: Device,
}

impl AdversarialBatch {
    fn of(batch: &Batch, sizes: &AcganConfig, rng: Rng) -> Self {
        let device = device();
        let (n, latent) = (batch.len(), sizes.latent);
        let labels = one_hot(&batch.labels, sizes.classes, &device);
        let z = TensorData::new(noise(rng.named("latent"), n * latent), [n, latent]);
        let z = Tensor::<2>::from_data(z, &device);
        let code = if sizes.conditions() > 0 { Tensor::cat(vec![z, labels.clone()], 1) } else { z };
        Self { real: pixels(batch, &device), labels, code, device }
    }

    /// Pictures with noise of this deviation.
    fn with_noise(&self, x: Tensor<4>, deviation: f32, rng: Rng) -> Tensor<4> {
        if deviation <= 0.0 {
            return x;
        }
        let dims = x.dims();
        let noise = noise(rng, dims.iter().product());
        x + Tensor::from_data(TensorData::new(noise, dims), &self.device).mul_scalar(deviation)
    }

    /// Random interpolations between real pictures and generated ones.
    fn interpolated(&self, made: Tensor<4>, rng: Rng) -> Tensor<4> {
        let n = made.dims()[0];
        let shares = rng.sequence().random_iter().take(n).collect::<Vec<f32>>();
        let t = Tensor::<4>::from_data(TensorData::new(shares, [n, 1, 1, 1]), &self.device);
        self.real.clone() + (made - self.real.clone()) * t
    }
}

impl Acgan {
    /// One step of the discriminator; its losses, and its class accuracy on real pictures.
    fn discriminate(
        &mut self,
        inputs: &AdversarialBatch,
        made: Tensor<4>,
        labels: &[usize],
        m: &StepContext,
    ) -> Losses {
        let s = &self.settings;
        let (wasserstein, noise) = (s.wasserstein, self.noise(m));
        let of = |x: Tensor<4>, name: &str| {
            let rng = m.rng.named(name);
            let kept = self.kept(batch_size(&inputs.real), rng);
            self.discriminator.forward(inputs.with_noise(x, noise, rng), kept)
        };
        let made = made.detach();
        let (real_seen, made_seen) = (of(inputs.real.clone(), "real"), of(made.clone(), "made"));
        let adversarial = discriminator_loss(&real_seen, &made_seen, wasserstein);
        let mut losses = vec![("discriminator", number(adversarial.clone()))];
        let mut total = adversarial;
        // On real pictures only: generated ones would teach it to agree with the generator on wrong classes.
        if let Some(loss) = classification_loss(&real_seen, &inputs.labels) {
            total = total + loss;
        }
        if wasserstein {
            let fixed = self.discriminator.clone().no_grad();
            let at = inputs.interpolated(made, m.rng.named("between"));
            let found =
                penalty(|x| self.discriminator.forward(x, None).real, |x| fixed.forward(x, None).real, at);
            total = total + found.loss.mul_scalar(s.penalty);
            losses.push(("slope", found.value));
        }
        losses.push(("class accuracy", accuracy(&real_seen, labels)));
        let (grads, _) = clipped(total.backward(), &self.discriminator, m.clip);
        self.discriminator = self.optimizers[1].step(m.cosine(), self.discriminator.clone(), grads);
        losses
    }

    /// One step of the generator; its loss.
    fn generate(&mut self, inputs: &AdversarialBatch, made: Tensor<4>, m: &StepContext) -> f64 {
        let (rng, n) = (m.rng.named("again"), batch_size(&made));
        let seen = self.discriminator.forward(inputs.with_noise(made, self.noise(m), rng), self.kept(n, rng));
        let adversarial = generator_loss(&seen, self.settings.wasserstein);
        let value = number(adversarial.clone());
        if self.settings.wasserstein && !m.step.is_multiple_of(CRITIC) {
            return value;
        }
        let total = match classification_loss(&seen, &inputs.labels) {
            Some(loss) => adversarial + loss,
            None => adversarial,
        };
        let (grads, _) = clipped(total.backward(), &self.generator, m.clip);
        self.generator = self.optimizers[0].step(m.cosine(), self.generator.clone(), grads);
        self.average.update(&self.generator, self.settings.average, m.step);
        value
    }

    /// Dropout mask of the discriminator's last planes; none for the critic of `wasserstein`, which must be smooth.
    fn kept(&self, n: usize, rng: Rng) -> Option<Tensor<2>> {
        if self.settings.wasserstein {
            return None;
        }
        let planes = self.sizes.discriminator_widths().last().copied().unwrap_or(0);
        let mut s = rng.named("kept").sequence();
        let one = |_| if s.random_bool(DROPOUT.into()) { 0.0 } else { 1.0 / (1.0 - DROPOUT) };
        let mask = TensorData::new((0..n * planes).map(one).collect::<Vec<f32>>(), [n, planes]);
        Some(Tensor::from_data(mask, &device()))
    }

    /// Deviation of the noise on the discriminator's inputs, which decreases to 0.
    fn noise(&self, m: &StepContext) -> f32 {
        if self.settings.wasserstein { 0.0 } else { self.settings.noise * (1.0 - m.progress()) as f32 }
    }
}

fn batch_size(x: &Tensor<4>) -> usize {
    x.dims()[0]
}

impl Trainer for Acgan {
    fn step(&mut self, batch: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let inputs = AdversarialBatch::of(batch, &self.sizes, context.rng);
        let made = self.generator.forward(inputs.code.clone());
        let mut losses = self.discriminate(&inputs, made.clone(), &batch.labels, context);
        losses.insert(0, ("generator", self.generate(&inputs, made, context)));
        Ok(losses)
    }

    fn validate(&self, _: &Samples, _: Rng) -> Option<f64> {
        None
    }

    fn weights(&self) -> Weights {
        weights(&self.average.module(&self.generator.valid()))
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        Ok(vec![
            ("generator".into(), module_bytes(&self.generator)?),
            ("discriminator".into(), module_bytes(&self.discriminator)?),
            ("average".into(), self.average.bytes()),
            ("optimizer of the generator".into(), optimizer_bytes(&self.optimizers[0])?),
            ("optimizer of the discriminator".into(), optimizer_bytes(&self.optimizers[1])?),
        ])
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.generator = restored(self.generator.clone(), state, "generator")?;
        self.discriminator = restored(self.discriminator.clone(), state, "discriminator")?;
        self.average.restore(part(state, "average")?)?;
        for (i, name) in ["generator", "discriminator"].into_iter().enumerate() {
            let name = format!("optimizer of the {name}");
            self.optimizers[i] = restored_optimizer(self.optimizers[i].clone(), state, &name)?;
        }
        Ok(())
    }
}

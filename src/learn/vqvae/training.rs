//! One step: of the autoencoder and its codebook in the first epochs, of the prior over their codes in the rest.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::activation::softplus;
use burn::tensor::{Device, Tensor};

use super::Settings;
use super::codebook::{Codebook, perplexity};
use super::data::VqVaeConfig;
use super::model::{Autoencoder, planes, rows, straight_through};
use super::prior::CodePrior;
use crate::LearnError;
use crate::glue::{
    clipped, device, fresh, module_bytes, number, numbers, one_hot, optimizer_bytes, part, pixels, restored,
    restored_optimizer, weights,
};
use crate::method::settings;
use crate::net::weights::{WeightArray, Weights};
use crate::optimiser::{Moments, Optimiser};
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingInputs};
use ::data::sample::Samples;
use world::rng::Rng;

struct VqVae {
    settings: Settings,
    sizes: VqVaeConfig,
    autoencoder: Autoencoder,
    codebook: Codebook,
    prior: CodePrior,
    /// Of the autoencoder and the prior.
    optimizers: [ModuleOptimizer; 2],
    /// Epochs of the plan, and how many of them train the autoencoder.
    epochs: [usize; 2],
    /// Whether the prior has been trained.
    has_prior: bool,
}

/// A trainer with fresh weights.
///
/// # Errors
/// Fewer than two epochs: autoencoder and prior need one each.
pub fn trainer(inputs: &TrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    let epochs = inputs.plan.epochs;
    if epochs < 2 {
        return Err(format!(
            "expected at least 2 epochs, one for the codes and one for their prior, found {epochs}"
        ));
    }
    let first = ((epochs as f64 * s.autoencoder as f64).round() as usize).clamp(1, epochs - 1);
    let sizes = VqVaeConfig::of(&s, inputs.shape(), inputs.classes());
    let seed = inputs.plan.seed;
    let optimizer = || Optimiser::Adam(Moments::default()).init(0.0);
    Ok(Box::new(VqVae {
        autoencoder: fresh(seed, |d| Autoencoder::new(&sizes, d)),
        codebook: Codebook::new(sizes.prior.symbols, sizes.embedding),
        prior: fresh(seed.wrapping_add(1), |d| CodePrior::new(&sizes.prior, d)),
        optimizers: [optimizer(), optimizer()],
        epochs: [epochs, first],
        has_prior: false,
        settings: s,
        sizes,
    }))
}

/// Bernoulli negative log-likelihood of pixels, summed, in nats.
fn reconstruction_loss(logits: Tensor<4>, x: Tensor<4>) -> Tensor<1> {
    (softplus(logits.clone(), 1.0) - logits * x).sum()
}

impl VqVae {
    /// Rows of the encoder's output, and their codes.
    fn quantised(&self, encoded: &Tensor<4>) -> (Vec<f32>, Vec<usize>) {
        let rows = numbers(rows(encoded.clone()));
        let codes = self.codebook.nearest(&rows);
        (rows, codes)
    }

    fn step_autoencoder(&mut self, batch: &Batch, context: &StepContext) -> Losses {
        let (device, n) = (device(), batch.len() as f32);
        let x = pixels(batch, &device);
        let encoded = self.autoencoder.encoder.forward(x.clone());
        if !self.codebook.is_initialised() {
            self.codebook.initialise(&numbers(rows(encoded.clone())), context.rng.named("begin"));
        }
        let (found, codes) = self.quantised(&encoded);
        let vectors = planes(self.codebook.look_up(&codes), &self.sizes, &device);
        let committed = (encoded.clone() - vectors.clone()).powi_scalar(2).mean();
        let seen = straight_through(encoded, vectors);
        let error = reconstruction_loss(self.autoencoder.decoder.forward(seen), x).div_scalar(n);
        let losses = vec![
            ("reconstruction", number(error.clone())),
            ("commitment", number(committed.clone())),
            ("perplexity", perplexity(&codes, self.codebook.size())),
        ];
        let total =
            error.div_scalar(self.sizes.shape.len() as f32) + committed.mul_scalar(self.settings.commitment);
        let (grads, _) = clipped(total.backward(), &self.autoencoder, context.clip);
        self.autoencoder = self.optimizers[0].step(context.cosine(), self.autoencoder.clone(), grads);
        self.codebook.learn(&found, &codes, context.rng.named("codebook"));
        losses
    }

    fn step_prior(&mut self, batch: &Batch, context: &StepContext) -> Losses {
        let (device, n) = (device(), batch.len() as f32);
        let encoded = self.autoencoder.valid().encoder.forward(pixels(batch, &Device::flex()));
        let codes = self.quantised(&encoded).1;
        let classes = one_hot(&batch.labels, self.sizes.prior.classes, &device);
        let nll = self.prior.nll(&codes, classes, self.sizes.prior.symbols, &device).div_scalar(n);
        let losses = vec![("codes", number(nll.clone()))];
        let total = nll.div_scalar(self.sizes.places() as f32);
        let (grads, _) = clipped(total.backward(), &self.prior, context.clip);
        self.prior = self.optimizers[1].step(context.cosine(), self.prior.clone(), grads);
        self.has_prior = true;
        losses
    }

    /// Bound on the negative log-likelihood of the pictures, summed, in nats: of their codes and of the pixels given
    /// the codes. Before the prior has learned anything all codes are equally likely.
    fn bound(&self, autoencoder: &Autoencoder, prior: &CodePrior, batch: &Batch) -> f64 {
        let device = Device::flex();
        let x = pixels(batch, &device);
        let codes = self.quantised(&autoencoder.encoder.forward(x.clone())).1;
        let vectors = planes(self.codebook.look_up(&codes), &self.sizes, &device);
        let of_pixels = number(reconstruction_loss(autoencoder.decoder.forward(vectors), x));
        let symbols = self.sizes.prior.symbols;
        let of_codes = match self.has_prior {
            false => codes.len() as f64 * libm::log(symbols as f64),
            true => {
                let classes = one_hot(&batch.labels, self.sizes.prior.classes, &device);
                number(prior.nll(&codes, classes, symbols, &device))
            }
        };
        of_pixels + of_codes
    }
}

impl Trainer for VqVae {
    fn step(&mut self, batch: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let [epochs, first] = self.epochs;
        let turn = context.all / epochs * first;
        Ok(match context.step < turn {
            true => self.step_autoencoder(batch, &StepContext { all: turn, ..*context }),
            false => {
                let own = StepContext { step: context.step - turn, all: context.all - turn, ..*context };
                self.step_prior(batch, &own)
            }
        })
    }

    fn validate(&self, held: &Samples, _: Rng) -> Option<f64> {
        let (autoencoder, prior) = (self.autoencoder.valid(), self.prior.valid());
        let places: Vec<usize> = (0..held.len()).collect();
        let one = |places: &[usize]| self.bound(&autoencoder, &prior, &Batch::of(held, places));
        Some(places.chunks(128).map(one).sum::<f64>() / held.len() as f64)
    }

    fn weights(&self) -> Weights {
        let mut all = Weights::default();
        all.extend("decoder", weights(&self.autoencoder.decoder));
        all.extend("prior", weights(&self.prior));
        let dims = vec![self.codebook.size(), self.sizes.embedding];
        all.insert("codebook", WeightArray { dims, values: self.codebook.vectors().to_vec() });
        all
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        Ok(vec![
            ("autoencoder".into(), module_bytes(&self.autoencoder)?),
            ("autoencoder optimizer".into(), optimizer_bytes(&self.optimizers[0])?),
            ("codebook".into(), self.codebook.to_bytes()),
            ("prior".into(), module_bytes(&self.prior)?),
            ("prior optimizer".into(), optimizer_bytes(&self.optimizers[1])?),
            ("has prior".into(), vec![self.has_prior as u8]),
        ])
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.autoencoder = restored(self.autoencoder.clone(), state, "autoencoder")?;
        self.prior = restored(self.prior.clone(), state, "prior")?;
        for (optimizer, name) in self.optimizers.iter_mut().zip(["autoencoder optimizer", "prior optimizer"])
        {
            *optimizer = restored_optimizer(optimizer.clone(), state, name)?;
        }
        if !self.codebook.restore(part(state, "codebook")?) {
            return Err(LearnError::Failed("cannot resume: the codebook is of another size".into()));
        }
        self.has_prior = part(state, "has prior")? == [1];
        Ok(())
    }
}

#[cfg(test)]
mod tests;

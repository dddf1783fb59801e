//! One step: the evidence lower bound of a batch, one latent sample per picture.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::activation::{sigmoid, softplus};
use burn::tensor::{Device, Tensor, TensorData};

use super::data::VaeConfig;
use super::model::Network;
use super::{Likelihood, Settings};
use crate::LearnError;
use crate::glue::{
    clipped, device, fresh, module_bytes, number, one_hot, optimizer_bytes, pixels, restored,
    restored_optimizer, weights,
};
use crate::method::settings;
use crate::net::weights::Weights;
use crate::optimiser::{Moments, Optimiser};
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingInputs, noise};
use ::data::sample::Samples;
use world::rng::Rng;

/// Deviation of a pixel under the Gaussian likelihood.
const DEVIATION: f32 = 0.1;

struct Vae {
    settings: Settings,
    sizes: VaeConfig,
    network: Network,
    optimizer: ModuleOptimizer,
}

/// A trainer with fresh weights.
///
/// # Errors
/// None; any pictures will do.
pub fn trainer(inputs: &TrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    let sizes = VaeConfig::of(&s, inputs.shape(), inputs.classes());
    let network = fresh(inputs.plan.seed, |d| Network::new(&sizes, d));
    Ok(Box::new(Vae {
        settings: s,
        sizes,
        network,
        optimizer: Optimiser::Adam(Moments::default()).init(0.0),
    }))
}

/// The negative evidence lower bound with β, then its two parts, in nats per picture.
struct Elbo([Tensor<1>; 3]);

impl Elbo {
    fn losses(&self) -> Losses {
        let names = ["loss", "reconstruction", "divergence"];
        names.into_iter().zip(&self.0).map(|(n, t)| (n, number(t.clone()))).collect()
    }
}

impl Vae {
    fn bound(&self, network: &Network, batch: &Batch, rng: Rng, device: &Device) -> Elbo {
        let (n, latent) = (batch.len(), self.sizes.latent);
        let (x, labels) = (pixels(batch, device), one_hot(&batch.labels, self.sizes.classes, device));
        let (mean, log) = network.encoder.forward(x.clone(), labels.clone());
        let noise = TensorData::new(noise(rng.named("latent"), n * latent), [n, latent]);
        let z = mean.clone() + log.clone().mul_scalar(0.5).exp() * Tensor::from_data(noise, device);
        let divergence = network.prior.divergence(mean, log, labels.clone());
        let logits = network.decoder.forward(z, labels);
        let reconstruction = match self.settings.likelihood {
            Likelihood::Bernoulli => softplus(logits.clone(), 1.0) - logits * x,
            Likelihood::Gaussian => {
                (sigmoid(logits) - x).powi_scalar(2).mul_scalar(0.5 / (DEVIATION * DEVIATION))
            }
        };
        let reconstruction = reconstruction.sum().div_scalar(n as f32);
        let divergence = divergence.div_scalar(n as f32);
        let total = reconstruction.clone() + divergence.clone().mul_scalar(self.settings.beta);
        Elbo([total, reconstruction, divergence])
    }
}

impl Trainer for Vae {
    fn step(&mut self, batch: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let bound = self.bound(&self.network, batch, context.rng, &device());
        let losses = bound.losses();
        let [total, ..] = bound.0;
        let (grads, _) = clipped(total.backward(), &self.network, context.clip);
        self.network = self.optimizer.step(context.cosine(), self.network.clone(), grads);
        Ok(losses)
    }

    fn validate(&self, held: &Samples, rng: Rng) -> Option<f64> {
        let network = self.network.valid();
        let places: Vec<usize> = (0..held.len()).collect();
        let one = |(i, places): (usize, &[usize])| {
            let batch = Batch::of(held, places);
            let Elbo([total, ..]) = self.bound(&network, &batch, rng.fork(i as u64), &Device::flex());
            number(total) * places.len() as f64
        };
        Some(places.chunks(128).enumerate().map(one).sum::<f64>() / held.len() as f64)
    }

    fn weights(&self) -> Weights {
        let mut all = weights(&self.network.decoder);
        all.extend("prior", weights(&self.network.prior));
        all
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        Ok(vec![
            ("network".into(), module_bytes(&self.network)?),
            ("optimizer".into(), optimizer_bytes(&self.optimizer)?),
        ])
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.network = restored(self.network.clone(), state, "network")?;
        self.optimizer = restored_optimizer(self.optimizer.clone(), state, "optimizer")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glue::numbers;
    use crate::model::normals;
    use crate::net::weights::WeightArray;
    use crate::{ImageShape, header, trials};

    #[test]
    fn training_and_inference_make_the_same_picture() {
        for (channels, side) in [(1, 28), (3, 32), (3, 64)] {
            let shape = ImageShape { channels, side };
            let s = Settings { width: 16, latent: 5, ..Settings::default() };
            let network = fresh(3, |d| Network::new(&VaeConfig::of(&s, shape, 4), d));
            let point = normals(Rng::new(8), 5);
            let latent = Tensor::from_data(TensorData::new(point.clone(), [1, 5]), &device());
            let theirs = sigmoid(network.decoder.forward(latent, one_hot(&[2], 4, &device())));
            let standard = |v: f32| WeightArray { dims: vec![4, 5], values: vec![v; 20] };
            let mut all = weights(&network.decoder);
            all.insert("prior.mean", standard(0.0));
            all.insert("prior.log", standard(0.0));
            let settings = [("latent".to_string(), 5.0), ("width".to_string(), 16.0)];
            let header = header::ModelHeader {
                method: "vae".into(),
                channels,
                side,
                classes: (0..4).map(|c| c.to_string()).collect(),
                settings: settings.into(),
                card: header::ModelCard::default(),
                world: None,
            };
            let ours = super::super::inference::open(&header, &all).unwrap();
            let (theirs, ours) = (numbers(theirs), ours.picture(&point, Some(2)));
            let differences = theirs.iter().zip(&ours).map(|(a, b)| (a - b).abs());
            assert!(differences.fold(0.0, f32::max) < 1e-4, "{channels} × {side}");
        }
    }

    const SMALL: [(&str, f64); 2] = [("width", 8.0), ("latent", 4.0)];

    #[test]
    fn every_size_and_colour_trains_and_samples() {
        trials::every_shape(&super::super::METHOD, &SMALL);
    }

    #[test]
    fn resuming_is_exact_to_the_bit() {
        trials::resumes_to_the_bit(&super::super::METHOD, &SMALL);
    }
}

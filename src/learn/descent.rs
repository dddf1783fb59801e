//! A network in training by Adam, with the moving average of its weights.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;

use super::LearnError;
use super::average::Average;
use super::glue::{clipped, module_bytes, optimizer_bytes, part, restored, restored_optimizer, weights};
use super::net::weights::Weights;
use super::optimiser::{Moments, Optimiser};

const MOMENTS: Moments = Moments { betas: [0.9, 0.99], epsilon: 1e-8, amsgrad: false };

/// The network, its average and its optimizer (Kingma and Ba 2015; β₂ = 0.99).
pub struct Descent<M> {
    /// The network itself.
    pub network: M,
    average: Average,
    optimizer: ModuleOptimizer,
}

impl<M: Module> Descent<M> {
    /// Of fresh weights.
    pub fn new(network: M) -> Self {
        let optimizer = Optimiser::Adam(MOMENTS).init(0.0);
        Self { average: Average::of(&network), network, optimizer }
    }

    /// Of fresh weights, which decay at each step by `decay` times the learning rate (AdamW, Loshchilov and Hutter 2019).
    pub fn decayed(network: M, decay: f64) -> Self {
        let optimizer = Optimiser::AdamW(MOMENTS).init(decay);
        Self { average: Average::of(&network), network, optimizer }
    }

    /// One step against a loss, its gradient clipped to a norm; the average decays as [`Average::update`] says, `step`
    /// being the number of steps before.
    pub fn step(&mut self, loss: Tensor<1>, (rate, clip): (f64, f32), decay: f64, step: usize) {
        let (grads, _) = clipped(loss.backward(), &self.network, clip);
        self.network = self.optimizer.step(rate, self.network.clone(), grads);
        self.average.update(&self.network, decay, step);
    }

    /// The network with averaged weights, without gradients.
    pub fn averaged(&self) -> M {
        self.average.module(&self.network.valid())
    }

    /// The averaged weights.
    pub fn weights(&self) -> Weights {
        weights(&self.averaged())
    }

    /// All of its state, in named parts.
    ///
    /// # Errors
    /// It cannot be serialised.
    pub fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        Ok(vec![
            ("network".into(), module_bytes(&self.network)?),
            ("average".into(), self.average.bytes()),
            ("optimizer".into(), optimizer_bytes(&self.optimizer)?),
        ])
    }

    /// Restores a state.
    ///
    /// # Errors
    /// A part is missing or damaged.
    pub fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.network = restored(self.network.clone(), state, "network")?;
        self.average.restore(part(state, "average")?)?;
        self.optimizer = restored_optimizer(self.optimizer.clone(), state, "optimizer")?;
        Ok(())
    }
}

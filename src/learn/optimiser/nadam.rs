//! NAdam (Dozat 2016): Adam whose momentum looks ahead, with a momentum that grows over the first steps.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::moments::Moments;
use super::state::{TwoMoments, averaged, moved};

/// The optimiser.
#[derive(Clone, Debug)]
pub struct Nadam {
    moments: Moments,
    momentum_decay: f64,
    decay: f64,
}

impl Nadam {
    /// With a weight decay that is added to the gradient.
    pub fn new(moments: Moments, momentum_decay: f64, decay: f64) -> Self {
        Self { moments, momentum_decay, decay }
    }

    /// The momentum of a step, counted from 1.
    fn momentum(&self, step: usize) -> f64 {
        self.moments.betas[0] * (1.0 - 0.5 * libm::pow(0.96, step as f64 * self.momentum_decay))
    }
}

impl Optimizer for Nadam {
    type State<const D: usize> = TwoMoments<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        weight: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let Moments { betas: [a, b], epsilon, .. } = self.moments;
        let gradient = gradient + weight.clone().mul_scalar(self.decay);
        let new = [gradient.clone(), gradient.clone().powi_scalar(2)];
        let state = averaged(state, new, [a, b]);
        let t = state.time;
        let product: f64 = (1..=t).map(|step| self.momentum(step)).product();
        let (now, next) = (self.momentum(t), self.momentum(t + 1));
        let size = state.moment_2.clone().div_scalar(1.0 - libm::pow(b, t as f64)).sqrt().add_scalar(epsilon);
        let step = gradient.mul_scalar(rate * (1.0 - now) / (1.0 - product))
            + state.moment_1.clone().mul_scalar(rate * next / (1.0 - product * next));
        (weight - step.div(size), Some(state))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        moved(state, device)
    }
}

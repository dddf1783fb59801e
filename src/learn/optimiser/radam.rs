//! RAdam (Liu et al. 2020): Adam that takes plain momentum while the variance of its steps is unknown, and rectifies it
//! after that.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::moments::Moments;
use super::state::{TwoMoments, averaged, moved};

/// The optimiser.
#[derive(Clone, Debug)]
pub struct Radam {
    moments: Moments,
    decay: f64,
}

impl Radam {
    /// With a weight decay that is added to the gradient.
    pub fn new(moments: Moments, decay: f64) -> Self {
        Self { moments, decay }
    }

    /// The rectification of a step, counted from 1; none while it cannot be known.
    fn rectification(&self, step: usize) -> Option<f64> {
        let (b, t) = (self.moments.betas[1], step as f64);
        let end = 2.0 / (1.0 - b) - 1.0;
        let power = libm::pow(b, t);
        let now = end - 2.0 * t * power / (1.0 - power);
        let squared = (now - 4.0) * (now - 2.0) * end / ((end - 4.0) * (end - 2.0) * now);
        (now > 5.0).then(|| libm::sqrt(squared))
    }
}

impl Optimizer for Radam {
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
        let new = [gradient.clone(), gradient.powi_scalar(2)];
        let state = averaged(state, new, [a, b]);
        let t = state.time as f64;
        let step = state.moment_1.clone().mul_scalar(rate / (1.0 - libm::pow(a, t)));
        let step = match self.rectification(state.time) {
            None => step,
            Some(factor) => {
                let unbiased = libm::sqrt(1.0 - libm::pow(b, t));
                step.mul_scalar(factor * unbiased).div(state.moment_2.clone().sqrt().add_scalar(epsilon))
            }
        };
        (weight - step, Some(state))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        moved(state, device)
    }
}

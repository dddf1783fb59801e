//! Adadelta (Zeiler 2012): steps in the unit of the weights, by the means of the squares of gradients and of steps.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::state::{TwoMoments, after, moved};

/// The optimiser.
#[derive(Clone, Debug)]
pub struct Adadelta {
    rho: f64,
    epsilon: f64,
    decay: f64,
}

impl Adadelta {
    /// With a weight decay that is added to the gradient.
    pub fn new(rho: f64, epsilon: f64, decay: f64) -> Self {
        Self { rho, epsilon, decay }
    }
}

impl Optimizer for Adadelta {
    type State<const D: usize> = TwoMoments<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        weight: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let gradient = gradient + weight.clone().mul_scalar(self.decay);
        let (time, squares, taken) = match state {
            Some(old) => (old.time, old.moment_1, old.moment_2),
            None => (0, gradient.zeros_like(), gradient.zeros_like()),
        };
        let mean = |old: Tensor<D>, new: Tensor<D>| {
            old.mul_scalar(self.rho) + new.powi_scalar(2).mul_scalar(1.0 - self.rho)
        };
        let root = |of: &Tensor<D>| of.clone().add_scalar(self.epsilon).sqrt();
        let square = mean(squares, gradient.clone());
        let step = gradient.mul(root(&taken)).div(root(&square));
        let steps = mean(taken, step.clone());
        (weight - step.mul_scalar(rate), Some(after(time + 1, square, steps)))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        moved(state, device)
    }
}

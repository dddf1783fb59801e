//! Adamax (Kingma and Ba 2015, section 7.1): Adam by the largest gradient so far.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::moments::Moments;
use super::state::{TwoMoments, after, moved};

/// The optimiser.
#[derive(Clone, Debug)]
pub struct Adamax {
    moments: Moments,
    decay: f64,
}

impl Adamax {
    /// With a weight decay that is added to the gradient.
    pub fn new(moments: Moments, decay: f64) -> Self {
        Self { moments, decay }
    }
}

impl Optimizer for Adamax {
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
        let size = gradient.clone().abs().add_scalar(epsilon);
        let (time, mean, largest) = match state {
            None => (1, gradient.mul_scalar(1.0 - a), size),
            Some(old) => (
                old.time + 1,
                old.moment_1.mul_scalar(a) + gradient.mul_scalar(1.0 - a),
                old.moment_2.mul_scalar(b).max_pair(size),
            ),
        };
        let scale = rate / (1.0 - libm::pow(a, time as f64));
        let step = mean.clone().div(largest.clone()).mul_scalar(scale);
        (weight - step, Some(after(time, mean, largest)))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        moved(state, device)
    }
}

//! Adam (Kingma and Ba 2015), with AMSGrad (Reddi et al. 2018) and decoupled weight decay (Loshchilov and Hutter 2019).
//!
//! burn's own corrects the bias of its moments in single precision, where 1 − β₂ᵗ of the first steps has four or five digits:
//! after a hundred steps the weights of a small network may differ from PyTorch's in the second digit. Here it is done in double
//! precision.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::moments::Moments;
use super::state::{TwoMoments, averaged, moved};

/// How the weights decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay {
    /// By a part of the gradient (L2), so much times the weight.
    Coupled(f64),
    /// On their own, by the learning rate times so much.
    Decoupled(f64),
}

/// The optimiser.
#[derive(Clone, Debug)]
pub struct Adam {
    moments: Moments,
    decay: Decay,
}

impl Adam {
    /// With a weight decay: coupled it is Adam, decoupled AdamW.
    pub fn new(moments: Moments, decay: Decay) -> Self {
        Self { moments, decay }
    }
}

impl Optimizer for Adam {
    type State<const D: usize> = TwoMoments<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        weight: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let Moments { betas: [a, b], epsilon, amsgrad } = self.moments;
        let (weight, gradient) = match self.decay {
            Decay::Coupled(0.0) => (weight, gradient),
            Decay::Coupled(decay) => (weight.clone(), gradient + weight.mul_scalar(decay)),
            Decay::Decoupled(decay) => (weight.mul_scalar(1.0 - rate * decay), gradient),
        };
        let most = state.as_ref().and_then(|s| s.max_moment_2.clone());
        let mut state = averaged(state, [gradient.clone(), gradient.powi_scalar(2)], [a, b]);
        let square = match most.filter(|_| amsgrad) {
            Some(most) => most.max_pair(state.moment_2.clone()),
            None => state.moment_2.clone(),
        };
        state.max_moment_2 = amsgrad.then(|| square.clone());
        let [first, second] = [a, b].map(|beta| 1.0 - libm::pow(beta, state.time as f64));
        let size = square.sqrt().div_scalar(libm::sqrt(second)).add_scalar(epsilon);
        let step = state.moment_1.clone().div(size).mul_scalar(rate / first);
        (weight - step, Some(state))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        moved(state, device)
    }
}

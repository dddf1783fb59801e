//! Normalisation in training.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Flag, Module, Param, RunningState};
use burn::tensor::module::{batch_norm, batch_norm_train, layer_norm};
use burn::tensor::{Device, Tensor};

use super::layer::Normalisation;

/// Added to the variance, unless a layer says otherwise.
pub const EPSILON: f64 = 1e-5;
/// Share of the newest batch in the running values.
pub const MOMENTUM: f64 = 0.1;

/// Batch normalisation (Ioffe and Szegedy 2015). The running variance is that of the population which a batch is a sample
/// of: its own times n / (n − 1).
#[derive(Module, Debug)]
pub struct BatchNorm {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
    training: Param<Flag>,
    running_mean: RunningState<Tensor<1>>,
    running_var: RunningState<Tensor<1>>,
    epsilon: f64,
    momentum: f64,
}

impl BatchNorm {
    /// Of so many channels: ones, zeros.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self::of(Tensor::ones([channels], device), Tensor::zeros([channels], device), EPSILON, MOMENTUM)
    }

    /// Of a factor and an offset of each channel; the running values are 0 and 1.
    pub fn of(gamma: Tensor<1>, beta: Tensor<1>, epsilon: f64, momentum: f64) -> Self {
        let (channels, device) = (gamma.dims(), gamma.device());
        Self {
            running_mean: RunningState::new(Tensor::zeros(channels, &device)),
            running_var: RunningState::new(Tensor::ones(channels, &device)),
            gamma: Param::from_tensor(gamma),
            beta: Param::from_tensor(beta),
            training: Param::from_bool(true),
            epsilon,
            momentum,
        }
    }

    /// Normalises `[n, channels, …]`: by the batch in training; by the running values on a device without gradients, and
    /// where the network is frozen.
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let (gamma, beta) = (self.gamma.val(), self.beta.val());
        if !(x.device().is_autodiff() && self.training.is_enabled()) {
            let running = [&self.running_mean, &self.running_var].map(RunningState::value);
            let [mean, variance] = running.map(|of| of.to_device(&x.device()));
            return batch_norm(x, gamma, beta, mean, variance, self.epsilon);
        }
        let each = x.dims().iter().product::<usize>() / gamma.dims()[0];
        let unbiased = each as f64 / (each as f64 - 1.0).max(1.0);
        let device = x.device();
        let of = batch_norm_train(x, gamma, beta, self.epsilon);
        for (running, new, factor) in
            [(&self.running_mean, of.mean, 1.0), (&self.running_var, of.variance, unbiased)]
        {
            let old = running.value_sync().to_device(&device).mul_scalar(1.0 - self.momentum);
            running.update(old.add(new.detach().mul_scalar(factor * self.momentum)).detach());
        }
        of.output
    }

    /// Mean and variance of each channel, as they run.
    pub fn running(&self) -> [Tensor<1>; 2] {
        [&self.running_mean, &self.running_var].map(RunningState::value_sync)
    }

    /// Factor and offset of each channel.
    pub fn affine(&self) -> [Tensor<1>; 2] {
        [self.gamma.val(), self.beta.val()]
    }
}

/// Normalises `[n, channels, height, width]` without weights; `per` are the sizes of a layer's weight. A batch is
/// normalised by [`BatchNorm`].
pub fn normalised(x: Tensor<4>, of: Normalisation, per: [usize; 4], epsilon: f64) -> Tensor<4> {
    let dims @ [n, channels, ..] = x.dims();
    let all: usize = dims.iter().product();
    let rows = match of {
        Normalisation::Batch => return batch_normalised(x, epsilon),
        Normalisation::Layer => all / per.iter().product::<usize>(),
        Normalisation::Group(groups) => n * groups,
        Normalisation::Instance => n * channels,
    };
    let ones = Tensor::ones([all / rows], &x.device());
    layer_norm(x.reshape([rows, all / rows]), ones, None, epsilon).reshape(dims)
}

fn batch_normalised(x: Tensor<4>, epsilon: f64) -> Tensor<4> {
    let (channels, device) = (x.dims()[1], x.device());
    batch_norm_train(x, Tensor::ones([channels], &device), Tensor::zeros([channels], &device), epsilon).output
}

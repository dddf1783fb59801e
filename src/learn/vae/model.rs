//! Encoder and decoder in training.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Distribution, Tensor};

use super::data::VaeConfig;
use crate::glue::{Conv, doubled};

/// From pictures and classes to mean and log-variance of each latent dimension.
#[derive(Module, Debug)]
pub struct Encoder {
    first: Conv,
    second: Conv,
    head: Linear,
}

/// From latent vectors and classes to pixel logits.
#[derive(Module, Debug)]
pub struct Decoder {
    begin: Linear,
    first: Conv,
    second: Conv,
    last: Conv,
    #[module(skip)]
    small: usize,
}

/// Learned normal prior of the latent vectors of each class. Without it they would encode the class that the decoder is
/// given anyway, and a sample would often be of another class than requested.
#[derive(Module, Debug)]
pub struct Prior {
    /// `[classes, latent]`.
    mean: Param<Tensor<2>>,
    /// Logarithm of the variance, `[classes, latent]`.
    log: Param<Tensor<2>>,
}

impl Prior {
    /// Nearly standard normal for every class.
    pub fn new(classes: usize, latent: usize, device: &Device) -> Self {
        let mean = Tensor::random([classes, latent], Distribution::Normal(0.0, 0.1), device);
        Self {
            mean: Param::from_tensor(mean),
            log: Param::from_tensor(Tensor::zeros([classes, latent], device)),
        }
    }

    /// Kullback–Leibler divergence of normal posteriors from it, summed over latent dimensions and pictures.
    pub fn divergence(&self, mean: Tensor<2>, log: Tensor<2>, classes: Tensor<2>) -> Tensor<1> {
        let (centre, spread) = (classes.clone().matmul(self.mean.val()), classes.matmul(self.log.val()));
        let square = ((mean - centre).powi_scalar(2) + log.clone().exp()) / spread.clone().exp();
        (spread - log + square).sub_scalar(1.0).sum().mul_scalar(0.5)
    }
}

/// Encoder, decoder and prior.
#[derive(Module, Debug)]
pub struct Network {
    /// Of each class.
    pub prior: Prior,
    /// From pictures.
    pub encoder: Encoder,
    /// To pictures.
    pub decoder: Decoder,
}

impl Network {
    /// Fresh weights; seed the device first.
    pub fn new(sizes: &VaeConfig, device: &Device) -> Self {
        let [quarter, half, whole] = sizes.widths;
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let conv = |from, to| Conv::new(from, to, device);
        let channels = sizes.shape.channels;
        Self {
            prior: Prior::new(sizes.classes, sizes.latent, device),
            encoder: Encoder {
                first: conv(channels, half),
                second: conv(half, quarter),
                head: linear(sizes.flat() + sizes.classes, 2 * sizes.latent),
            },
            decoder: Decoder {
                begin: linear(sizes.latent + sizes.classes, sizes.flat()),
                first: conv(quarter, half),
                second: conv(half, whole),
                last: conv(whole, channels),
                small: sizes.small(),
            },
        }
    }
}

impl Encoder {
    /// `[n, latent]` each.
    pub fn forward(&self, x: Tensor<4>, classes: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let x = relu(self.second.forward(relu(self.first.forward(x, 2)), 2));
        let x: Tensor<2> = x.flatten(1, 3);
        let both = self.head.forward(Tensor::cat(vec![x, classes], 1));
        let latent = both.dims()[1] / 2;
        (both.clone().narrow(1, 0, latent), both.narrow(1, latent, latent).clamp(-12.0, 6.0))
    }
}

impl Decoder {
    /// `[n, channels, side, side]` of logits.
    pub fn forward(&self, latent: Tensor<2>, classes: Tensor<2>) -> Tensor<4> {
        let x = relu(self.begin.forward(Tensor::cat(vec![latent, classes], 1)));
        let [n, flat] = x.dims();
        let x = x.reshape([n, flat / (self.small * self.small), self.small, self.small]);
        let x = relu(self.first.forward(doubled(x), 1));
        let x = relu(self.second.forward(doubled(x), 1));
        self.last.forward(x, 1)
    }
}

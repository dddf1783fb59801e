//! The denoiser in training; [`super::network`] is the same on plain slices.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::silu;
use burn::tensor::{Device, Distribution, Tensor};

use super::data::{DenoiserConfig, FEATURES};
use crate::unet::model::UNet;

/// The network: from noisy pictures, times and classes to velocities.
#[derive(Module, Debug)]
pub struct Network {
    time: Vec<Linear>,
    classes: Param<Tensor<2>>,
    unet: UNet,
}

impl Network {
    /// Fresh weights; seed the device first.
    pub fn new(sizes: &DenoiserConfig, device: &Device) -> Self {
        let e = sizes.embedding();
        let classes = Tensor::random([sizes.classes + 1, e], Distribution::Normal(0.0, 0.5), device);
        Self {
            time: [FEATURES, e].map(|from| LinearConfig::new(from, e).init(device)).into(),
            classes: Param::from_tensor(classes),
            unet: UNet::new(&sizes.unet, device),
        }
    }

    /// Velocities of noisy pictures `[n, channels, side, side]`, from time features `[n, FEATURES]` and one-hot
    /// classes `[n, classes + 1]`, the last being the null class.
    pub fn forward(&self, x: Tensor<4>, time: Tensor<2>, classes: Tensor<2>) -> Tensor<4> {
        let time = self.time[1].forward(silu(self.time[0].forward(time)));
        let conditioning = silu(time + classes.matmul(self.classes.val()));
        self.unet.forward(x, &conditioning)
    }
}

//! The U-Net in training; [`super::network`] is the same on plain slices.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::silu;
use burn::tensor::{Device, Distribution, Tensor};

use super::data::{FEATURES, GROUPS, UNetConfig};
use crate::glue::{Conv, doubled};
use crate::modulation::modulate;

/// Normalisation, gain, shift and SiLU.
#[derive(Module, Debug)]
struct Norm {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
}

/// Residual block of two convolutions, modulated by time and class between them (FiLM).
#[derive(Module, Debug)]
struct ResBlock {
    norm: Norm,
    first: Conv,
    film: Linear,
    second: Conv,
}

/// The network: from noisy pictures, times and classes to velocities.
#[derive(Module, Debug)]
pub struct Network {
    time: Vec<Linear>,
    classes: Param<Tensor<2>>,
    begin: Conv,
    down: Vec<ResBlock>,
    shrink: Vec<Conv>,
    middle: Vec<ResBlock>,
    grow: Vec<Conv>,
    up: Vec<ResBlock>,
    norm: Norm,
    end: Conv,
}

impl Norm {
    fn new(channels: usize, device: &Device) -> Self {
        let fill = |v: f32| Param::from_tensor(Tensor::full([channels], v, device));
        Self { gamma: fill(1.0), beta: fill(0.0) }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, channels, ..] = x.dims();
        let all = |t: Tensor<1>| t.reshape([1, channels]).expand([n, channels]);
        modulate(x, all(self.gamma.val()), all(self.beta.val()), GROUPS)
    }
}

impl ResBlock {
    fn new(channels: usize, conditioning: usize, device: &Device) -> Self {
        Self {
            norm: Norm::new(channels, device),
            first: Conv::new(channels, channels, device),
            film: LinearConfig::new(conditioning, 2 * channels).init(device),
            second: Conv::scaled(channels, channels, BEGIN, device),
        }
    }

    fn forward(&self, x: Tensor<4>, conditioning: Tensor<2>) -> Tensor<4> {
        let inner = self.first.forward(self.norm.forward(x.clone()), 1);
        let film = self.film.forward(conditioning);
        let c = inner.dims()[1];
        let (gain, shift) = (film.clone().narrow(1, 0, c).add_scalar(1.0), film.narrow(1, c, c));
        x + self.second.forward(modulate(inner, gain, shift, GROUPS), 1)
    }
}

/// Initial scale of each block's last convolution, so that blocks start near the identity (Goyal et al. 2017).
const BEGIN: f64 = 0.1;

impl Network {
    /// Fresh weights; seed the device first.
    pub fn new(sizes: &UNetConfig, device: &Device) -> Self {
        let (widths, e) = (&sizes.widths, sizes.embedding());
        let deep = widths.len() - 1;
        let blocks = |channels: &[usize]| channels.iter().map(|c| ResBlock::new(*c, e, device)).collect();
        let conv = |from: usize, to: usize| Conv::new(widths[from], widths[to], device);
        let classes = Tensor::random([sizes.classes + 1, e], Distribution::Normal(0.0, 0.5), device);
        let channels = sizes.shape.channels;
        Self {
            time: [FEATURES, e].map(|from| LinearConfig::new(from, e).init(device)).into(),
            classes: Param::from_tensor(classes),
            begin: Conv::new(channels, widths[0], device),
            down: blocks(&widths[..deep]),
            shrink: (0..deep).map(|i| conv(i, i + 1)).collect(),
            middle: blocks(&[widths[deep]; 2]),
            grow: (0..deep).map(|i| conv(i + 1, i)).collect(),
            up: blocks(&widths[..deep]),
            norm: Norm::new(widths[0], device),
            end: Conv::scaled(widths[0], channels, BEGIN, device),
        }
    }

    /// Velocities of noisy pictures `[n, channels, side, side]`, from time features `[n, FEATURES]` and one-hot
    /// classes `[n, classes + 1]`, the last being the null class.
    pub fn forward(&self, x: Tensor<4>, time: Tensor<2>, classes: Tensor<2>) -> Tensor<4> {
        let time = self.time[1].forward(silu(self.time[0].forward(time)));
        let conditioning = silu(time + classes.matmul(self.classes.val()));
        let mut x = self.begin.forward(x, 1);
        let mut skips = Vec::with_capacity(self.down.len());
        for (block, shrink) in self.down.iter().zip(&self.shrink) {
            x = block.forward(x, conditioning.clone());
            skips.push(x.clone());
            x = shrink.forward(x, 2);
        }
        for block in &self.middle {
            x = block.forward(x, conditioning.clone());
        }
        for level in (0..self.down.len()).rev() {
            x = doubled(self.grow[level].forward(x, 1)) + skips[level].clone();
            x = self.up[level].forward(x, conditioning.clone());
        }
        self.end.forward(self.norm.forward(x), 1)
    }
}

//! Generator and discriminator in training.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{relu, sigmoid, silu};
use burn::tensor::{Device, Tensor};

use super::data::AcganConfig;
use crate::glue::{Conv, doubled};
use crate::modulation::modulate;
use crate::sequential::normalisation::BatchNorm;

/// Convolution and batch normalisation.
#[derive(Module, Debug)]
struct GeneratorBlock {
    conv: Conv,
    norm: BatchNorm,
}

/// From latent vectors and classes to pictures in 0..1.
#[derive(Module, Debug)]
pub struct Generator {
    begin: Linear,
    grow: Vec<GeneratorBlock>,
    end: Conv,
    #[module(skip)]
    small: usize,
}

/// Convolution and normalisation within each picture, as a gradient penalty demands (Gulrajani et al. 2017).
#[derive(Module, Debug)]
struct DiscriminatorBlock {
    conv: Conv,
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
    #[module(skip)]
    stride: usize,
}

/// From pictures to a real/fake score and class logits.
#[derive(Module, Debug)]
pub struct Discriminator {
    first: Conv,
    looks: Vec<DiscriminatorBlock>,
    real: Linear,
    class: Option<Linear>,
}

/// Output of the discriminator.
pub struct DiscriminatorOutput {
    /// Real/fake scores `[n]`; above 0 is real.
    pub real: Tensor<1>,
    /// Class logits `[n, classes]`, if there are classes.
    pub classes: Option<Tensor<2>>,
}

impl Generator {
    /// Fresh weights; seed the device first.
    pub fn new(sizes: &AcganConfig, device: &Device) -> Self {
        let grow = |pair: &[usize]| GeneratorBlock {
            conv: Conv::new(pair[0], pair[1], device),
            norm: BatchNorm::new(pair[1], device),
        };
        let last = sizes.widths[sizes.widths.len() - 1];
        Self {
            begin: LinearConfig::new(sizes.latent + sizes.conditions(), sizes.flat()).init(device),
            grow: sizes.widths.windows(2).map(grow).collect(),
            end: Conv::scaled(last, sizes.shape.channels, 0.5, device),
            small: sizes.small(),
        }
    }

    /// `[n, channels, side, side]` of `[n, latent + classes]`.
    pub fn forward(&self, code: Tensor<2>) -> Tensor<4> {
        let x = relu(self.begin.forward(code));
        let [n, flat] = x.dims();
        let mut x = x.reshape([n, flat / (self.small * self.small), self.small, self.small]);
        for grow in &self.grow {
            x = relu(grow.norm.forward(grow.conv.forward(doubled(x), 1)));
        }
        sigmoid(self.end.forward(x, 1))
    }
}

impl DiscriminatorBlock {
    fn new(from: usize, to: usize, stride: usize, device: &Device) -> Self {
        let fill = |v: f32| Param::from_tensor(Tensor::full([to], v, device));
        Self { conv: Conv::new(from, to, device), gamma: fill(1.0), beta: fill(0.0), stride }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        const GROUPS: usize = 4;
        let x = self.conv.forward(x, self.stride);
        let [n, channels, ..] = x.dims();
        let all = |t: Tensor<1>| t.reshape([1, channels]).expand([n, channels]);
        modulate(x, all(self.gamma.val()), all(self.beta.val()), GROUPS)
    }
}

impl Discriminator {
    /// Fresh weights; seed the device first.
    pub fn new(sizes: &AcganConfig, device: &Device) -> Self {
        let widths = sizes.discriminator_widths();
        let last = widths.len() - 1;
        let look = |i: usize| {
            DiscriminatorBlock::new(widths[i - 1], widths[i], if i == last { 1 } else { 2 }, device)
        };
        let flat = widths[last] * sizes.small() * sizes.small();
        let classes = sizes.conditions();
        let class = (classes > 0).then(|| LinearConfig::new(flat, classes).init(device));
        Self {
            first: Conv::new(sizes.shape.channels, widths[0], device),
            looks: (1..=last).map(look).collect(),
            real: LinearConfig::new(flat, 1).init(device),
            class,
        }
    }

    /// Its output for pictures in 0..1. `kept` masks the last planes, `[n, planes]`: spatial dropout (Tompson et al.
    /// 2015).
    pub fn forward(&self, x: Tensor<4>, kept: Option<Tensor<2>>) -> DiscriminatorOutput {
        let mut x = silu(self.first.forward(x.mul_scalar(2.0).sub_scalar(1.0), 2));
        for look in &self.looks {
            x = look.forward(x);
        }
        let [n, planes, ..] = x.dims();
        if let Some(kept) = kept {
            x = x * kept.reshape([n, planes, 1, 1]);
        }
        let flat: Tensor<2> = x.flatten(1, 3);
        let classes = self.class.as_ref().map(|c| c.forward(flat.clone()));
        DiscriminatorOutput { real: self.real.forward(flat).reshape([n]), classes }
    }
}

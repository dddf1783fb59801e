//! The network in training; [`super::network`] is the same on plain slices.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};

use super::{PATCH, Settings};
use learn::glue::{Conv, from_patches, to_patches};
use learn::modulation::modulate;

/// Initial scale of what is added to something, so that the network begins near the identity (Goyal et al. 2017).
const BEGIN: f64 = 0.1;

/// Instance normalisation, gain, shift and SiLU.
#[derive(Module, Debug)]
struct Norm {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
}

/// Residual block of two convolutions.
#[derive(Module, Debug)]
struct Block {
    before: Norm,
    first: Conv,
    between: Norm,
    second: Conv,
}

/// The network: from pictures `[n, 3, height, width]` in −0.5..0.5 to the same.
#[derive(Module, Debug)]
pub struct PainterModel {
    begin: Conv,
    blocks: Vec<Block>,
    norm: Norm,
    grow: Conv,
    fine: Norm,
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
        modulate(x, all(self.gamma.val()), all(self.beta.val()), channels)
    }
}

impl PainterModel {
    /// Fresh weights; seed the device first.
    pub fn new(settings: &Settings, device: &Device) -> Self {
        let (c, f) = (settings.channels as usize, settings.fine as usize);
        let patch = PATCH * PATCH;
        let block = |_| Block {
            before: Norm::new(c, device),
            first: Conv::new(c, c, device),
            between: Norm::new(c, device),
            second: Conv::scaled(c, c, BEGIN, device),
        };
        Self {
            begin: Conv::new(3 * patch, c, device),
            blocks: (0..settings.blocks).map(block).collect(),
            norm: Norm::new(c, device),
            grow: Conv::new(c, f * patch, device),
            fine: Norm::new(f, device),
            end: Conv::scaled(f, 3 * patch, BEGIN, device),
        }
    }

    /// What it paints, not limited to the range of pictures; `grain` is that of each pixel, `[n, 1, height, width]`.
    pub fn forward(&self, picture: Tensor<4>, grain: Tensor<4>) -> Tensor<4> {
        let mut x = self.begin.forward(to_patches(picture.clone() + grain, PATCH), 2);
        for block in &self.blocks {
            let inner = block.first.forward(block.before.forward(x.clone()), 1);
            x = x + block.second.forward(block.between.forward(inner), 1);
        }
        let fine = from_patches(self.grow.forward(self.norm.forward(x), 1), PATCH);
        picture + from_patches(self.end.forward(self.fine.forward(fine), 1), PATCH)
    }
}

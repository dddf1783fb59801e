//! The network in training; [`super::network`] is the same on plain slices.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::{PATCH, Settings};
use learn::glue::{Conv, from_patches, to_patches};
use learn::modulation::AffineNorm;

/// Initial scale of what is added to something, so that the network begins near the identity (Goyal et al. 2017).
const BEGIN: f64 = 0.1;

/// Residual block of two convolutions.
#[derive(Module, Debug)]
struct Block {
    before: AffineNorm,
    first: Conv,
    between: AffineNorm,
    second: Conv,
}

/// The network: from pictures `[n, 3, height, width]` in −0.5..0.5 to the same.
#[derive(Module, Debug)]
pub struct PainterModel {
    begin: Conv,
    blocks: Vec<Block>,
    norm: AffineNorm,
    grow: Conv,
    fine: AffineNorm,
    end: Conv,
}

impl PainterModel {
    /// Fresh weights; seed the device first.
    pub fn new(settings: &Settings, device: &Device) -> Self {
        let (c, f) = (settings.channels as usize, settings.fine as usize);
        let patch = PATCH * PATCH;
        let block = |_| Block {
            before: AffineNorm::new(c, device),
            first: Conv::new(c, c, device),
            between: AffineNorm::new(c, device),
            second: Conv::scaled(c, c, BEGIN, device),
        };
        Self {
            begin: Conv::new(3 * patch, c, device),
            blocks: (0..settings.blocks).map(block).collect(),
            norm: AffineNorm::new(c, device),
            grow: Conv::new(c, f * patch, device),
            fine: AffineNorm::new(f, device),
            end: Conv::scaled(f, 3 * patch, BEGIN, device),
        }
    }

    /// What it paints, not limited to the range of pictures; `grain` is that of each pixel, `[n, 1, height, width]`.
    pub fn forward(&self, picture: Tensor<4>, grain: Tensor<4>) -> Tensor<4> {
        let mut x = self.begin.forward(to_patches(picture.clone() + grain, PATCH), 2);
        for block in &self.blocks {
            let inner = block.first.forward(instance(&block.before, x.clone()), 1);
            x = x + block.second.forward(instance(&block.between, inner), 1);
        }
        let fine = from_patches(self.grow.forward(instance(&self.norm, x), 1), PATCH);
        picture + from_patches(self.end.forward(instance(&self.fine, fine), 1), PATCH)
    }
}

/// Instance normalisation, gain, shift and SiLU.
fn instance(norm: &AffineNorm, x: Tensor<4>) -> Tensor<4> {
    let channels = x.dims()[1];
    norm.forward(x, channels)
}

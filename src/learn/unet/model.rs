//! The U-Net in training; [`super::network`] is the same on plain slices.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::config::{GROUPS, UNetConfig};
use crate::glue::{Conv, doubled, from_patches, to_patches};
use crate::modulation::{AffineNorm, modulate};

/// Residual block of two convolutions, modulated by the conditioning between them (FiLM).
#[derive(Module, Debug)]
struct ResBlock {
    norm: AffineNorm,
    first: Conv,
    film: Linear,
    second: Conv,
}

/// The network: from planes `[n, inputs, height, width]` and conditioning `[n, conditioning]` to planes.
#[derive(Module, Debug)]
pub struct UNet {
    begin: Conv,
    down: Vec<ResBlock>,
    shrink: Vec<Conv>,
    middle: Vec<ResBlock>,
    grow: Vec<Conv>,
    up: Vec<ResBlock>,
    norm: Option<AffineNorm>,
    end: Conv,
    #[module(skip)]
    sizes: UNetConfig,
}

impl ResBlock {
    fn new(channels: usize, conditioning: usize, device: &Device) -> Self {
        Self {
            norm: AffineNorm::new(channels, device),
            first: Conv::new(channels, channels, device),
            film: LinearConfig::new(conditioning, 2 * channels).init(device),
            second: Conv::scaled(channels, channels, BEGIN, device),
        }
    }

    fn forward(&self, x: Tensor<4>, conditioning: Tensor<2>, periodic: [bool; 2]) -> Tensor<4> {
        let inner = self.first.forward_on(self.norm.forward(x.clone(), GROUPS), 1, periodic);
        let film = self.film.forward(conditioning);
        let c = inner.dims()[1];
        let (gain, shift) = (film.clone().narrow(1, 0, c).add_scalar(1.0), film.narrow(1, c, c));
        x + self.second.forward_on(modulate(inner, gain, shift, GROUPS), 1, periodic)
    }
}

/// Initial scale of each block's last convolution, so that blocks start near the identity (Goyal et al. 2017).
const BEGIN: f64 = 0.1;

impl UNet {
    /// Fresh weights; seed the device first.
    pub fn new(sizes: &UNetConfig, device: &Device) -> Self {
        let (widths, deep) = (&sizes.widths, sizes.depth());
        let blocks = |channels: &[usize]| {
            channels.iter().map(|c| ResBlock::new(*c, sizes.conditioning, device)).collect()
        };
        let conv = |from: usize, to: usize| Conv::new(widths[from], widths[to], device);
        Self {
            begin: Conv::new(sizes.cell_inputs(), widths[0], device),
            down: blocks(&sizes.block_widths()),
            shrink: (0..deep).map(|i| conv(i, i + 1)).collect(),
            middle: blocks(&[widths[deep]; 2]),
            grow: (0..deep).map(|i| conv(i + 1, i)).collect(),
            up: blocks(&sizes.block_widths()),
            norm: sizes.normalise_last.then(|| AffineNorm::new(widths[0], device)),
            end: Conv::scaled(widths[0], sizes.cell_outputs(), BEGIN, device),
            sizes: sizes.clone(),
        }
    }

    /// The planes `[n, outputs, height, width]`.
    pub fn forward(&self, x: Tensor<4>, conditioning: &Tensor<2>) -> Tensor<4> {
        let (each, periodic, patch) = (self.sizes.blocks, self.sizes.periodic, self.sizes.patch);
        let through = |blocks: &[ResBlock], x: Tensor<4>| {
            blocks.iter().fold(x, |x, block| block.forward(x, conditioning.clone(), periodic))
        };
        let mut x = self.begin.forward_on(to_patches(x, patch), 1, periodic);
        let mut skips = Vec::with_capacity(self.shrink.len());
        for (blocks, shrink) in self.down.chunks_exact(each).zip(&self.shrink) {
            x = through(blocks, x);
            skips.push(x.clone());
            x = shrink.forward_on(x, 2, periodic);
        }
        x = through(&self.middle, x);
        for (level, skip) in skips.into_iter().enumerate().rev() {
            x = doubled(self.grow[level].forward_on(x, 1, periodic)) + skip;
            x = through(&self.up[level * each..(level + 1) * each], x);
        }
        if let Some(norm) = &self.norm {
            x = norm.forward(x, GROUPS);
        }
        from_patches(self.end.forward_on(x, 1, periodic), patch)
    }
}

//! The network: four convolutions, each halving or keeping the picture, a mean and a maximum over what is left, an
//! embedding of 64 numbers, and a linear head.
//!
//! | input | after 1 | after 2 | after 3 | pool | after 4 | embedding |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 24 × 32 × 32 | 48 × 16 × 16 | 64 × 16 × 16 | 64 × 8 × 8 | 96 × 8 × 8 | 64 |
//! | 1 × 28 × 28 | 32 × 28 × 28 → 14 × 14 | 48 × 14 × 14 | 64 × 14 × 14 | 64 × 7 × 7 | 96 × 7 × 7 | 64 |

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use super::convolution::convolve;
use super::verdict::EMBEDDING;

/// What decides the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Architecture {
    /// 1 or 3.
    pub channels: usize,
    /// Pixels a side.
    pub side: usize,
    /// How many classes.
    pub classes: usize,
}

/// Convolution, normalisation over the batch, rectifier.
#[derive(Module, Debug)]
struct Block {
    conv: Conv2d,
    norm: BatchNorm,
}

impl Block {
    fn new(from: usize, to: usize, stride: usize, device: &Device) -> Self {
        let conv = Conv2dConfig::new([from, to], [3, 3])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_bias(false);
        Self { conv: conv.init(device), norm: BatchNormConfig::new(to).init(device) }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        relu(self.norm.forward(convolve(x, self.conv.weight.val(), self.conv.stride[0])))
    }
}

/// The network.
#[derive(Module, Debug)]
pub struct Network {
    first: Block,
    second: Block,
    third: Block,
    fourth: Block,
    pool: MaxPool2d,
    embed: Linear,
    head: Linear,
    dropout: Dropout,
    #[module(skip)]
    small: bool,
}

impl Network {
    /// Fresh weights; seed the device first.
    pub fn new(shape: &Architecture, device: &Device) -> Self {
        let small = shape.side < 48;
        let (one, stride) = if small { (32, 1) } else { (24, 2) };
        Self {
            first: Block::new(shape.channels, one, stride, device),
            second: Block::new(one, 48, stride, device),
            third: Block::new(48, 64, 1, device),
            fourth: Block::new(64, 96, 1, device),
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            embed: LinearConfig::new(192, EMBEDDING).init(device),
            head: LinearConfig::new(EMBEDDING, shape.classes).init(device),
            dropout: DropoutConfig::new(0.15).init(),
            small,
        }
    }

    /// Embeddings `[batch, 64]` of pictures `[batch, channels, side, side]` in 0..1.
    pub fn embed(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.first.forward(x.mul_scalar(2.0).sub_scalar(1.0));
        let x = if self.small { self.pool.forward(x) } else { x };
        let x = self.third.forward(self.second.forward(x));
        let x = self.fourth.forward(self.pool.forward(x));
        let [batch, planes, h, w] = x.dims();
        let x = x.reshape([batch, planes, h * w]);
        let mean = x.clone().mean_dim(2).reshape([batch, planes]);
        let most = x.max_dim(2).reshape([batch, planes]);
        self.embed.forward(Tensor::cat(vec![mean, most], 1))
    }

    /// Logits `[batch, classes]` of embeddings.
    pub fn head(&self, embedding: Tensor<2>) -> Tensor<2> {
        self.head.forward(self.dropout.forward(relu(embedding)))
    }
}

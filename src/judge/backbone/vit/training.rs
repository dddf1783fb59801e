//! The vision transformer in training, on burn.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Distribution, Tensor};

use super::sizes::{WIDTH, across, encoder, global, inputs, patch};
use crate::architecture::Architecture;
use crate::layer_options::{Activation, Global};
use crate::model::{Body, pooled};
use learn::glue::activated;
use learn::net::encoder::EncoderConfig;

/// Attention and a network of one hidden layer, both residual.
#[derive(Module, Debug)]
struct Block {
    before: LayerNorm,
    attend: Linear,
    join: Linear,
    between: LayerNorm,
    up: Linear,
    down: Linear,
}

/// The network in training.
#[derive(Module, Debug)]
pub struct TrainedVit {
    patch: Linear,
    place: Param<Tensor<2>>,
    blocks: Vec<Block>,
    last: LayerNorm,
    #[module(skip)]
    side: usize,
    #[module(skip)]
    heads: usize,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    global: Global,
}

impl Block {
    fn new(sizes: &EncoderConfig, device: &Device) -> Self {
        let EncoderConfig { width, hidden, .. } = *sizes;
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        Self {
            before: LayerNormConfig::new(width).init(device),
            attend: linear(width, 3 * width),
            join: linear(width, width),
            between: LayerNormConfig::new(width).init(device),
            up: linear(width, hidden),
            down: linear(hidden, width),
        }
    }

    /// `x` is `[batch, tokens, width]`.
    fn forward(&self, x: Tensor<3>, heads: usize, activation: Activation) -> Tensor<3> {
        let [n, tokens, width] = x.dims();
        let head = width / heads;
        let all = self.attend.forward(self.before.forward(x.clone()));
        let part = |i: usize| -> Tensor<4> {
            all.clone().narrow(2, i * width, width).reshape([n, tokens, heads, head]).swap_dims(1, 2)
        };
        let scores = part(0).mul_scalar(1.0 / (head as f32).sqrt()).matmul(part(1).swap_dims(2, 3));
        let seen = softmax(scores, 3).matmul(part(2));
        let x = x + self.join.forward(seen.swap_dims(1, 2).reshape([n, tokens, width]));
        let inner = activated(self.up.forward(self.between.forward(x.clone())), activation);
        x + self.down.forward(inner)
    }
}

impl TrainedVit {
    /// Fresh weights.
    pub fn new(shape: &Architecture, device: &Device) -> Self {
        let (sizes, tokens) = (encoder(shape), across(shape) * across(shape));
        let place = Tensor::random([tokens, WIDTH], Distribution::Normal(0.0, 0.02), device);
        Self {
            patch: LinearConfig::new(inputs(shape), WIDTH).init(device),
            place: Param::from_tensor(place),
            blocks: (0..sizes.layers).map(|_| Block::new(&sizes, device)).collect(),
            last: LayerNormConfig::new(WIDTH).init(device),
            side: patch(shape),
            heads: sizes.heads,
            activation: sizes.activation,
            global: global(shape),
        }
    }

    /// Patches `[batch, tokens, values]`, row by row, each `[row][column][channel]`; sides are padded to whole patches.
    fn patches(&self, x: Tensor<4>) -> Tensor<3> {
        let ([n, channels, side, _], p) = (x.dims(), self.side);
        let (across, missing) = (side.div_ceil(p), side.next_multiple_of(p) - side);
        let whole = side + missing;
        let x = match missing {
            0 => x,
            _ => {
                let zeros = |h, w| Tensor::zeros([n, channels, h, w], &x.device());
                let wide = Tensor::cat(vec![x.clone(), zeros(side, missing)], 3);
                Tensor::cat(vec![wide, zeros(missing, whole)], 2)
            }
        };
        let cells: Tensor<6> = x.reshape([n, channels, across, p, across, p]).permute([0, 2, 4, 3, 5, 1]);
        cells.reshape([n, across * across, p * p * channels])
    }
}

impl Body for TrainedVit {
    fn features(&self, x: Tensor<4>) -> Tensor<2> {
        let patches = self.patches(x);
        let [n, tokens, _] = patches.dims();
        let x = self.patch.forward(patches) + self.place.val().reshape([1, tokens, WIDTH]);
        let x = self.blocks.iter().fold(x, |x, block| block.forward(x, self.heads, self.activation));
        let x = self.last.forward(x).swap_dims(1, 2);
        pooled(x.reshape([n, WIDTH, tokens, 1]), self.global)
    }
}

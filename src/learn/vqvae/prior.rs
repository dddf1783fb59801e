//! The prior in training: a causal pre-norm transformer (Vaswani et al. 2017; Xiong et al. 2020) over the codes of a
//! picture, row by row.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, relu, softmax};
use burn::tensor::{Device, Distribution, Tensor, TensorData};

use crate::glue::one_hot;
use crate::net::transformer::TransformerConfig;

/// Attention and a network of one hidden layer, both residual.
#[derive(Module, Debug)]
pub struct TransformerBlock {
    before: LayerNorm,
    attend: Linear,
    join: Linear,
    between: LayerNorm,
    up: Linear,
    down: Linear,
    #[module(skip)]
    heads: usize,
}

/// Distribution of each code, given those before it and the class.
#[derive(Module, Debug)]
pub struct CodePrior {
    /// Start symbol, before the first code, `[1, width]`.
    start: Param<Tensor<2>>,
    /// `[symbols, width]`.
    symbol: Param<Tensor<2>>,
    /// `[places, width]`.
    place: Param<Tensor<2>>,
    /// `[classes, width]`.
    class: Param<Tensor<2>>,
    blocks: Vec<TransformerBlock>,
    last: LayerNorm,
    head: Linear,
}

impl TransformerBlock {
    fn new(sizes: &TransformerConfig, device: &Device) -> Self {
        let width = sizes.width();
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        Self {
            before: LayerNormConfig::new(width).init(device),
            attend: linear(width, 3 * width),
            join: linear(width, width),
            between: LayerNormConfig::new(width).init(device),
            up: linear(width, sizes.hidden()),
            down: linear(sizes.hidden(), width),
            heads: sizes.heads,
        }
    }

    /// `x` is `[n, places, width]`; `mask`, `[1, 1, places, places]`, is far below zero where a place must not attend.
    fn forward(&self, x: Tensor<3>, mask: Tensor<4>) -> Tensor<3> {
        let [n, places, width] = x.dims();
        let head = width / self.heads;
        let all = self.attend.forward(self.before.forward(x.clone()));
        let part = |i: usize| -> Tensor<4> {
            all.clone().narrow(2, i * width, width).reshape([n, places, self.heads, head]).swap_dims(1, 2)
        };
        let scores = part(0).mul_scalar(1.0 / (head as f32).sqrt()).matmul(part(1).swap_dims(2, 3));
        let seen = softmax(scores + mask, 3).matmul(part(2));
        let x = x + self.join.forward(seen.swap_dims(1, 2).reshape([n, places, width]));
        let inner = relu(self.up.forward(self.between.forward(x.clone())));
        x + self.down.forward(inner)
    }
}

impl CodePrior {
    /// Fresh weights; seed the device first.
    pub fn new(sizes: &TransformerConfig, device: &Device) -> Self {
        let width = sizes.width();
        let table = |rows| {
            let values = Tensor::random([rows, width], Distribution::Normal(0.0, 0.1), device);
            Param::from_tensor(values)
        };
        Self {
            start: table(1),
            symbol: table(sizes.symbols),
            place: table(sizes.places),
            class: table(sizes.classes),
            blocks: (0..sizes.layers).map(|_| TransformerBlock::new(sizes, device)).collect(),
            last: LayerNormConfig::new(width).init(device),
            head: LinearConfig::new(width, sizes.symbols).init(device),
        }
    }

    /// Logits `[n · places, symbols]` of each code, given the codes before it: `codes` are `[n · places, symbols]` and
    /// `classes` `[n, classes]`, one-hot.
    pub fn forward(&self, codes: Tensor<2>, classes: Tensor<2>) -> Tensor<2> {
        let ([places, width], [n, _]) = (self.place.dims(), classes.dims());
        let start = self.start.val().reshape([1, 1, width]).expand([n, 1, width]);
        let before = codes.matmul(self.symbol.val()).reshape([n, places, width]).narrow(1, 0, places - 1);
        let x = Tensor::cat(vec![start, before], 1);
        let x = x + self.place.val().reshape([1, places, width]);
        let mut x = x + classes.matmul(self.class.val()).reshape([n, 1, width]);
        let mask = mask(places, &x.device());
        for block in &self.blocks {
            x = block.forward(x, mask.clone());
        }
        self.head.forward(self.last.forward(x).reshape([n * places, width]))
    }

    /// Negative log-likelihood of codes (`[n][places]`), summed, in nats.
    pub fn nll(&self, codes: &[usize], classes: Tensor<2>, symbols: usize, device: &Device) -> Tensor<1> {
        let codes = one_hot(codes, symbols, device);
        (log_softmax(self.forward(codes.clone(), classes), 1) * codes).sum().neg()
    }
}

fn mask(places: usize, device: &Device) -> Tensor<4> {
    let hidden = (0..places * places).map(|i| if i % places > i / places { -1e9f32 } else { 0.0 });
    Tensor::from_data(TensorData::new(hidden.collect::<Vec<_>>(), [1, 1, places, places]), device)
}

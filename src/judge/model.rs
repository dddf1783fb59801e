//! The network: the picture's own brightness and contrast are taken out (a palette is no mark of a process); five
//! convolutions, each halving or keeping the picture; mean and maximum over the last two, which see texture and form;
//! an embedding of 64 numbers, and a linear head.
//!
//! | input | after 1 | after 2 | after 3 | after 4 | after 5 | embedding |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 24 × 32 × 32 | 48 × 16 × 16 | 64 × 16 × 16 → 8 × 8 | 96 × 8 × 8 → 4 × 4 | 128 × 4 × 4 | 64 |
//! | 1 × 28 × 28 | 32 × 28 × 28 → 14 × 14 | 48 × 14 × 14 | 64 × 14 × 14 → 7 × 7 | 96 × 7 × 7 → 3 × 3 | 128 × 3 × 3 | 64 |

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::store::{ModuleSnapshot, SafetensorsStore};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use super::sight::{FAINT, SEEN};
use super::verdict::EMBEDDING;
use super::{Judge, JudgeError};
use learn::convolution::convolve;
use learn::net::weights::Weights;
use learn::store;

pub use super::sight::Architecture;

/// Each channel less its mean, over the deviation of the whole picture (Ulyanov et al. 2016, instance normalisation;
/// one deviation for all channels keeps what colour there is). What is nearly of one colour stays nearly nothing.
fn standardised(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, h, w] = x.dims();
    let planes = x.reshape([batch, channels, h * w]);
    let centred = planes.clone().sub(planes.mean_dim(2)).reshape([batch, channels * h * w]);
    let deviation = centred.clone().powi_scalar(2).mean_dim(1).sqrt().add_scalar(FAINT);
    centred.div(deviation).reshape([batch, channels, h, w])
}

/// Mean and maximum of each plane, `[batch, 2 × planes]`.
fn mean_and_most(x: Tensor<4>) -> Tensor<2> {
    let [batch, planes, h, w] = x.dims();
    let x = x.reshape([batch, planes, h * w]);
    let mean = x.clone().mean_dim(2).reshape([batch, planes]);
    let most = x.max_dim(2).reshape([batch, planes]);
    Tensor::cat(vec![mean, most], 1)
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
    fifth: Block,
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
        let [first, second, third, fourth, fifth] =
            shape.layers().map(|(_, from, to, stride)| Block::new(from, to, stride, device));
        Self {
            first,
            second,
            third,
            fourth,
            fifth,
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            embed: LinearConfig::new(2 * (SEEN[0] + SEEN[1]), EMBEDDING).init(device),
            head: LinearConfig::new(EMBEDDING, shape.classes).init(device),
            dropout: DropoutConfig::new(0.15).init(),
            small: shape.is_small(),
        }
    }

    /// A network with these weights.
    ///
    /// # Errors
    /// Weights are missing or of another shape.
    pub fn with(weights: &Weights, shape: &Architecture, device: &Device) -> Result<Self, String> {
        let mut network = Self::new(shape, device);
        let bytes = store::write(weights, None).map_err(|e| e.to_string())?;
        let mut store = SafetensorsStore::from_bytes(Some(bytes));
        let loaded = network.load_from(&mut store).map_err(|e| e.to_string())?;
        match loaded
            .missing
            .first()
            .map(|m| format!("{m:?}"))
            .or(loaded.errors.first().map(|e| format!("{e:?}")))
        {
            Some(first) => Err(format!("the weights are of another architecture than {shape:?} ({first})")),
            None => Ok(network),
        }
    }

    /// Embeddings `[batch, 64]` of pictures `[batch, channels, side, side]` in 0..1.
    pub fn embed(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.first.forward(standardised(x));
        let x = if self.small { self.pool.forward(x) } else { x };
        let x = self.third.forward(self.second.forward(x));
        let texture = self.fourth.forward(self.pool.forward(x));
        let form = self.fifth.forward(self.pool.forward(texture.clone()));
        self.embed.forward(Tensor::cat(vec![mean_and_most(texture), mean_and_most(form)], 1))
    }

    /// Logits `[batch, classes]` of embeddings.
    pub fn head(&self, embedding: Tensor<2>) -> Tensor<2> {
        self.head.forward(self.dropout.forward(relu(embedding)))
    }
}

impl Judge {
    /// The network as it is trained, for who goes on training it or follows its gradient.
    ///
    /// # Errors
    /// Weights that the network lacks.
    pub fn network(&self, device: &Device) -> Result<Network, JudgeError> {
        Network::with(self.weights(), &self.header.architecture, device).map_err(JudgeError::Failed)
    }
}

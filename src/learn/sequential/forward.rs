//! A layer of any kind in training.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::Tensor;

use super::activation::activated;
use super::convolution::{convolved, transposed};
use super::layer::{Layer, Sizes};
use super::normalisation::normalised;
use super::pooling::pooled;
use super::resampling::resampled;

/// The weights of a layer, in the sizes that [`Sizes`] has for them.
#[derive(Clone, Debug, Default)]
pub struct Weights4 {
    /// The weight; none is that of the identity.
    pub weight: Option<Tensor<4>>,
    /// The bias; none is zero.
    pub bias: Option<Tensor<4>>,
}

/// The output of a layer whose sizes were checked.
pub fn forward(x: Tensor<4>, layer: &Layer, sizes: &Sizes, weights: Weights4) -> Tensor<4> {
    let Weights4 { weight, bias } = weights;
    // Every layer that needs a weight has one: its sizes were checked.
    let given = || weight.clone().unwrap_or_else(|| Tensor::zeros(sizes.weight, &x.device()));
    let y = match layer {
        Layer::Convolution(of) => convolved(x.clone(), given(), of),
        Layer::Transposed(of) => transposed(x.clone(), given(), of),
        Layer::Linear => linear(x.clone(), given(), sizes),
        Layer::Normalisation(of, epsilon) => {
            let y = normalised(x, *of, sizes.weight, *epsilon);
            match weight {
                Some(weight) => y.mul(weight),
                None => y,
            }
        }
        Layer::Pooling(of) => pooled(x, of),
        Layer::Resampling(of) => resampled(x, of),
        Layer::Activation(of) => activated(x, *of),
        Layer::Flatten => x.reshape(sizes.output),
    };
    match bias {
        Some(bias) => y.add(bias),
        None => y,
    }
}

fn linear(x: Tensor<4>, weight: Tensor<4>, sizes: &Sizes) -> Tensor<4> {
    let [to, from, ..] = sizes.weight;
    let rows = x.dims().iter().product::<usize>() / from;
    let weight: Tensor<2> = weight.reshape([to, from]);
    x.reshape([rows, from]).matmul(weight.transpose()).reshape(sizes.output)
}

//! The convolution that takes most of the training time, as an operation of burn with its own gradients.
//!
//! burn's generic gradients of a convolution are several times slower than its forward pass. This one covers what
//! the judge needs (an odd kernel, a border of half of it, stride 1 or 2) as implicit matrix products in registers
//! ([`super::net::convolution`]).

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

mod depthwise;

pub use depthwise::convolve_depthwise;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Tensor, TensorData};

use super::net::convolution::compute::{self, ConvShape};

/// Convolution of `[batch, from, height, width]` with weights `[to, from, kernel, kernel]`, the kernel being odd, a border
/// of half a kernel of zeros, no bias.
pub fn convolve(x: Tensor<4>, weights: Tensor<4>, stride: usize) -> Tensor<4> {
    convolve_on(x, weights, stride, [false; 2])
}

/// The same on a plane whose rows (up and down) or columns (left and right) are periodic.
pub fn convolve_on(x: Tensor<4>, weights: Tensor<4>, stride: usize, periodic: [bool; 2]) -> Tensor<4> {
    let (x, weights) = (x.into_dispatch(), weights.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Convolution>::convolve(x, weights, stride, periodic))
}

/// The operation that a backend provides.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait Convolution: Backend {
    /// See [`convolve`].
    fn convolve(
        x: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        stride: usize,
        periodic: [bool; 2],
    ) -> FloatTensor<Self>;
}

impl Convolution for Flex {
    fn convolve(x: FlexTensor, weights: FlexTensor, stride: usize, periodic: [bool; 2]) -> FlexTensor {
        let (x, weights) = (x.to_contiguous(), weights.to_contiguous());
        let shape = shape(&x, &weights, stride, periodic);
        let y = compute::forward(&shape, floats(&x), floats(&weights));
        tensor(y, [x.shape()[0], shape.to, shape.out_height(), shape.out_width()])
    }
}

impl<C: CheckpointStrategy> Convolution for Autodiff<Flex, C> {
    fn convolve(
        x: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        stride: usize,
        periodic: [bool; 2],
    ) -> FloatTensor<Self> {
        let prepared = Gradient.prepare::<C>([x.node(), weights.node()]).compute_bound().stateful();
        let (x, weights) = (x.into_primitive(), weights.into_primitive());
        let y = Flex::convolve(x.clone(), weights.clone(), stride, periodic);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish((x, weights, (stride, periodic)), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// The backward pass.
#[derive(Debug)]
struct Gradient;

impl Backward<Flex, 2> for Gradient {
    type State = (FlexTensor, FlexTensor, (usize, [bool; 2]));

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dy = grads.consume::<Flex>(&ops.node).to_contiguous();
        let (x, weights, (stride, periodic)) = ops.state;
        let (x, weights) = (x.to_contiguous(), weights.to_contiguous());
        let shape = shape(&x, &weights, stride, periodic);
        let [of_x, of_weights] = ops.parents;
        if let Some(node) = of_x {
            let dx = compute::input_gradient(&shape, floats(&dy), floats(&weights));
            grads
                .register::<Flex>(node.id, tensor(dx, [x.shape()[0], shape.from, shape.height, shape.width]));
        }
        if let Some(node) = of_weights {
            let dw = compute::weight_gradient(&shape, floats(&x), floats(&dy));
            grads.register::<Flex>(node.id, tensor(dw, [shape.to, shape.from, shape.kernel, shape.kernel]));
        }
    }
}

fn shape(x: &FlexTensor, weights: &FlexTensor, stride: usize, periodic: [bool; 2]) -> ConvShape {
    let (x, w) = (x.shape(), weights.shape());
    assert!((1..=2).contains(&stride), "expected a stride of 1 or 2, found {stride}");
    assert!(
        w[1] == x[1] && w[2] == w[3] && !w[2].is_multiple_of(2),
        "expected square weights of an odd side for {} channels, found {w:?}",
        x[1]
    );
    ConvShape { from: x[1], to: w[0], height: x[2], width: x[3], kernel: w[2], stride, periodic }
}

fn floats(x: &FlexTensor) -> &[f32] {
    x.as_slice().expect("a contiguous tensor of f32")
}

fn tensor(values: Vec<f32>, dims: [usize; 4]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, dims))
}

#[cfg(test)]
mod tests;

//! The depthwise convolution as an operation of burn with its own gradients ([`compute`]): burn's own takes a convolution
//! for every channel.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;

use super::{floats, tensor};
use crate::net::convolution::depthwise::{self as compute, DepthwiseShape};

/// Convolution of each channel of `[batch, channels, height, width]` with its weights `[channels, 1, 3, 3]`, a border of
/// one zero, no bias.
pub fn convolve_depthwise(x: Tensor<4>, weights: Tensor<4>, stride: usize) -> Tensor<4> {
    let (x, weights) = (x.into_dispatch(), weights.into_dispatch());
    Tensor::from_dispatch(<Dispatch as DepthwiseConvolution>::convolve_depthwise(x, weights, stride))
}

/// The operation that a backend provides.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait DepthwiseConvolution: Backend {
    /// See [`convolve_depthwise`].
    fn convolve_depthwise(
        x: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self>;
}

impl DepthwiseConvolution for Flex {
    fn convolve_depthwise(x: FlexTensor, weights: FlexTensor, stride: usize) -> FlexTensor {
        let (x, weights) = (x.to_contiguous(), weights.to_contiguous());
        let s = shape(&x, &weights, stride);
        let y = compute::forward(&s, floats(&x), floats(&weights));
        tensor(y, [x.shape()[0], s.channels, s.out_height(), s.out_width()])
    }
}

impl<C: CheckpointStrategy> DepthwiseConvolution for Autodiff<Flex, C> {
    fn convolve_depthwise(
        x: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self> {
        let prepared = Gradient.prepare::<C>([x.node(), weights.node()]).compute_bound().stateful();
        let (x, weights) = (x.into_primitive(), weights.into_primitive());
        let y = Flex::convolve_depthwise(x.clone(), weights.clone(), stride);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish((x, weights, stride), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// The backward pass.
#[derive(Debug)]
struct Gradient;

impl Backward<Flex, 2> for Gradient {
    type State = (FlexTensor, FlexTensor, usize);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dy = grads.consume::<Flex>(&ops.node).to_contiguous();
        let (x, weights, stride) = ops.state;
        let (x, weights) = (x.to_contiguous(), weights.to_contiguous());
        let s = shape(&x, &weights, stride);
        let [of_x, of_weights] = ops.parents;
        if let Some(node) = of_x {
            let dx = compute::input_gradient(&s, floats(&dy), floats(&weights));
            grads.register::<Flex>(node.id, tensor(dx, [x.shape()[0], s.channels, s.height, s.width]));
        }
        if let Some(node) = of_weights {
            let dw = compute::weight_gradient(&s, floats(&x), floats(&dy));
            grads.register::<Flex>(node.id, tensor(dw, [s.channels, 1, 3, 3]));
        }
    }
}

fn shape(x: &FlexTensor, weights: &FlexTensor, stride: usize) -> DepthwiseShape {
    let (x, w) = (x.shape(), weights.shape());
    assert!((1..=2).contains(&stride), "expected a stride of 1 or 2, found {stride}");
    assert!(
        w[0] == x[1] && w[1] == 1 && w[2] == 3 && w[3] == 3,
        "expected 3 × 3 weights of one channel for each of {}, found {w:?}",
        x[1]
    );
    DepthwiseShape { channels: x[1], height: x[2], width: x[3], stride }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::module::conv2d;
    use burn::tensor::ops::ConvOptions;
    use burn::tensor::{Device, TensorData};
    use world::rng::Rng;
    use world::vectors::Vectors;

    fn noise(n: usize, seed: u64) -> Vec<f32> {
        (0..n as u64).map(|i| Rng::new(seed).normal(i)).collect()
    }

    /// Channels, rows, columns and stride.
    const SIZES: [(usize, usize, usize, usize); 5] =
        [(3, 9, 7, 1), (16, 8, 8, 2), (5, 1, 1, 1), (4, 6, 35, 1), (7, 5, 4, 2)];

    #[test]
    fn agrees_with_burns_own_convolution_in_value_and_both_gradients() {
        let device = Device::flex().autodiff();
        for (i, (channels, height, width, stride)) in SIZES.into_iter().enumerate() {
            let data = |n: usize, dims: [usize; 4], seed: usize| {
                Tensor::<4>::from_data(TensorData::new(noise(n, seed as u64), dims), &device).require_grad()
            };
            let x = data(3 * channels * height * width, [3, channels, height, width], 1 + i);
            let w = data(9 * channels, [channels, 1, 3, 3], 100 + i);
            let run = |theirs: bool| {
                let y = match theirs {
                    true => {
                        let options = ConvOptions::new([stride; 2], [1, 1], [1, 1], channels);
                        conv2d(x.clone(), w.clone(), None, options)
                    }
                    false => convolve_depthwise(x.clone(), w.clone(), stride),
                };
                let n = y.dims().iter().product();
                let weigh = data(n, y.dims(), 7);
                let grads = (y.clone() * weigh).sum().backward();
                let gradient =
                    |t: &Tensor<4>| t.grad(&grads).unwrap().into_data().try_to_vec::<f32>().unwrap();
                [y.into_data().try_to_vec::<f32>().unwrap(), gradient(&x), gradient(&w)]
            };
            for (which, (a, b)) in run(false).iter().zip(&run(true)).enumerate() {
                assert_eq!(a.len(), b.len());
                let size = b.iter().fold(1f32, |m, v| m.max(v.abs()));
                let worst = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(worst < 1e-5 * size, "sizes {i}, result {which}: {worst} of {size}");
            }
        }
    }

    #[test]
    fn all_vector_widths_and_thread_counts_give_the_same_bits() {
        for (channels, height, width, stride) in SIZES {
            let s = DepthwiseShape { channels, height, width, stride };
            let (x, w) = (noise(5 * channels * height * width, 1), noise(9 * channels, 2));
            let made = |v: Vectors, threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let all = || {
                    let y = compute::forward(&s, &x, &w);
                    let dw = compute::weight_gradient(&s, &x, &y);
                    (compute::input_gradient(&s, &y, &w), dw, y)
                };
                v.run(|| pool.install(all)).unwrap()
            };
            let plain = made(Vectors::Plain, 1);
            assert!(Vectors::available().all(|v| made(v, 3) == plain), "{s:?}");
        }
    }
}

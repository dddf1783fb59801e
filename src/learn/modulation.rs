//! Group normalisation, gain, shift and SiLU, fused into one operation of burn with its own gradients
//! ([`super::net::modulation`]).

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};

use super::net::modulation::{self as compute, NormShape};

/// silu(gain · x̂ + shift) of `[n, channels, height, width]`, x̂ being normalised in groups; `gain` and `shift` are
/// `[n, channels]`.
pub fn modulate(x: Tensor<4>, gain: Tensor<2>, shift: Tensor<2>, groups: usize) -> Tensor<4> {
    let (x, gain, shift) = (x.into_dispatch(), gain.into_dispatch(), shift.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Modulation>::modulate(x, gain, shift, groups))
}

/// [`modulate`] with a learned gain and shift of each channel.
#[derive(Module, Debug)]
pub struct AffineNorm {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
}

impl AffineNorm {
    /// Gain 1, shift 0.
    pub fn new(channels: usize, device: &Device) -> Self {
        let fill = |v: f32| Param::from_tensor(Tensor::full([channels], v, device));
        Self { gamma: fill(1.0), beta: fill(0.0) }
    }

    /// Of `[n, channels, height, width]`, normalised in so many groups.
    pub fn forward(&self, x: Tensor<4>, groups: usize) -> Tensor<4> {
        let [n, channels, ..] = x.dims();
        let all = |t: Tensor<1>| t.reshape([1, channels]).expand([n, channels]);
        modulate(x, all(self.gamma.val()), all(self.beta.val()), groups)
    }
}

/// The operation that a backend provides.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait Modulation: Backend {
    /// See [`modulate`].
    fn modulate(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        groups: usize,
    ) -> FloatTensor<Self>;
}

impl Modulation for Flex {
    fn modulate(x: FlexTensor, gain: FlexTensor, shift: FlexTensor, groups: usize) -> FlexTensor {
        let (x, gain, shift) = (x.to_contiguous(), gain.to_contiguous(), shift.to_contiguous());
        let y = compute::forward(&sizes(&x, groups), floats(&x), floats(&gain), floats(&shift));
        like(y, &x)
    }
}

impl<C: CheckpointStrategy> Modulation for Autodiff<Flex, C> {
    fn modulate(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        groups: usize,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), gain.node(), shift.node()];
        let prepared = Back.prepare::<C>(nodes).compute_bound().stateful();
        let (x, gain, shift) = (x.into_primitive(), gain.into_primitive(), shift.into_primitive());
        let y = Flex::modulate(x.clone(), gain.clone(), shift.clone(), groups);
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish(([x, gain, shift], groups), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// The backward pass.
#[derive(Debug)]
struct Back;

impl Backward<Flex, 3> for Back {
    type State = ([FlexTensor; 3], usize);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dy = grads.consume::<Flex>(&ops.node).to_contiguous();
        let (inputs, groups) = ops.state;
        let [x, gain, shift] = inputs.map(|t| t.to_contiguous());
        let sizes = sizes(&x, groups);
        let found = compute::backward(&sizes, floats(&x), floats(&gain), floats(&shift), floats(&dy));
        let all = [like(found.x, &x), like(found.gain, &gain), like(found.shift, &shift)];
        for (node, gradient) in ops.parents.into_iter().zip(all) {
            if let Some(node) = node {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

fn sizes(x: &FlexTensor, groups: usize) -> NormShape {
    let dims = x.shape();
    assert!(dims[1].is_multiple_of(groups), "expected channels in {groups} groups, found {}", dims[1]);
    NormShape { channels: dims[1], groups, plane: dims[2] * dims[3] }
}

fn floats(x: &FlexTensor) -> &[f32] {
    x.as_slice().expect("a contiguous tensor of f32")
}

fn like(values: Vec<f32>, of: &FlexTensor) -> FlexTensor {
    let dims: Vec<usize> = (0..of.shape().num_dims()).map(|i| of.shape()[i]).collect();
    FlexTensor::from_data(TensorData::new(values, dims))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glue::{device, numbers};
    use burn::nn::GroupNormConfig;
    use burn::tensor::Distribution;
    use burn::tensor::activation::silu;

    /// burn's own operations, differentiated by burn, against the fused one.
    #[test]
    fn the_fused_operation_equals_its_parts() {
        let device = device();
        device.seed(5);
        let random = |dims: [usize; 2]| {
            Tensor::<2>::random(dims, Distribution::Normal(0.5, 1.0), &device).require_grad()
        };
        let x = Tensor::<4>::random([3, 16, 5, 7], Distribution::Normal(0.3, 2.0), &device).require_grad();
        let (gain, shift) = (random([3, 16]), random([3, 16]));
        let weights = Tensor::<4>::random([3, 16, 5, 7], Distribution::Default, &device);
        let norm = GroupNormConfig::new(4, 16).with_affine(false).init(&device);
        let parts = silu(
            norm.forward(x.clone()) * gain.clone().reshape([3, 16, 1, 1])
                + shift.clone().reshape([3, 16, 1, 1]),
        );
        let whole = modulate(x.clone(), gain.clone(), shift.clone(), 4);
        let near = |a: Vec<f32>, b: Vec<f32>| {
            assert!(!a.is_empty() && a.len() == b.len());
            assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 2e-5));
        };
        near(numbers(parts.clone()), numbers(whole.clone()));
        let (theirs, ours) = ((parts * weights.clone()).sum().backward(), (whole * weights).sum().backward());
        near(numbers(x.grad(&theirs).unwrap()), numbers(x.grad(&ours).unwrap()));
        for t in [gain, shift] {
            near(numbers(t.grad(&theirs).unwrap()), numbers(t.grad(&ours).unwrap()));
        }
    }
}

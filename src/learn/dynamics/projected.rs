//! The projection as an operation of burn. It is its own transpose, so its gradient is itself.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use super::projection::Projection;

/// A projection of certain planes of a state.
#[derive(Clone)]
pub struct Projector {
    /// The planes of the velocity, across and down.
    pub planes: [usize; 2],
    /// The projection.
    pub projection: Arc<Projection>,
}

impl std::fmt::Debug for Projector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "projection of the planes {:?}", self.planes)
    }
}

impl Projector {
    /// Projects the velocity of a state `[planes][height][width]`.
    pub fn apply(&self, state: &mut [f32], plane: usize) {
        let [a, b] = self.planes;
        let (mut u, mut v) = (state[a * plane..][..plane].to_vec(), state[b * plane..][..plane].to_vec());
        self.projection.apply(&mut u, &mut v);
        state[a * plane..][..plane].copy_from_slice(&u);
        state[b * plane..][..plane].copy_from_slice(&v);
    }
}

/// States `[n, planes, height, width]` with their velocity projected.
pub fn projected(x: Tensor<4>, projector: &Projector) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Projected>::projected(x.into_dispatch(), projector.clone()))
}

/// The operation that a backend provides.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait Projected: Backend {
    /// See [`projected`].
    fn projected(x: FloatTensor<Self>, projector: Projector) -> FloatTensor<Self>;
}

impl Projected for Flex {
    fn projected(x: FlexTensor, projector: Projector) -> FlexTensor {
        let x = x.to_contiguous();
        let dims: Vec<usize> = (0..4).map(|i| x.shape()[i]).collect();
        let plane = dims[2] * dims[3];
        let values: &[f32] = x.as_slice().expect("a contiguous tensor of f32");
        let mut values = values.to_vec();
        values.par_chunks_exact_mut(dims[1] * plane).for_each(|state| projector.apply(state, plane));
        FlexTensor::from_data(TensorData::new(values, dims))
    }
}

impl<C: CheckpointStrategy> Projected for Autodiff<Flex, C> {
    fn projected(x: FloatTensor<Self>, projector: Projector) -> FloatTensor<Self> {
        let prepared = Gradient.prepare::<C>([x.node()]).compute_bound().stateful();
        let y = Flex::projected(x.into_primitive(), projector.clone());
        match prepared {
            OpsKind::Tracked(prepared) => prepared.finish(projector, y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// The backward pass.
#[derive(Debug)]
struct Gradient;

impl Backward<Flex, 1> for Gradient {
    type State = Projector;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dy = grads.consume::<Flex>(&ops.node);
        let [of_x] = ops.parents;
        if let Some(node) = of_x {
            grads.register::<Flex>(node.id, Flex::projected(dy, ops.state));
        }
    }
}

//! What every method needs of burn: initialisation by seed, serialisation, weights for [`net`](super::net), gradient
//! clipping.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::store::{ModuleRecord, ModuleSnapshot, SafetensorsStore};
use burn::tensor::activation::{elu, leaky_relu, relu, sigmoid, silu};
use burn::tensor::{Bytes, Device, Distribution, Gradients, Tensor, TensorData};
use safetensors::SafeTensors;

use super::LearnError;
use super::convolution::convolve_on;
use super::net::activation::{Activation, GELU_SLOPE, LEAK};
use super::net::weights::{WeightArray, Weights};
use super::store;
use super::training::Batch;

/// The CPU backend, with automatic differentiation.
pub fn device() -> Device {
    Device::flex().autodiff()
}

/// A module with every weight initialised now: one initialised at its first use would depend on the seed of a step.
pub fn fresh<M: Module>(seed: u64, make: impl FnOnce(&Device) -> M) -> M {
    let device = device();
    device.seed(seed);
    let module = make(&device);
    module.visit(&mut InitWeights);
    module
}

struct InitWeights;

impl ModuleVisitor for InitWeights {
    fn visit_float<const D: usize>(&mut self, weight: &Param<Tensor<D>>) {
        let _ = weight.val();
    }
}

/// Pixels of a batch, `[n, channels, side, side]` in 0..1.
pub fn pixels(batch: &Batch, device: &Device) -> Tensor<4> {
    let dims = [batch.len(), batch.shape.channels, batch.shape.side, batch.shape.side];
    Tensor::from_data(TensorData::new(batch.pixels.clone(), dims), device)
}

/// Labels as one-hot rows, `[n, classes]`.
pub fn one_hot(labels: &[usize], classes: usize, device: &Device) -> Tensor<2> {
    let mut rows = vec![0f32; labels.len() * classes];
    labels.iter().enumerate().for_each(|(i, l)| rows[i * classes + l] = 1.0);
    Tensor::from_data(TensorData::new(rows, [labels.len(), classes]), device)
}

/// The value of a tensor of one element; NaN if it is empty.
pub fn number<const D: usize>(x: Tensor<D>) -> f64 {
    x.into_data().try_to_vec::<f32>().ok().and_then(|v| v.first().copied()).map_or(f64::NAN, f64::from)
}

/// The values of a tensor.
pub fn numbers<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().try_to_vec::<f32>().unwrap_or_default()
}

/// A 3 × 3 convolution with a bias per channel.
#[derive(Module, Debug)]
pub struct Conv {
    weight: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
}

impl Conv {
    /// Fresh weights (He et al. 2015).
    pub fn new(from: usize, to: usize, device: &Device) -> Self {
        Self::scaled(from, to, 1.0, device)
    }

    /// Fresh weights, `scale` times as large.
    pub fn scaled(from: usize, to: usize, scale: f64, device: &Device) -> Self {
        let deviation = scale * (2.0 / (9 * from) as f64).sqrt();
        let weight = Tensor::random([to, from, 3, 3], Distribution::Normal(0.0, deviation), device);
        Self { weight: Param::from_tensor(weight), bias: Param::from_tensor(Tensor::zeros([to], device)) }
    }

    /// Channels of its input.
    pub fn channels(&self) -> usize {
        self.weight.dims()[1]
    }

    /// The convolution of a batch.
    pub fn forward(&self, x: Tensor<4>, stride: usize) -> Tensor<4> {
        self.forward_on(x, stride, [false; 2])
    }

    /// The convolution on a plane whose rows or columns are periodic.
    pub fn forward_on(&self, x: Tensor<4>, stride: usize, periodic: [bool; 2]) -> Tensor<4> {
        let to = self.bias.dims()[0];
        convolve_on(x, self.weight.val(), stride, periodic) + self.bias.val().reshape([1, to, 1, 1])
    }
}

/// An activation function; see [`net::activation`](super::net::activation).
pub fn activated<const D: usize>(x: Tensor<D>, activation: Activation) -> Tensor<D> {
    match activation {
        Activation::Relu => relu(x),
        Activation::Leaky => leaky_relu(x, LEAK as f64),
        Activation::Elu => elu(x, 1.0),
        Activation::Gelu => {
            let cube = x.clone() * x.clone() * x.clone();
            let inner = (x.clone() + cube.mul_scalar(0.044_715)).mul_scalar(GELU_SLOPE);
            x * sigmoid(inner)
        }
        Activation::Silu => silu(x),
    }
}

/// Patches of `p` × `p` pixels as the channels of one cell; see [`net::patches`](super::net::patches).
pub fn to_patches(x: Tensor<4>, p: usize) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let cells = x.reshape([n, c, h / p, p, w / p, p]).permute([0, 1, 3, 5, 2, 4]);
    cells.reshape([n, c * p * p, h / p, w / p])
}

/// The inverse of [`to_patches`].
pub fn from_patches(x: Tensor<4>, p: usize) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let pixels = x.reshape([n, c / (p * p), p, p, h, w]).permute([0, 1, 4, 2, 5, 3]);
    pixels.reshape([n, c / (p * p), h * p, w * p])
}

/// Nearest-neighbour upsampling by 2.
pub fn doubled(x: Tensor<4>) -> Tensor<4> {
    repeated(x, 2)
}

/// Nearest-neighbour upsampling by `k`.
pub fn repeated(x: Tensor<4>, k: usize) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    x.reshape([n, c, h, 1, w, 1]).expand([n, c, h, k, w, k]).reshape([n, c, k * h, k * w])
}

/// Every weight of a module, under its path in it (`decoder.first.weight`).
pub fn weights<M: Module>(module: &M) -> Weights {
    let mut store = SafetensorsStore::from_bytes(None);
    let mut weights = Weights::default();
    if module.save_into(&mut store).is_ok()
        && let Ok(bytes) = store.get_bytes()
        && let Ok(file) = SafeTensors::deserialize(&bytes)
    {
        for (name, view) in file.iter() {
            let values = bytemuck::pod_collect_to_vec(view.data());
            weights.insert(name, WeightArray { dims: view.shape().to_vec(), values });
        }
    }
    weights
}

/// A module of the same shape with these weights.
///
/// # Errors
/// One is missing or of another shape; the message names it.
pub fn loaded<M: Module>(mut module: M, weights: &Weights) -> Result<M, String> {
    let bytes = store::write(weights, None).map_err(|e| e.to_string())?;
    let found =
        module.load_from(&mut SafetensorsStore::from_bytes(Some(bytes))).map_err(|e| e.to_string())?;
    let missing = found.missing.first().map(|m| format!("{m:?}"));
    match missing.or(found.errors.first().map(|e| format!("{e:?}"))) {
        Some(first) => Err(format!("the weights do not match the architecture ({first})")),
        None => Ok(module),
    }
}

fn failed(e: impl std::fmt::Display) -> LearnError {
    LearnError::Failed(format!("cannot save or restore the checkpoint: {e}"))
}

/// A module as bytes, running means included.
///
/// # Errors
/// Its weights cannot be serialised.
pub fn module_bytes<M: Module>(module: &M) -> Result<Vec<u8>, LearnError> {
    module.valid().into_record().into_bytes().map(|b| b.to_vec()).map_err(failed)
}

/// The part of that name.
///
/// # Errors
/// It is missing.
pub fn part<'a>(state: &'a BTreeMap<String, Vec<u8>>, name: &str) -> Result<&'a [u8], LearnError> {
    state.get(name).map(Vec::as_slice).ok_or_else(|| failed(format!("the part `{name}` is missing")))
}

/// A module of the same shape with the weights of a part.
///
/// # Errors
/// The part is missing or of another shape.
pub fn restored<M: Module>(
    module: M,
    state: &BTreeMap<String, Vec<u8>>,
    name: &str,
) -> Result<M, LearnError> {
    let bytes = Bytes::from_bytes_vec(part(state, name)?.to_vec());
    let record = ModuleRecord::from_bytes(bytes).map_err(failed)?;
    let module = module.valid().try_load_record(record).map_err(failed)?;
    Ok(module.to_device(&device()).train())
}

/// The moments of an optimizer as bytes.
///
/// # Errors
/// They cannot be serialised.
pub fn optimizer_bytes(optimizer: &ModuleOptimizer) -> Result<Vec<u8>, LearnError> {
    optimizer.into_bytes().map(|b| b.to_vec()).map_err(failed)
}

/// An optimizer with the moments of a part.
///
/// # Errors
/// The part is missing or damaged.
pub fn restored_optimizer(
    optimizer: ModuleOptimizer,
    state: &BTreeMap<String, Vec<u8>>,
    name: &str,
) -> Result<ModuleOptimizer, LearnError> {
    optimizer.from_bytes(Bytes::from_bytes_vec(part(state, name)?.to_vec())).map_err(failed)
}

/// The gradients of a module, clipped to a global norm of `max_norm` (Pascanu et al. 2013), and their norm before.
pub fn clipped<M: Module>(grads: Gradients, module: &M, max_norm: f32) -> (GradientsParams, f64) {
    let mut sum = Sum { grads: GradientsParams::from_grads(grads, module), squares: 0.0, scale: None };
    module.visit(&mut sum);
    let norm = sum.squares.sqrt();
    if norm > max_norm as f64 {
        sum.scale = Some((max_norm as f64 / norm) as f32);
        module.visit(&mut sum);
    }
    (sum.grads, norm)
}

struct Sum {
    grads: GradientsParams,
    squares: f64,
    scale: Option<f32>,
}

impl ModuleVisitor for Sum {
    fn visit_float<const D: usize>(&mut self, weight: &Param<Tensor<D>>) {
        match self.scale {
            None => {
                if let Some(g) = self.grads.get::<D>(weight.id) {
                    self.squares += number(g.powi_scalar(2).sum());
                }
            }
            Some(scale) => {
                if let Some(g) = self.grads.remove::<D>(weight.id) {
                    self.grads.register(weight.id, g.mul_scalar(scale));
                }
            }
        }
    }
}

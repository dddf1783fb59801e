//! Networks in training.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Tensor};

use super::architecture::Architecture;
use learn::net::weights::Weights;

/// A network in training, whatever its backbone.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use judge::architecture::Architecture;
/// use judge::fresh::fresh;
/// use judge::layer_options::LayerOptions;
///
/// let layers = LayerOptions::default();
/// let shape = Architecture { channels: 1, side: 16, classes: 3, backbone: "compact".into(), layers };
/// let device = Device::flex();
/// device.seed(1);
/// let network = fresh(&shape, &device)?;
/// network.initialise();
/// let embedding = network.embed(Tensor::<4>::ones([2, 1, 16, 16], &device));
/// assert_eq!(network.head(embedding).dims(), [2, 3], "three logits for each of two pictures");
/// let copy = network.with(&network.weights())?;
/// assert_eq!((copy.count(), copy.weights()), (network.count(), network.weights()));
/// # Ok::<(), String>(())
/// ```
pub trait Network: Send + Sync {
    /// Its architecture.
    fn shape(&self) -> &Architecture;
    /// Embeddings `[batch, 64]` of pictures `[batch, channels, side, side]` in 0..1.
    fn embed(&self, x: Tensor<4>) -> Tensor<2>;
    /// Logits `[batch, classes]` of embeddings.
    fn head(&self, embedding: Tensor<2>) -> Tensor<2>;
    /// From now on this share of the embedding, 0 to below 1, is dropped before the head in training.
    fn set_dropout(&mut self, share: f64);
    /// The penalty of large weights ([`penalty`](super::penalty::penalty)); none without either.
    fn penalty(&self, l1: f64, l2: f64) -> Option<Tensor<1>>;
    /// One optimiser step on a loss.
    fn update(&mut self, loss: Tensor<1>, optimizer: &mut ModuleOptimizer, rate: f64);
    /// A copy for evaluation, without gradients and dropout.
    fn valid(&self) -> Box<dyn Network>;
    /// A copy on a device, ready for training.
    fn train(&self, device: &Device) -> Box<dyn Network>;
    /// Initialises every weight now: one initialised at its first use would depend on the seed of a step.
    fn initialise(&self);
    /// Number of weights.
    fn count(&self) -> usize;
    /// Its weights, named as in files.
    fn weights(&self) -> Weights;
    /// A copy with these weights.
    ///
    /// # Errors
    /// Weights are missing or of another shape.
    fn with(&self, weights: &Weights) -> Result<Box<dyn Network>, String>;
    /// Its training state as bytes, for a checkpoint.
    ///
    /// # Errors
    /// Its weights cannot be serialised.
    fn record(&self) -> Result<Vec<u8>, String>;
    /// A copy restored from such bytes.
    ///
    /// # Errors
    /// They are damaged, or belong to another network.
    fn restored(&self, bytes: Vec<u8>) -> Result<Box<dyn Network>, String>;
}

/// Builds a network for training, with fresh weights.
pub type Fresh = fn(&Architecture, &Device) -> Box<dyn Network>;

//! Training a language model on windows of text.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::Tensor;

use super::inference::LanguageModel;
use crate::LearnError;
use crate::glue::{clipped, device, fresh, number, weights};
use crate::net::transformer::TransformerConfig;
use crate::net::weights::Weights;
use crate::optimiser::{Moments, Optimiser};
use crate::vqvae::prior::CodePrior;
use burn::module::Module;
use world::rng::Rng;

/// How a language model is trained.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LanguageConfig {
    /// Characters of a window.
    pub places: usize,
    /// Attention heads.
    pub heads: usize,
    /// Dimensions of a head.
    pub head: usize,
    /// Blocks.
    pub layers: usize,
    /// Steps.
    pub steps: usize,
    /// Windows a step.
    pub batch: usize,
    /// Peak learning rate of Adam (Kingma and Ba 2015); it falls by a half cosine.
    pub rate: f64,
}

impl LanguageConfig {
    /// Sizes of the network, for so many characters.
    pub fn sizes(&self, symbols: usize) -> TransformerConfig {
        let Self { places, heads, head, layers, .. } = *self;
        TransformerConfig { symbols, places, classes: 1, layers, heads, head }
    }
}

/// Trains on windows, which are drawn at random; none if `stop` says so before the end.
///
/// # Errors
/// There are no windows, or the loss is not finite.
pub fn train(
    windows: &[Vec<usize>],
    symbols: usize,
    config: &LanguageConfig,
    seed: u64,
    stop: &dyn Fn() -> bool,
    step: &dyn Fn(),
) -> Result<Option<LanguageModel>, LearnError> {
    if windows.is_empty() {
        return Err(LearnError::Failed("there are no windows of text to learn from".into()));
    }
    let (sizes, device) = (config.sizes(symbols), device());
    let mut network = fresh(seed, |device| CodePrior::new(&sizes, device));
    let mut optimizer = Optimiser::Adam(Moments { betas: [0.9, 0.99], ..Moments::default() }).init(0.0);
    let rng = Rng::new(seed).named("language");
    let classes = Tensor::ones([config.batch, 1], &device);
    for i in 0..config.steps {
        if stop() {
            return Ok(None);
        }
        let pick = |k: usize| rng.fork(i as u64).below(k as u64, windows.len() as u64) as usize;
        let codes: Vec<usize> = (0..config.batch).flat_map(|k| windows[pick(k)].iter().copied()).collect();
        let loss = network.nll(&codes, classes.clone(), symbols, &device).div_scalar(codes.len() as f64);
        let value = number(loss.clone());
        if !value.is_finite() {
            return Err(LearnError::Failed(format!("the training loss became {value} in step {}", i + 1)));
        }
        let t = i as f64 / config.steps as f64;
        let rate = config.rate * (t / 0.05).min(1.0) * (0.505 + 0.495 * libm::cos(std::f64::consts::PI * t));
        let (grads, _) = clipped(loss.backward(), &network, 1.0);
        network = optimizer.step(rate, network, grads);
        step();
    }
    let mut all = Weights::default();
    all.extend("text", weights(&network.valid()));
    LanguageModel::of(&all, sizes).map(Some).map_err(LearnError::Failed)
}

//! Losses of discriminator and generator.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::Tensor;
use burn::tensor::activation::{log_softmax, softplus};

use super::model::DiscriminatorOutput;
use crate::glue::numbers;

/// Loss of the discriminator: binary cross-entropy of real against generated or, under `wasserstein`, the (negative)
/// difference of means.
pub fn discriminator_loss(
    real: &DiscriminatorOutput,
    made: &DiscriminatorOutput,
    wasserstein: bool,
) -> Tensor<1> {
    let (real, made) = (real.real.clone(), made.real.clone());
    match wasserstein {
        true => made.mean() - real.mean(),
        false => softplus(-real, 1.0).mean() + softplus(made, 1.0).mean(),
    }
}

/// Loss of the generator: the non-saturating one (Goodfellow et al. 2014) or, under `wasserstein`, the negative mean.
pub fn generator_loss(made: &DiscriminatorOutput, wasserstein: bool) -> Tensor<1> {
    match wasserstein {
        true => -made.real.clone().mean(),
        false => softplus(-made.real.clone(), 1.0).mean(),
    }
}

/// Cross-entropy of the predicted classes with one-hot `labels`; `None` without classes.
pub fn classification_loss(output: &DiscriminatorOutput, labels: &Tensor<2>) -> Option<Tensor<1>> {
    let logits = output.classes.clone()?;
    let [n, _] = logits.dims();
    Some((log_softmax(logits, 1) * labels.clone()).sum().div_scalar(-(n as f32)))
}

/// Fraction of pictures classified correctly; 1 without classes.
pub fn accuracy(output: &DiscriminatorOutput, labels: &[usize]) -> f64 {
    let Some(logits) = output.classes.clone() else { return 1.0 };
    let width = logits.dims()[1];
    let values = numbers(logits);
    let best = |row: &[f32]| (0..width).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
    let right = values.chunks_exact(width).zip(labels).filter(|(row, l)| best(row) == **l).count();
    right as f64 / labels.len().max(1) as f64
}

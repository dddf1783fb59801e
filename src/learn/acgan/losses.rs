//! What each adversary wants.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::Tensor;
use burn::tensor::activation::{log_softmax, softplus};

use super::model::DiscriminatorOutput;
use crate::glue::numbers;

/// What the discriminator loses by taking the real for made and the made for real: −log of its chances, or under
/// `wasserstein` the (negative) difference of means.
pub fn told_apart(real: &DiscriminatorOutput, made: &DiscriminatorOutput, wasserstein: bool) -> Tensor<1> {
    let (real, made) = (real.real.clone(), made.real.clone());
    match wasserstein {
        true => made.mean() - real.mean(),
        false => softplus(-real, 1.0).mean() + softplus(made, 1.0).mean(),
    }
}

/// What the generator loses by being seen through: −log of the chance of being taken for real (Goodfellow et al. 2014,
/// the form that does not saturate), or the negative mean.
pub fn seen_through(made: &DiscriminatorOutput, wasserstein: bool) -> Tensor<1> {
    match wasserstein {
        true => -made.real.clone().mean(),
        false => softplus(-made.real.clone(), 1.0).mean(),
    }
}

/// Cross-entropy of the classes named, `labels` being rows with a one; `None` without classes.
pub fn classification_loss(opinion: &DiscriminatorOutput, labels: &Tensor<2>) -> Option<Tensor<1>> {
    let logits = opinion.classes.clone()?;
    let [n, _] = logits.dims();
    Some((log_softmax(logits, 1) * labels.clone()).sum().div_scalar(-(n as f32)))
}

/// Part of the pictures whose class is named rightly; 1 without classes.
pub fn accuracy(opinion: &DiscriminatorOutput, labels: &[usize]) -> f64 {
    let Some(logits) = opinion.classes.clone() else { return 1.0 };
    let width = logits.dims()[1];
    let values = numbers(logits);
    let best = |row: &[f32]| (0..width).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
    let right = values.chunks_exact(width).zip(labels).filter(|(row, l)| best(row) == **l).count();
    right as f64 / labels.len().max(1) as f64
}

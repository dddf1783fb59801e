//! Losses: their value over a batch, from which burn has the gradient.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::activation::{log_sigmoid, log_softmax};
use burn::tensor::{Tensor, TensorData};

use super::glue::{device, number, numbers};

/// A loss by its kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// [`cross_entropy`].
    CrossEntropy,
    /// [`squared`].
    Squared,
    /// [`absolute`].
    Absolute,
    /// [`huber`], with its threshold.
    Huber(f64),
    /// [`binary_cross_entropy`].
    BinaryCrossEntropy,
}

impl Loss {
    /// Its value for outputs and targets `[n, columns]`, row-major, and its gradient by the outputs.
    ///
    /// # Errors
    /// Outputs and targets are no rows of that length, or are not equally many.
    pub fn differentiated(
        self,
        y: &[f32],
        target: &[f32],
        columns: usize,
    ) -> Result<(f64, Vec<f32>), String> {
        if columns == 0 || !y.len().is_multiple_of(columns) || y.len() != target.len() || y.is_empty() {
            let (y, target) = (y.len(), target.len());
            return Err(format!("expected rows of {columns} values, found {y} with {target} targets"));
        }
        let tensor = |values: &[f32]| {
            let data = TensorData::new(values.to_vec(), [values.len() / columns, columns]);
            Tensor::<2>::from_data(data, &device())
        };
        let (y, target) = (tensor(y).require_grad(), tensor(target));
        let loss = match self {
            Self::CrossEntropy => cross_entropy(y.clone(), target),
            Self::Squared => squared(y.clone(), target),
            Self::Absolute => absolute(y.clone(), target),
            Self::Huber(delta) => huber(y.clone(), target, delta),
            Self::BinaryCrossEntropy => binary_cross_entropy(y.clone(), target),
        };
        let value = number(loss.clone());
        let gradient = y.grad(&loss.backward()).ok_or("no gradient reaches the outputs")?;
        Ok((value, numbers(gradient)))
    }
}

/// Cross-entropy of logits `[n, classes]` with target probabilities `[n, classes]`, the mean over the rows.
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let n = logits.dims()[0];
    (log_softmax(logits, 1) * targets).sum().div_scalar(-(n as f32))
}

/// The target probabilities of a class, smoothed (Szegedy et al. 2016): `smoothing` is shared among all classes.
pub fn smoothed(target: &mut [f32], class: usize, smoothing: f32) {
    target.fill(smoothing / target.len() as f32);
    target[class] += 1.0 - smoothing;
}

/// The mean squared difference.
pub fn squared(y: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    (y - target).powi_scalar(2).mean()
}

/// The mean absolute difference.
pub fn absolute(y: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    (y - target).abs().mean()
}

/// Half the squared difference up to a difference of `delta`, linear beyond (Huber 1964); the mean.
pub fn huber(y: Tensor<2>, target: Tensor<2>, delta: f64) -> Tensor<1> {
    let off = (y - target).abs();
    let near = off.clone().clamp_max(delta);
    (near.clone().powi_scalar(2).mul_scalar(0.5) + (off - near).mul_scalar(delta)).mean()
}

/// Binary cross-entropy of logits with target probabilities, the mean.
pub fn binary_cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let (yes, no) = (log_sigmoid(logits.clone()), log_sigmoid(logits.neg()));
    (yes * targets.clone() + no * targets.neg().add_scalar(1.0)).mean().neg()
}

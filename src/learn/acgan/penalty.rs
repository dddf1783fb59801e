//! The gradient penalty of a critic, (|∇ₓ D(x)| − 1)² (Gulrajani et al. 2017), without second derivatives.
//!
//! Its gradient by the weights is 2 (|g| − 1) · ∂/∂w |g| with g = ∇ₓ D, and ∂|g|/∂w = ∂/∂w (u · ∇ₓ D) for the unit
//! vector u = g / |g| held constant. The derivative along u is a central difference, so the gradient of 2 (|g| − 1) ·
//! (D(x + h u) − D(x − h u)) / 2h by the weights, everything but D held constant, is the one sought, up to terms of h²
//! (exact where D is quadratic in x). It takes first derivatives only; D must be smooth.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::{Tensor, TensorData};

use crate::glue::{device, numbers};

/// h, the length of the step, in units of a pixel's range.
const STEP: f32 = 0.02;

/// A surrogate loss with the gradient of the penalty, and the penalty itself (means over the batch).
pub struct Penalty {
    /// Only its gradient has a meaning, not its value.
    pub loss: Tensor<1>,
    /// Mean of (|g| − 1)².
    pub value: f64,
}

/// The penalty of a critic at pictures `[n, channels, side, side]`. `fixed` is the critic with frozen weights.
pub fn penalty(
    critic: impl Fn(Tensor<4>) -> Tensor<1>,
    fixed: impl Fn(Tensor<4>) -> Tensor<1>,
    at: Tensor<4>,
) -> Penalty {
    let dims = at.dims();
    let (n, each) = (dims[0], dims[1] * dims[2] * dims[3]);
    let x = at.detach().require_grad();
    let slopes = x.grad(&fixed(x.clone()).sum().backward()).map(numbers).unwrap_or_default();
    let length = |g: &[f32]| g.iter().map(|v| (*v as f64).powi(2)).sum::<f64>().sqrt();
    let lengths: Vec<f64> = slopes.chunks_exact(each).map(length).collect();
    let step = |(g, l): (&[f32], &f64)| {
        let scale = if *l > 1e-12 { STEP as f64 / l } else { 0.0 };
        g.iter().map(|v| (*v as f64 * scale) as f32).collect::<Vec<f32>>()
    };
    let steps: Vec<f32> = slopes.chunks_exact(each).zip(&lengths).flat_map(step).collect();
    let weights: Vec<f32> = lengths.iter().map(|l| ((l - 1.0) / (n as f64 * STEP as f64)) as f32).collect();
    let device = device();
    let steps = Tensor::<4>::from_data(TensorData::new(steps, dims), &device);
    let weights = Tensor::<1>::from_data(TensorData::new(weights, [n]), &device);
    let x = x.detach();
    let both = critic(Tensor::cat(vec![x.clone() + steps.clone(), x - steps], 0));
    let rise = both.clone().narrow(0, 0, n) - both.narrow(0, n, n);
    let value = lengths.iter().map(|l| (l - 1.0).powi(2)).sum::<f64>() / n as f64;
    Penalty { loss: (rise * weights).sum(), value }
}

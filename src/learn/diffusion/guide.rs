//! Guidance by the gradient of any classifier (Dhariwal and Nichol 2021), the way CLIP guides: the classifier is
//! evaluated on the predicted clean picture, so it need not be trained on noise.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::activation::log_softmax;
use burn::tensor::{Tensor, TensorData};

use crate::ImageShape;
use crate::glue::{device, numbers};
use crate::model::SamplingStep;

/// Log-probability of a class for a picture (0..1), and its gradient per pixel. `logits` maps `[1, channels, side,
/// side]` to `[1, classes]`.
pub fn gradient(
    logits: &dyn Fn(Tensor<4>) -> Tensor<2>,
    picture: &[f32],
    shape: ImageShape,
    class: usize,
) -> (f32, Vec<f32>) {
    let dims = [1, shape.channels, shape.side, shape.side];
    let x = Tensor::<4>::from_data(TensorData::new(picture.to_vec(), dims), &device()).require_grad();
    let log_probability = log_softmax(logits(x.clone()), 1).narrow(1, class, 1).sum();
    let value = numbers(log_probability.clone()).first().copied().unwrap_or(f32::NAN);
    let found = x.grad(&log_probability.backward()).map(numbers).unwrap_or_default();
    (value, if found.len() == picture.len() { found } else { vec![0.0; picture.len()] })
}

/// Moves the predicted clean picture along that gradient by `scale` times its variance given the noisy one, which by
/// Tweedie's formula is what conditioning does to it; the variance is taken as that of pictures of unit variance,
/// noise² (Song et al. 2023, pseudoinverse-guided diffusion). A gradient that is not finite moves nothing.
pub fn guide<'a>(
    logits: impl Fn(Tensor<4>) -> Tensor<2> + 'a,
    shape: ImageShape,
    class: usize,
    scale: f32,
) -> impl FnMut(&SamplingStep, &mut [f32]) + 'a {
    // Unit variance refers to −1..1; in 0..1 it is a quarter.
    const VARIANCE: f32 = 0.25;
    move |step: &SamplingStep, clean: &mut [f32]| {
        let (_, gradient) = gradient(&logits, clean, shape, class);
        let weight = scale * VARIANCE * step.noise * step.noise;
        for (p, g) in clean.iter_mut().zip(gradient) {
            *p = (*p + if g.is_finite() { weight * g } else { 0.0 }).clamp(0.0, 1.0);
        }
    }
}

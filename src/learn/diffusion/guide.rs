//! Guidance by the gradient of any network that tells classes from pictures (Dhariwal and Nichol 2021), the way CLIP
//! guides: the network looks at the clean picture that is believed in, so it need not know noise.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::activation::log_softmax;
use burn::tensor::{Tensor, TensorData};

use crate::ImageShape;
use crate::glue::{device, numbers};
use crate::model::SamplingStep;

/// Logarithm of the chance that a picture (0..1) is of a class, and its gradient a pixel. `logits` gives `[1, classes]`
/// of `[1, channels, side, side]`.
pub fn gradient(
    logits: &dyn Fn(Tensor<4>) -> Tensor<2>,
    picture: &[f32],
    shape: ImageShape,
    class: usize,
) -> (f32, Vec<f32>) {
    let dims = [1, shape.channels, shape.side, shape.side];
    let x = Tensor::<4>::from_data(TensorData::new(picture.to_vec(), dims), &device()).require_grad();
    let chance = log_softmax(logits(x.clone()), 1).narrow(1, class, 1).sum();
    let value = numbers(chance.clone()).first().copied().unwrap_or(f32::NAN);
    let found = x.grad(&chance.backward()).map(numbers).unwrap_or_default();
    (value, if found.len() == picture.len() { found } else { vec![0.0; picture.len()] })
}

/// Moves the believed picture along that gradient by `scale` times its variance given what there is, which by Tweedie's
/// formula is what conditioning does to it; the variance is taken as that of pictures of unit variance, noise²
/// (Song et al. 2023, pseudoinverse-guided diffusion). A gradient that is no number moves nothing.
pub fn guide<'a>(
    logits: impl Fn(Tensor<4>) -> Tensor<2> + 'a,
    shape: ImageShape,
    class: usize,
    scale: f32,
) -> impl FnMut(&SamplingStep, &mut [f32]) + 'a {
    // Unit variance is meant in −1..1; in 0..1 it is a quarter.
    const VARIANCE: f32 = 0.25;
    move |look: &SamplingStep, clean: &mut [f32]| {
        let (_, slope) = gradient(&logits, clean, shape, class);
        let far = scale * VARIANCE * look.noise * look.noise;
        for (p, g) in clean.iter_mut().zip(slope) {
            *p = (*p + if g.is_finite() { far * g } else { 0.0 }).clamp(0.0, 1.0);
        }
    }
}

//! Gradients of the picture: which pixels change a logit most (Simonyan et al. 2013), and their mean over noisy copies of
//! the picture, SmoothGrad (Smilkov et al. 2017).

use super::map::SaliencyMap;
use super::{Objective, Observer};
use world::rng::Rng;

/// Noise of SmoothGrad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmoothGrad {
    /// Noisy copies, at least 1.
    pub copies: usize,
    /// Deviation of the noise, as a share of the picture's range of values; 0.1–0.2 in the paper.
    pub noise: f32,
}

impl SmoothGrad {
    /// As the paper's figures, with fewer copies.
    pub const USUAL: Self = Self { copies: 24, noise: 0.15 };
}

impl Observer {
    /// Size of the gradient of each pixel: the greatest over its channels.
    pub fn saliency(&mut self, picture: &[f32], objective: Objective) -> SaliencyMap {
        let (_, gradient) = self.gradient(picture, objective);
        self.sizes(&gradient)
    }

    /// The same of the mean gradient over noisy copies; the noise is addressed by `rng`.
    pub fn smooth_grad(
        &mut self,
        picture: &[f32],
        objective: Objective,
        how: SmoothGrad,
        rng: Rng,
    ) -> SaliencyMap {
        let (low, high) = picture.iter().fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        let deviation = how.noise * (high - low);
        let mut sum = vec![0f32; picture.len()];
        for copy in 0..how.copies.max(1) {
            let rng = rng.fork(copy as u64);
            let noisy = picture.iter().enumerate().map(|(i, v)| v + deviation * rng.normal(i as u64));
            let (_, gradient) = self.gradient(&noisy.collect::<Vec<f32>>(), objective);
            sum.iter_mut().zip(&gradient).for_each(|(s, g)| *s += g);
        }
        self.sizes(&sum)
    }

    fn sizes(&self, gradient: &[f32]) -> SaliencyMap {
        let (height, width) = self.size();
        let size = |pixel: &[f32]| pixel.iter().fold(0f32, |most, v| most.max(v.abs()));
        SaliencyMap { height, width, values: gradient.chunks_exact(self.channels()).map(size).collect() }
    }
}

//! Texture statistics: correlations between the responses of fixed random filters, at three scales (Gatys et al. 2015,
//! with untrained filters as in Ustyuzhaninov et al. 2017).

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "training runs on burn")]

use burn::nn::pool::AvgPool2dConfig;
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};

use crate::convolution::convolve;
use world::rng::Rng;

const FILTERS: [usize; 2] = [24, 32];
const SCALES: usize = 3;

/// The filters; the same for every texture with the same number of channels.
pub struct TextureExtractor {
    first: Tensor<4>,
    second: Tensor<4>,
}

impl TextureExtractor {
    /// Filters for pictures of so many channels. Each sums to zero, so that it responds to differences.
    pub fn new(channels: usize, device: &Device) -> Self {
        let filter = |from: usize, to: usize, rng: Rng| {
            let mut w: Vec<f32> = (0..(to * from * 9) as u64).map(|i| rng.normal(i)).collect();
            for kernel in w.chunks_exact_mut(9 * from) {
                let mean = kernel.iter().sum::<f32>() / kernel.len() as f32;
                let length = libm::sqrtf(kernel.iter().map(|v| (v - mean).powi(2)).sum());
                kernel.iter_mut().for_each(|v| *v = (*v - mean) / length);
            }
            Tensor::from_data(TensorData::new(w, [to, from, 3, 3]), device)
        };
        let r = Rng::new(0).named("texture filters");
        Self {
            first: filter(channels, FILTERS[0], r.fork(0)),
            second: filter(FILTERS[0], FILTERS[1], r.fork(1)),
        }
    }

    /// One Gram matrix of responses per scale, `[n, k, k]`.
    pub fn extract(&self, pictures: Tensor<4>) -> Vec<Tensor<3>> {
        let mut x = pictures;
        let mut grams = Vec::with_capacity(SCALES);
        for scale in 0..SCALES {
            if scale > 0 {
                x = AvgPool2dConfig::new([2, 2]).with_strides([2, 2]).init().forward(x);
            }
            let first = relu(convolve(x.clone(), self.first.clone(), 1));
            let second = relu(convolve(first.clone(), self.second.clone(), 1));
            let [n, _, h, w] = x.dims();
            let ones = Tensor::ones([n, 1, h, w], &x.device());
            let all = Tensor::cat(vec![ones, x.clone().sub_scalar(0.5), first, second], 1);
            let rows = all.clone().reshape([n, all.dims()[1], h * w]);
            grams.push(rows.clone().matmul(rows.transpose()).div_scalar((h * w) as f32));
        }
        grams
    }
}

/// Distance of the Gram matrices of some pictures from the mean Gram matrix of others, every entry relative to the
/// strength of its two responses, so that faint details count like broad tones.
pub fn texture_loss(candidate: &[Tensor<3>], reference: &[Tensor<3>]) -> Tensor<1> {
    let one = |(c, r): (&Tensor<3>, &Tensor<3>)| {
        let r = r.clone().mean_dim(0).detach();
        let [_, k, _] = r.dims();
        let own = Tensor::<2>::eye(k, &r.device()).reshape([1, k, k]);
        let strength = (r.clone() * own).sum_dim(2).add_scalar(1e-6).sqrt();
        let both = strength.clone().matmul(strength.transpose());
        ((c.clone() - r) / both).powi_scalar(2).mean()
    };
    let all: Vec<Tensor<1>> = candidate.iter().zip(reference).map(one).collect();
    Tensor::cat(all, 0).sum()
}

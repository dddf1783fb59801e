//! The autoencoder in training.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::Module;
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};

use super::data::VqVaeConfig;
use crate::glue::{Conv, doubled};

/// From pictures to the vectors that are quantised.
#[derive(Module, Debug)]
pub struct Encoder {
    first: Conv,
    second: Conv,
    third: Conv,
    head: Conv,
}

/// From codebook vectors to pixel logits.
#[derive(Module, Debug)]
pub struct Decoder {
    begin: Conv,
    first: Conv,
    second: Conv,
    last: Conv,
}

/// Encoder and decoder.
#[derive(Module, Debug)]
pub struct Autoencoder {
    /// From pictures.
    pub encoder: Encoder,
    /// To pictures.
    pub decoder: Decoder,
}

impl Autoencoder {
    /// Fresh weights; seed the device first.
    pub fn new(sizes: &VqVaeConfig, device: &Device) -> Self {
        let [quarter, half, whole] = sizes.widths;
        let (channels, embedding) = (sizes.shape.channels, sizes.embedding);
        let conv = |from, to| Conv::new(from, to, device);
        Self {
            encoder: Encoder {
                first: conv(channels, half),
                second: conv(half, quarter),
                third: conv(quarter, quarter),
                head: conv(quarter, embedding),
            },
            decoder: Decoder {
                begin: conv(embedding, quarter),
                first: conv(quarter, half),
                second: conv(half, whole),
                last: conv(whole, channels),
            },
        }
    }
}

impl Encoder {
    /// `[n, embedding, side / 4, side / 4]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = relu(self.first.forward(x, 2));
        let x = relu(self.second.forward(x, 2));
        self.head.forward(relu(self.third.forward(x, 1)), 1)
    }
}

impl Decoder {
    /// `[n, channels, side, side]` of logits.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = relu(self.begin.forward(x, 1));
        let x = relu(self.first.forward(doubled(x), 1));
        let x = relu(self.second.forward(doubled(x), 1));
        self.last.forward(x, 1)
    }
}

/// Straight-through estimator (Bengio et al. 2013): the values of `vectors`, with the gradient passed on to `encoded`.
pub fn straight_through(encoded: Tensor<4>, vectors: Tensor<4>) -> Tensor<4> {
    encoded.clone() + (vectors - encoded).detach()
}

/// Planes `[n, embedding, side, side]` as one row per place, `[n · side · side, embedding]`.
pub fn rows(x: Tensor<4>) -> Tensor<2> {
    let [n, embedding, h, w] = x.dims();
    x.permute([0, 2, 3, 1]).reshape([n * h * w, embedding])
}

/// Rows (`[n · side · side][embedding]`) as planes `[n, embedding, side, side]`.
pub fn planes(rows: Vec<f32>, sizes: &VqVaeConfig, device: &Device) -> Tensor<4> {
    let (small, embedding) = (sizes.small(), sizes.embedding);
    let n = rows.len() / (small * small * embedding);
    let rows = TensorData::new(rows, [n, small, small, embedding]);
    Tensor::<4>::from_data(rows, device).permute([0, 3, 1, 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glue::{device, numbers};
    use crate::model::normals;
    use world::rng::Rng;

    /// The gradient of the sum of w · q² at q is 2 w q: that must arrive at the encoder, whatever was encoded.
    #[test]
    fn the_gradient_at_the_vectors_passes_straight_through_to_the_encoder() {
        let data = |seed| TensorData::new(normals(Rng::new(seed), 24), [2, 3, 2, 2]);
        let encoded = Tensor::<4>::from_data(data(1), &device()).require_grad();
        let (q, w) = (Tensor::<4>::from_data(data(2), &device()), Tensor::<4>::from_data(data(3), &device()));
        let seen = straight_through(encoded.clone(), q.clone());
        let loss = (seen.clone().powi_scalar(2) * w.clone()).sum();
        let found = numbers(encoded.grad(&loss.backward()).unwrap());
        let expected = numbers((q.clone() * w).mul_scalar(2.0));
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5), "{found:?}, {expected:?}");
        assert!(numbers(seen).iter().zip(numbers(q)).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn planes_and_rows_are_inverse() {
        let s = super::super::Settings { embedding: 3, ..Default::default() };
        let sizes = VqVaeConfig::of(&s, crate::ImageShape { channels: 1, side: 28 }, 1);
        let values = normals(Rng::new(1), 2 * 49 * 3);
        let there = planes(values.clone(), &sizes, &device());
        assert_eq!(numbers(there.clone().slice([0..1, 1..2, 0..1, 2..3])), [values[2 * 3 + 1]]);
        assert_eq!(numbers(rows(there)), values);
    }
}

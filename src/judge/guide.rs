//! Classifier guidance by the judge (Dhariwal and Nichol 2021), for generators that sample step by step: its gradient
//! leads towards a class.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::{Device, Tensor, TensorData};

use super::network::Network;
use super::{Judge, JudgeError};
use learn::ImageShape;
use learn::diffusion::guide;
use learn::glue;
use learn::model::SamplingStep;

/// Guidance towards one class, for pictures of one shape.
pub struct Guide {
    network: Box<dyn Network>,
    shape: ImageShape,
    class: usize,
    scale: f32,
    temperature: f32,
    mirrored: bool,
    /// To the judge's size: `[side of the judge, side of the pictures]`.
    resize: Option<Tensor<2>>,
    channels: usize,
}

impl Guide {
    /// Guides pictures of a shape towards one of the judge's classes. Guidance scale 1 follows Bayes' rule, more
    /// exaggerates the class.
    ///
    /// # Errors
    /// The judge has no such class.
    pub fn new(judge: &Judge, shape: ImageShape, class: &str, scale: f32) -> Result<Self, JudgeError> {
        let header = &judge.header;
        let place = header.classes.iter().position(|c| c == class).ok_or_else(|| {
            let known = header.classes.join(", ");
            JudgeError::Failed(format!("the judge has no class `{class}`; its classes are {known}"))
        })?;
        let (device, side) = (glue::device(), header.architecture.side);
        Ok(Self {
            network: judge.network(&device)?.valid(),
            shape,
            class: place,
            scale,
            temperature: header.temperature as f32,
            mirrored: header.mirrored,
            resize: (side != shape.side).then(|| resize(shape.side, side, &device)),
            channels: header.architecture.channels,
        })
    }

    /// The guidance hook for sampling one picture.
    pub fn hook(&self) -> impl FnMut(&SamplingStep, &mut [f32]) + '_ {
        guide::guide(|x| self.logits(x), self.shape, self.class, self.scale)
    }

    /// Log-probability of the class for a picture in 0..1.
    pub fn log_probability(&self, picture: &[f32]) -> f32 {
        guide::gradient(&|x| self.logits(x), picture, self.shape, self.class).0
    }

    /// `[1, classes]` of `[1, channels, side, side]`.
    fn logits(&self, x: Tensor<4>) -> Tensor<2> {
        let mut x = match (self.shape.channels, self.channels) {
            (1, 3) => x.repeat_dim(1, 3),
            (3, 1) => {
                let luma = TensorData::new(vec![0.2126f32, 0.7152, 0.0722], [1, 3, 1, 1]);
                (x * Tensor::from_data(luma, &glue::device())).sum_dim(1)
            }
            _ => x,
        };
        if let Some(r) = &self.resize {
            let [judge, side] = r.dims();
            let (down, across) = (r.clone().reshape([1, 1, judge, side]), r.clone().transpose());
            x = down.matmul(x).matmul(across.reshape([1, 1, side, judge]));
        }
        if self.mirrored {
            let flipped = x.clone().flip([2]);
            x = Tensor::cat(vec![x.clone(), x.flip([3]), flipped.clone(), flipped.flip([3])], 0);
        }
        let logits = self.network.head(self.network.embed(x)).mean_dim(0);
        logits.div_scalar(self.temperature)
    }
}

/// Resampling matrix of one axis, `[to, from]`: a triangle filter, which averages where it shrinks and interpolates
/// linearly where it enlarges.
fn resize(from: usize, to: usize, device: &Device) -> Tensor<2> {
    let step = from as f64 / to as f64;
    let reach = step.max(1.0);
    let mut rows = vec![0f32; to * from];
    for (i, row) in rows.chunks_exact_mut(from).enumerate() {
        let centre = (i as f64 + 0.5) * step - 0.5;
        let weight = |k: usize| (1.0 - (k as f64 - centre).abs() / reach).max(0.0);
        let sum: f64 = (0..from).map(weight).sum();
        row.iter_mut().enumerate().for_each(|(k, v)| *v = (weight(k) / sum) as f32);
    }
    Tensor::from_data(TensorData::new(rows, [to, from]), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    fn judge() -> Judge {
        Judge::shipped().unwrap()
    }

    #[test]
    fn its_gradient_matches_finite_differences() {
        let judge = judge();
        let class = judge.header.classes[1].clone();
        for shape in [ImageShape { channels: 3, side: 64 }, ImageShape { channels: 1, side: 28 }] {
            let guide = Guide::new(&judge, shape, &class, 1.0).unwrap();
            let rng = Rng::new(6);
            let picture: Vec<f32> = (0..shape.len() as u64).map(|i| 0.2 + 0.6 * rng.unit(i)).collect();
            let (_, gradient) = guide::gradient(&|x| guide.logits(x), &picture, shape, 1);
            let size = gradient.iter().map(|g| (*g as f64).powi(2)).sum::<f64>().sqrt();
            let moved = |h: f64| {
                let there =
                    picture.iter().zip(&gradient).map(|(p, g)| (*p as f64 + h * *g as f64 / size) as f32);
                guide.log_probability(&there.collect::<Vec<f32>>()) as f64
            };
            let numeric = (moved(0.01) - moved(-0.01)) / 0.02;
            assert!((numeric - size).abs() < 0.05 * size, "{numeric} for {size}");
            assert!(size > 0.0);
        }
    }

    #[test]
    fn an_unknown_class_is_an_error_that_lists_the_classes() {
        let judge = judge();
        let error = Guide::new(&judge, ImageShape { channels: 1, side: 28 }, "nonsense", 1.0).err().unwrap();
        assert!(error.to_string().contains(&judge.header.classes[0]));
    }

    #[test]
    fn resizing_keeps_flat_pictures_flat() {
        for (from, to) in [(28, 64), (64, 28), (32, 32)] {
            let rows = glue::numbers(resize(from, to, &glue::device()));
            for row in rows.chunks_exact(from) {
                assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
        }
    }
}

//! What a judge says of parts of a picture alone.

use super::Observer;
use super::map::SaliencyMap;
use crate::calibration::softmax;

/// Steps of a window across half of the picture's side.
const STEPS: usize = 8;

impl Observer {
    /// How probable a class is around each pixel: the mean over windows of half the picture's side that hold it, weighted
    /// towards their middles, each classified by itself (sliding windows: Sermanet et al. 2014). None if the picture is too
    /// small to be halved.
    pub fn windows(&mut self, picture: &[f32], class: usize) -> Option<SaliencyMap> {
        let ((height, width), channels) = (self.size(), self.channels());
        let half = self.half.as_mut()?;
        let (rows, columns) = half.size();
        let (mut sums, mut weights) = (vec![0f32; height * width], vec![0f32; height * width]);
        let hat = |i: usize, n: usize| 1.0 - (2 * i + 1).abs_diff(n) as f32 / n as f32;
        let mut part = Vec::with_capacity(rows * columns * channels);
        for place in 0..(STEPS + 1) * (STEPS + 1) {
            let top = (height - rows) * (place / (STEPS + 1)) / STEPS;
            let left = (width - columns) * (place % (STEPS + 1)) / STEPS;
            part.clear();
            for y in top..top + rows {
                part.extend_from_slice(&picture[(y * width + left) * channels..][..columns * channels]);
            }
            let probability = softmax(&half.look(&part).logits, 1.0)[class];
            for i in 0..rows * columns {
                let (y, x) = (i / columns, i % columns);
                let (at, weight) = ((top + y) * width + left + x, hat(y, rows) * hat(x, columns));
                sums[at] = weight.mul_add(probability, sums[at]);
                weights[at] += weight;
            }
        }
        let values = sums.iter().zip(&weights).map(|(s, w)| s / w.max(1e-6)).collect();
        Some(SaliencyMap { height, width, values })
    }
}

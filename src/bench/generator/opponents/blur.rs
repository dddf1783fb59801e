//! Blur: training frames out of focus, which is what averaging models tend to make.

use std::sync::Arc;

use super::frames::TrainingFrames;
use super::trivial::{FrameMaker, Trivial};

/// Pixels a side for each pixel of standard deviation.
const SIDES: f64 = 32.0;
/// Radius of the kernel in standard deviations.
const REACH: f64 = 3.0;

/// The opponent.
pub const TRIVIAL: Trivial = Trivial {
    name: "blur",
    words: "blurred training frames",
    about: "Blur: a training frame under a Gaussian blur with a standard deviation of 1/32 of its side.",
    make: |sets| Ok(Box::new(Blur(Arc::clone(&sets.training)))),
};

struct Blur(Arc<TrainingFrames>);

/// The right half of a normalised Gaussian kernel, its centre first.
fn kernel(deviation: f64) -> Vec<f64> {
    let radius = (REACH * deviation).ceil() as usize;
    let half: Vec<f64> =
        (0..=radius).map(|i| libm::exp(-0.5 * (i * i) as f64 / (deviation * deviation))).collect();
    let sum = half[0] + 2.0 * half[1..].iter().sum::<f64>();
    half.iter().map(|w| w / sum).collect()
}

/// Blurs a square picture along rows (`step` = channels) and then columns; beyond its border it goes on as at it.
fn blurred(values: &[f64], side: usize, channels: usize, half: &[f64]) -> Vec<f64> {
    let along = |values: &[f64], across: bool| -> Vec<f64> {
        let one = |i: usize| {
            let (x, y, c) = (i / channels % side, i / channels / side, i % channels);
            let at = |offset: isize| {
                let moved = |v: usize| v.saturating_add_signed(offset).min(side - 1);
                let (x, y) = if across { (moved(x), y) } else { (x, moved(y)) };
                values[(y * side + x) * channels + c]
            };
            let pairs =
                half.iter().enumerate().skip(1).map(|(k, w)| w * (at(-(k as isize)) + at(k as isize)));
            half[0] * at(0) + pairs.sum::<f64>()
        };
        (0..values.len()).map(one).collect()
    };
    along(&along(values, true), false)
}

impl FrameMaker for Blur {
    fn frame(&self, seed: u64, frame: u64) -> Vec<u8> {
        let pictures = self.0.pictures();
        let values: Vec<f64> = self.0.at(seed, frame).iter().map(|v| f64::from(*v)).collect();
        let half = kernel(pictures.side as f64 / SIDES);
        let made = blurred(&values, pictures.side, pictures.channels, &half);
        made.iter().map(|v| (v + 0.5) as u8).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::frames::waves;
    use super::*;

    #[test]
    fn two_passes_equal_the_sum_over_the_plane() {
        let (side, channels, deviation) = (11usize, 3, 1.4);
        let frames = waves(1, side, channels, 5);
        let values: Vec<f64> = frames.at(0, 0).iter().map(|v| f64::from(*v)).collect();
        let found = blurred(&values, side, channels, &kernel(deviation));
        // The definition: weights by distance, over all pixels within the kernel's square.
        let reach = (REACH * deviation).ceil() as isize;
        let weight =
            |dx: isize, dy: isize| (-0.5 * (dx * dx + dy * dy) as f64 / (deviation * deviation)).exp();
        let square = || (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)));
        let total: f64 = square().map(|(dx, dy)| weight(dx, dy)).sum();
        for (i, found) in found.iter().enumerate() {
            let (x, y, c) = (i / channels % side, i / channels / side, i % channels);
            let near = |v: usize, d: isize| (v as isize + d).clamp(0, side as isize - 1) as usize;
            let sum: f64 = square()
                .map(|(dx, dy)| weight(dx, dy) * values[(near(y, dy) * side + near(x, dx)) * channels + c])
                .sum();
            assert!((found - sum / total).abs() < 1e-9, "{i}: {found} {}", sum / total);
        }
    }

    #[test]
    fn a_blurred_checkerboard_is_nearly_grey() {
        use crate::sets::image_set::ImageSet;
        let value = |i: usize| if (i % 32 + i / 32).is_multiple_of(2) { 200 } else { 0 };
        let pixels = vec![(0..32 * 32).map(value).collect()];
        let pictures = ImageSet { channels: 1, side: 32, pixels, classes: Vec::new(), labels: Vec::new() };
        let soft = Blur(Arc::new(TrainingFrames::new("squares", pictures).unwrap())).frame(0, 0);
        // One pixel of deviation leaves e^(−π²) of a wave of two pixels across and down; at the border more.
        let inner = |i: &usize| (4..28).contains(&(i % 32)) && (4..28).contains(&(i / 32));
        let far = (0..soft.len()).filter(inner).map(|i| soft[i].abs_diff(100)).max();
        assert!(far <= Some(2), "{far:?}");
    }
}

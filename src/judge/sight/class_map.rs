//! Class activation maps: what the channels of a layer say for a class, place by place.

use super::map::SaliencyMap;
use super::{Objective, Observer};

/// How channels are weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// By the mean gradient of the class's logit over all places (Grad-CAM, Selvaraju et al. 2016). Where features are
    /// global maxima the mean loses which place had the maximum.
    Mean,
    /// By the gradient at each place (HiResCAM, Draelos and Carin 2020): only what the logit rests on is marked.
    Placed,
}

impl Observer {
    /// The map of a class at a layer, in that layer's size, not negative; over mirrored views their mean, mirrored back.
    pub fn class_map(&mut self, picture: &[f32], class: usize, layer: usize, by: Weighting) -> SaliencyMap {
        self.descend(picture, Objective::Class(class), layer);
        let (x, dx) = self.with_layer(layer);
        let (height, width, channels) = (x.height, x.width, x.channels);
        let mut values = vec![0f32; height * width];
        for view in 0..x.count {
            let mut mean = vec![0f32; channels];
            for y in 0..height {
                let pixels = dx.row(view, y).chunks_exact(channels);
                pixels.for_each(|pixel| mean.iter_mut().zip(pixel).for_each(|(w, d)| *w += d));
            }
            for y in 0..height {
                let down = if view & 2 == 0 { y } else { height - 1 - y };
                let pixels = x.row(view, y).chunks_exact(channels);
                for (u, (pixel, placed)) in pixels.zip(dx.row(view, y).chunks_exact(channels)).enumerate() {
                    let along = if view & 1 == 0 { u } else { width - 1 - u };
                    let weights = if by == Weighting::Mean { &mean[..] } else { placed };
                    let sum = pixel.iter().zip(weights).fold(0f32, |sum, (v, w)| v.mul_add(*w, sum));
                    values[down * width + along] += sum;
                }
            }
        }
        let places = if by == Weighting::Mean { height * width } else { 1 };
        let scale = 1.0 / (x.count * places) as f32;
        values.iter_mut().for_each(|v| *v = (*v * scale).max(0.0));
        SaliencyMap { height, width, values }
    }

    /// [`Self::class_map`] by mean gradients: Grad-CAM.
    pub fn grad_cam(&mut self, picture: &[f32], class: usize, layer: usize) -> SaliencyMap {
        self.class_map(picture, class, layer, Weighting::Mean)
    }

    /// [`Self::class_map`] by the gradient at each place: HiResCAM.
    pub fn hires_cam(&mut self, picture: &[f32], class: usize, layer: usize) -> SaliencyMap {
        self.class_map(picture, class, layer, Weighting::Placed)
    }
}

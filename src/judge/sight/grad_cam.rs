//! Grad-CAM: the channels of a layer, weighted by the mean gradient of a class's logit (Selvaraju et al. 2016).

use super::map::SaliencyMap;
use super::{Objective, Observer};

impl Observer {
    /// The map of a class at a layer, in that layer's size, not negative; over mirrored views their mean, mirrored back.
    pub fn grad_cam(&mut self, picture: &[f32], class: usize, layer: usize) -> SaliencyMap {
        self.descend(picture, Objective::Class(class), layer);
        let (x, dx) = self.with_layer(layer);
        let (height, width, channels) = (x.height, x.width, x.channels);
        let mut values = vec![0f32; height * width];
        for view in 0..x.count {
            let mut weights = vec![0f32; channels];
            for y in 0..height {
                let pixels = dx.row(view, y).chunks_exact(channels);
                pixels.for_each(|pixel| weights.iter_mut().zip(pixel).for_each(|(w, d)| *w += d));
            }
            for y in 0..height {
                let down = if view & 2 == 0 { y } else { height - 1 - y };
                for (u, pixel) in x.row(view, y).chunks_exact(channels).enumerate() {
                    let along = if view & 1 == 0 { u } else { width - 1 - u };
                    let sum = pixel.iter().zip(&weights).fold(0f32, |sum, (v, w)| v.mul_add(*w, sum));
                    values[down * width + along] += sum;
                }
            }
        }
        let scale = 1.0 / (x.count * height * width) as f32;
        values.iter_mut().for_each(|v| *v = (*v * scale).max(0.0));
        SaliencyMap { height, width, values }
    }
}

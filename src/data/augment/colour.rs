//! Brightness, contrast and saturation.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::Image;
use world::rng::Rng;

/// Changes brightness, contrast and saturation.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "colour",
    about: "Brightness, contrast and saturation changed (Howard 2013).",
    strength: Strength::new("change of each factor, at most", 1.0, 0.3),
    effect: Effect::Alone(colour),
};

fn colour(mut image: Image, strength: f32, rng: Rng) -> Image {
    let [brightness, contrast, saturation] =
        [0, 1, 2].map(|cell| rng.range(cell, 1.0 - strength, 1.0 + strength));
    let means = image.means();
    let level = brightness * means.iter().sum::<f32>() / means.len() as f32;
    for pixel in image.values.chunks_exact_mut(image.channels) {
        let grey = pixel.iter().sum::<f32>() / pixel.len() as f32;
        for v in pixel {
            let saturated = grey + (*v - grey) * saturation;
            *v = (level + (saturated * brightness - level) * contrast).clamp(0.0, 1.0);
        }
    }
    image
}

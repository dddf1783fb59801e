//! Out of focus.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::{Image, smoothed};
use world::rng::Rng;

/// Smooths the picture.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "blur",
    about: "Smoothed by a Gaussian (Chen et al. 2020).",
    strength: Strength::new("deviation of the Gaussian in sides of the picture, at most", 0.1, 0.02),
    effect: Effect::Alone(blur),
};

/// Below this deviation in pixels a Gaussian has nothing but its centre.
const LEAST: f32 = 0.1;

fn blur(image: Image, strength: f32, rng: Rng) -> Image {
    let sigma = strength * rng.unit(0) * image.side as f32;
    if sigma < LEAST {
        return image;
    }
    Image { values: smoothed(&image.values, image.side, image.channels, sigma), ..image }
}

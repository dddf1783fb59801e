//! Mirroring left to right.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::Image;
use world::rng::Rng;

/// Mirrors some pictures left to right.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "flip",
    about: "Mirrored left to right (Krizhevsky et al. 2012).",
    strength: Strength::new("share of pictures that are mirrored", 1.0, 0.5),
    effect: Effect::Alone(flip),
};

fn flip(mut image: Image, strength: f32, rng: Rng) -> Image {
    if rng.unit(0) < strength {
        let (side, channels) = (image.side, image.channels);
        for row in image.values.chunks_exact_mut(side * channels) {
            for x in 0..side / 2 {
                (0..channels).for_each(|c| row.swap(x * channels + c, (side - 1 - x) * channels + c));
            }
        }
    }
    image
}

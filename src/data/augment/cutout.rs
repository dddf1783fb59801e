//! A square without content.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::{Image, square};
use world::rng::Rng;

/// Covers a square with the mean colour.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "cutout",
    about: "A square covered with the mean colour, about any pixel, and cut off at the border (DeVries and Taylor 2017).",
    strength: Strength::new("side of the square, in sides of the picture", 1.0, 0.4),
    effect: Effect::Alone(cutout),
};

fn cutout(mut image: Image, strength: f32, rng: Rng) -> Image {
    let side = image.side as f32;
    let means = image.means();
    let [columns, rows] = square(strength * side, [0, 1].map(|cell| side * rng.unit(cell)), image.side);
    image.pixels_of(columns, rows).for_each(|(_, pixel)| pixel.copy_from_slice(&means));
    image
}

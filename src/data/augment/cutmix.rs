//! A square of another picture.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::{Image, square};
use world::rng::Rng;

/// Puts a square of another picture into this one.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "cutmix",
    about: "A square of another picture put in its place, and of its label the share of the area (Yun et al. 2019).",
    strength: Strength::new(
        "area of the square in that of the picture, at most; as in the paper at 1",
        1.0,
        1.0,
    ),
    effect: Effect::Mix(cutmix),
};

fn cutmix(mut image: Image, other: &Image, strength: f32, rng: Rng) -> (Image, f32) {
    let side = image.side as f32;
    let extent = side * (strength * rng.unit(0)).sqrt();
    let [columns, rows] = square(extent, [1, 2].map(|cell| side * rng.unit(cell)), image.side);
    let area = columns.len() * rows.len();
    for (i, pixel) in image.pixels_of(columns, rows) {
        let channels = pixel.len();
        pixel.copy_from_slice(&other.values[i * channels..][..channels]);
    }
    let share = 1.0 - area as f32 / (side * side);
    (image, share)
}

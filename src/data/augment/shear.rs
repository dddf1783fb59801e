//! Slanting to a side.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::Image;
use world::rng::Rng;

/// Slants the picture along a side.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "shear",
    about: "Slanted along its rows or columns (Simard et al. 2003).",
    strength: Strength::new(
        "shift by the distance from the centre (tangent of the angle), at most",
        1.0,
        0.2,
    ),
    effect: Effect::Alone(shear),
};

fn shear(image: Image, strength: f32, rng: Rng) -> Image {
    let slope = rng.range(0, -strength, strength);
    match rng.below(1, 2) {
        0 => image.mapped([1.0, slope, 0.0, 1.0]),
        _ => image.mapped([1.0, 0.0, slope, 1.0]),
    }
}

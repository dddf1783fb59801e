//! Rotation about the centre.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::Image;
use world::rng::Rng;

/// Rotates the picture about its centre.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "rotate",
    about: "Rotated about the centre (Simard et al. 2003).",
    strength: Strength::new("degrees to either side, at most", 180.0, 15.0),
    effect: Effect::Alone(rotate),
};

fn rotate(image: Image, strength: f32, rng: Rng) -> Image {
    let angle = rng.range(0, -strength, strength).to_radians();
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
    image.mapped([cos, -sin, sin, cos])
}

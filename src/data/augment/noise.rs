//! Noise of the sensor.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::Image;
use world::rng::Rng;

/// Adds Gaussian noise.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "noise",
    about: "Gaussian noise on every value (Sietsma and Dow 1991).",
    strength: Strength::new("deviation of the noise, of a range of values of 1, at most", 0.5, 0.08),
    effect: Effect::Alone(noise),
};

fn noise(mut image: Image, strength: f32, rng: Rng) -> Image {
    let (deviation, noise) = (strength * rng.unit(0), rng.fork(1));
    let values = image.values.iter_mut().enumerate();
    values.for_each(|(cell, v)| *v = (*v + deviation * noise.normal(cell as u64)).clamp(0.0, 1.0));
    image
}

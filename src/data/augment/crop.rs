//! A part of the picture, enlarged.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::Image;
use world::rng::Rng;

/// Cuts a square out of the picture and enlarges it.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "crop",
    about: "A square part of the picture, enlarged to the whole (Szegedy et al. 2014).",
    strength: Strength::new("share of the side that is cut away, at most", 0.9, 0.2),
    effect: Effect::Alone(crop),
};

fn crop(image: Image, strength: f32, rng: Rng) -> Image {
    let kept = 1.0 - strength * rng.unit(0);
    let slack = (1.0 - kept) * image.side as f32;
    let [left, above] = [1, 2].map(|cell| slack * rng.unit(cell));
    let place = |x: usize, first: f32| first + kept * (x as f32 + 0.5) - 0.5;
    image.warped(|x, y| (place(x, left), place(y, above)))
}

//! Elastic distortion: every pixel moves by a smooth random field.

use super::declaration::{Augmentation, Effect, Strength};
use super::image::{Image, smoothed};
use world::rng::Rng;

/// Distorts the picture as if it were drawn on rubber.
pub const AUGMENTATION: Augmentation = Augmentation {
    name: "elastic",
    about: "Distorted by a smooth random field of displacements (Simard et al. 2003).",
    strength: Strength::new("displacement of a pixel, root mean square, in sides of the picture", 0.1, 0.02),
    effect: Effect::Alone(elastic),
};

/// Deviation of the Gaussian that smooths the field, in sides of the picture: 4 of 29 pixels in the paper.
const SMOOTHNESS: f32 = 4.0 / 29.0;

fn elastic(image: Image, strength: f32, rng: Rng) -> Image {
    let side = image.side;
    let [along, down] = [0, 1].map(|axis| displacement(side, strength, rng.fork(axis)));
    image.warped(|x, y| {
        let cell = y * side + x;
        (x as f32 + along[cell], y as f32 + down[cell])
    })
}

/// Displacements of all pixels along one axis, in pixels: uniform noise in −1..1, smoothed, then scaled to the root mean
/// square that `strength` asks for.
pub(super) fn displacement(side: usize, strength: f32, rng: Rng) -> Vec<f32> {
    let noise: Vec<f32> = (0..side * side).map(|cell| rng.range(cell as u64, -1.0, 1.0)).collect();
    let field = smoothed(&noise, side, 1, SMOOTHNESS * side as f32);
    let power = field.iter().map(|v| v * v).sum::<f32>() / field.len().max(1) as f32;
    let scale = strength * side as f32 / power.sqrt().max(f32::MIN_POSITIVE);
    field.iter().map(|v| v * scale).collect()
}

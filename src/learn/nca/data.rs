//! Training data of an automaton: targets with their opacity, initial states, damage.

use rand::RngExt;

use crate::ImageShape;
use world::rng::Rng;

/// A picture (planes in 0..1) with an opacity plane, 0 where it has the colour of its corners.
pub fn with_opacity(picture: &[f32], shape: ImageShape) -> Vec<f32> {
    let (plane, last) = (shape.side * shape.side, shape.side - 1);
    let corners = [0, last, last * shape.side, plane - 1];
    let back: Vec<f32> = (0..shape.channels)
        .map(|c| corners.iter().map(|i| picture[c * plane + i]).sum::<f32>() / 4.0)
        .collect();
    let apart = |i: usize| {
        let squares = (0..shape.channels).map(|c| squared(picture[c * plane + i] - back[c])).sum::<f32>();
        (libm::sqrtf(squares) * 6.0).min(1.0)
    };
    let opacity: Vec<f32> = (0..plane).map(apart).collect();
    let shown = (0..shape.channels).flat_map(|c| (0..plane).map(move |i| (c, i)));
    let mut all: Vec<f32> = shown.map(|(c, i)| picture[c * plane + i] * opacity[i]).collect();
    all.extend(opacity);
    all
}

/// The seed: one living cell in the middle, opacity and hidden channels one, colours zero.
pub fn seed(channels: usize, shown: usize, side: usize) -> Vec<f32> {
    let mut world = vec![0f32; channels * side * side];
    (shown..channels).for_each(|c| world[(c * side + side / 2) * side + side / 2] = 1.0);
    world
}

/// A world of faint noise, from which a texture develops.
pub fn noise(channels: usize, side: usize, rng: Rng) -> Vec<f32> {
    let mut s = rng.sequence();
    (0..channels * side * side).map(|_| s.random_range(-0.1..0.1)).collect()
}

/// Erases a random disc of all planes.
pub fn damage(world: &mut [f32], side: usize, rng: Rng) {
    let mut s = rng.sequence();
    let [x, y, r] = [0.2..0.8, 0.2..0.8, 0.12..0.3].map(|part| s.random_range(part) * side as f32);
    for (i, v) in world.iter_mut().enumerate() {
        let (px, py) = ((i % side) as f32, (i / side % side) as f32);
        if squared(px - x) + squared(py - y) < r * r {
            *v = 0.0;
        }
    }
}

fn squared(v: f32) -> f32 {
    v * v
}

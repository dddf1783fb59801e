//! Pictures from a function of position.

use data::reduce::SIDE;
use world::rng::Rng;

/// RGB, 0..1.
pub type Colour = [f32; 3];

/// A picture of `SIDE` × `SIDE`, from its colour at each place in 0..1.
pub fn paint(f: impl Fn(f32, f32) -> Colour) -> Vec<f32> {
    let n = SIDE as f32;
    (0..SIDE * SIDE).flat_map(|i| f((i % SIDE) as f32 / n, (i / SIDE) as f32 / n)).collect()
}

/// From `a` at 0 to `b` at 1.
pub fn mix(a: Colour, b: Colour, t: f32) -> Colour {
    std::array::from_fn(|c| a[c] + (b[c] - a[c]) * t.clamp(0.0, 1.0))
}

/// A random colour: `strength` 0 is grey, 1 any colour.
pub fn colour(r: Rng, strength: f32) -> Colour {
    let grey = r.unit(0);
    [1, 2, 3].map(|c| grey + (r.unit(c) - grey) * strength)
}

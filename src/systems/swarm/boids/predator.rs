//! A predator.

use world::rng::Rng;

/// A predator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predator {
    /// Where it is, cells.
    pub place: [f32; 2],
    /// Cells/s.
    pub velocity: [f32; 2],
}

impl Predator {
    /// A predator somewhere.
    pub fn new((w, h): (usize, usize), rng: Rng) -> Self {
        Self { place: [rng.unit(0) * w as f32, rng.unit(1) * h as f32], velocity: [0.0; 2] }
    }
}

//! Particles: what carries the liquid, its velocity and its colour.

/// A particle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Particle {
    /// Place, cells; across below 0 once it is taken away.
    pub at: [f32; 2],
    /// Velocity, cells/s.
    pub velocity: [f32; 2],
    /// Gradient of the velocity, 1/s: ∂u/∂x, ∂u/∂y, ∂v/∂x, ∂v/∂y.
    pub affine: [f32; 4],
    /// Linear RGB, and foam 0..1.
    pub paint: [f32; 4],
    /// Seconds since it left the liquid; 0 within.
    pub flight: f32,
}

impl Particle {
    /// A particle at rest.
    pub fn new(at: [f32; 2], colour: [f32; 3]) -> Self {
        Self { at, paint: [colour[0], colour[1], colour[2], 0.0], ..Self::default() }
    }
    /// Takes it away at the next sorting.
    pub fn remove(&mut self) {
        self.at[0] = -1.0;
    }
    /// Whether it was taken away.
    pub fn is_gone(&self) -> bool {
        self.at[0] < 0.0
    }
}

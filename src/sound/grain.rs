//! Single sound events.

/// A single sound event: a plucked string, a bubble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grain {
    /// Which voice, by its position in the scene.
    pub voice: u8,
    /// Onset within its tick, 0..1.
    pub at: f32,
    /// Pitch, Hz; for a bubble its radius, m.
    pub pitch: f32,
    /// Amplitude, 0..1.
    pub loud: f32,
    /// Pan, from −1 (left) to 1 (right).
    pub pan: f32,
    /// Seed of its noise.
    pub seed: u32,
}

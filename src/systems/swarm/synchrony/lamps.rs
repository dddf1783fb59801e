//! How a phase shines: a flash at 0 that rises quickly and dies slowly, and its colour.

use core::f64::consts::TAU as TAU64;

use super::knobs::Look;
use world::frame::colour::linear_of_oklab;

/// Phases of the tables.
const STEPS: usize = 256;
/// How much faster a flash rises than it dies.
const RISE: f32 = 6.0;
/// Lightness and chroma of the hues (Oklab, Ottosson 2020): as colourful as every hue can be at that lightness.
const HUES: [f64; 2] = [0.72, 0.125];

/// Light by phase.
pub struct Lamps {
    table: Vec<[f32; 4]>,
}

impl Lamps {
    /// For blinks of this sharpness: warm, or of the phase's hue.
    pub fn new(pulse: f32, look: Look) -> Self {
        let entry = |i: usize| {
            let turn = i as f32 / STEPS as f32;
            let glow = glow(turn, pulse);
            let [r, g, b] = if look == Look::Hue { hue(turn, glow) } else { warm(glow) };
            [r, g, b, glow]
        };
        Self { table: (0..=STEPS).map(entry).collect() }
    }

    /// Red, green, blue (linear) and glow (0..1) of a phase in 0..2π.
    #[inline]
    pub fn of(&self, theta: f32) -> [f32; 4] {
        let place = (theta * (STEPS as f32 / core::f32::consts::TAU)).clamp(0.0, STEPS as f32);
        let i = (place as usize).min(STEPS - 1);
        let (a, b, t) = (self.table[i], self.table[i + 1], place - i as f32);
        core::array::from_fn(|k| a[k] + t * (b[k] - a[k]))
    }
}

/// Glow at a part of a turn: 1 at the flash.
fn glow(turn: f32, pulse: f32) -> f32 {
    let after = libm::expf(-pulse * turn);
    let before = libm::expf(-RISE * pulse * (1.0 - turn));
    let glow = after.max(before);
    if glow > 1e-3 { glow } else { 0.0 }
}

/// A firefly: an ember at rest, amber as it dies, yellow-white at its height.
fn warm(glow: f32) -> [f32; 3] {
    let high = glow * glow;
    [0.012 + 1.1 * glow, 0.004 + 0.42 * glow + 0.36 * high, 0.001 + 0.06 * glow + 0.2 * high * high]
}

/// The hue of a phase, which a flash brightens.
fn hue(turn: f32, glow: f32) -> [f32; 3] {
    let [lightness, chroma] = HUES;
    // Warm at the flash.
    let (sin, cos) = libm::sincos(TAU64 * (turn as f64 + 0.14));
    let light = 0.3 + 0.7 * glow as f64;
    linear_of_oklab([lightness, chroma * cos, chroma * sin]).map(|v| (v.max(0.0) * light) as f32)
}

//! `bloom`: light spreads from bright areas.

use macroquad::input::KeyCode;

use super::Effect;
use world::params;
use world::params::Params;

params! {
    /// Bloom: light spreads from bright areas.
    pub struct Bloom {
        /// How much of the spread light is added.
        strength: f32 = 0.8 in 0.0..=3.0;
        /// Brightness from which light spreads.
        threshold: f32 = 0.6 in 0.0..=1.0;
        /// How far it spreads, as a multiple of about 2 % of the width.
        radius: f32 = 1.5 in 0.25..=4.0, Log;
    }
}

/// The effect.
pub const EFFECT: Effect = Effect {
    name: "bloom",
    about: "Bloom: light spreads from bright areas.",
    key: Some(KeyCode::F3),
    source: include_str!("../../../shaders/bloom.glsl"),
    knobs: Bloom::SPECS,
    parts: &[2, 4, 4, 4, 4, 1],
};

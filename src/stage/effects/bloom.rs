//! `bloom`: light that spills over from bright parts.

use macroquad::input::KeyCode;

use super::Effect;
use world::params;
use world::params::Params;

params! {
    /// Light that spills over from bright parts.
    pub struct Bloom {
        /// How much of the spilled light is added.
        strength: f32 = 0.8 in 0.0..=3.0;
        /// Brightness from which light spills.
        threshold: f32 = 0.6 in 0.0..=1.0;
        /// How far it spills, as a multiple of about 2 % of the width.
        radius: f32 = 1.5 in 0.25..=4.0, Log;
    }
}

/// The effect.
pub const EFFECT: Effect = Effect {
    name: "bloom",
    about: "Light that spills over from bright parts.",
    key: Some(KeyCode::F3),
    source: include_str!("../../../shaders/bloom.glsl"),
    knobs: Bloom::SPECS,
    parts: &[2, 4, 4, 4, 4, 1],
};

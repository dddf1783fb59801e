//! `kaleidoscope`: a sector of the picture, mirrored around the centre.

use macroquad::input::KeyCode;

use super::Effect;
use world::params;
use world::params::Params;

params! {
    /// A sector of the picture, mirrored around the centre.
    pub struct Kaleidoscope {
        /// Number of mirrored sectors.
        sectors: u32 = 6 in 2..=24;
        /// Rotation of the mirrors, revolutions per minute.
        spin: f32 = 0.5 in -10.0..=10.0, unit "/min";
        /// Magnification of the sector.
        zoom: f32 = 1.0 in 0.25..=4.0, Log;
    }
}

/// The effect.
pub const EFFECT: Effect = Effect {
    name: "kaleidoscope",
    about: "A sector of the picture, mirrored around the centre.",
    key: Some(KeyCode::F2),
    source: include_str!("../../../shaders/kaleidoscope.glsl"),
    knobs: Kaleidoscope::SPECS,
    parts: &[1],
};

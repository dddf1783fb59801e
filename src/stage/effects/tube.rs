//! `tube`: CRT simulation, with curved glass, scan lines and dark corners.

use macroquad::input::KeyCode;

use super::Effect;
use world::params;
use world::params::Params;

params! {
    /// CRT simulation: curved glass, scan lines, dark corners.
    pub struct Tube {
        /// Curvature of the glass.
        curvature: f32 = 0.12 in 0.0..=0.5;
        /// Depth of the dark gaps between scan lines.
        lines: f32 = 0.35 in 0.0..=1.0;
        /// Number of scan lines.
        count: u32 = 240 in 60..=1080;
        /// Distance between the colours at the border, as a fraction of the width.
        fringe: f32 = 0.0015 in 0.0..=0.01;
        /// Darkness of the corners.
        vignette: f32 = 0.4 in 0.0..=1.0;
    }
}

/// The effect.
pub const EFFECT: Effect = Effect {
    name: "tube",
    about: "CRT simulation: curved glass, scan lines, dark corners.",
    key: Some(KeyCode::F4),
    source: include_str!("../../../shaders/tube.glsl"),
    knobs: Tube::SPECS,
    parts: &[1],
};

//! `feedback`: earlier pictures that linger, drift and turn.

use macroquad::input::KeyCode;

use super::Effect;
use world::params;
use world::params::Params;

params! {
    /// Earlier pictures that linger, drift and turn.
    pub struct Feedback {
        /// How much of the last picture is left in this one.
        persistence: f32 = 0.94 in 0.0..=0.995;
        /// Growth of what lingers, per frame.
        zoom: f32 = 1.006 in 0.9..=1.1;
        /// Turn of what lingers, degrees a frame.
        turn: f32 = 0.15 in -5.0..=5.0, unit "°";
        /// Shift of hue of what lingers, per frame.
        hue: f32 = 0.006 in 0.0..=0.1;
    }
}

/// The effect.
pub const EFFECT: Effect = Effect {
    name: "feedback",
    about: "Earlier pictures that linger, drift and turn.",
    key: Some(KeyCode::F1),
    source: include_str!("../../../shaders/feedback.glsl"),
    knobs: Feedback::SPECS,
    parts: &[1],
};

//! `feedback`: video feedback, in which earlier pictures linger, drift and rotate.

use macroquad::input::KeyCode;

use super::Effect;
use world::params;
use world::params::Params;

params! {
    /// Video feedback: earlier pictures linger, drift and rotate.
    pub struct Feedback {
        /// How much of the last picture remains in this one.
        persistence: f32 = 0.94 in 0.0..=0.995;
        /// Zoom factor of the feedback, per frame.
        zoom: f32 = 1.006 in 0.9..=1.1;
        /// Rotation of the feedback, degrees per frame.
        turn: f32 = 0.15 in -5.0..=5.0, unit "°";
        /// Hue shift of the feedback, per frame.
        hue: f32 = 0.006 in 0.0..=0.1;
    }
}

/// The effect.
pub const EFFECT: Effect = Effect {
    name: "feedback",
    about: "Video feedback: earlier pictures linger, drift and rotate.",
    key: Some(KeyCode::F1),
    source: include_str!("../../../shaders/feedback.glsl"),
    knobs: Feedback::SPECS,
    parts: &[1],
};

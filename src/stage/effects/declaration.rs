//! The declaration of an effect.

use macroquad::input::KeyCode;

use world::params::ParamSpec;

/// One effect.
pub struct Effect {
    /// Its name, and that of its file in `shaders/`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// The key that switches it, if one does.
    pub key: Option<KeyCode>,
    /// The shader as it was when the program was built.
    pub source: &'static str,
    /// Its knobs.
    pub knobs: &'static [ParamSpec],
    /// By what factor each pass is smaller than the picture; the last is the result.
    pub parts: &'static [u32],
}

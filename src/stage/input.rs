//! What the performer did since the last frame.

use macroquad::input::{MouseButton, is_key_pressed, is_mouse_button_down, mouse_position, mouse_wheel};

use super::keys::{Action, KEYS};

/// Keys and mouse of one frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// Actions of the keys pressed.
    pub actions: Vec<Action>,
    /// Pointer in window pixels.
    pub pointer: (f32, f32),
    /// Whether the left button is down.
    pub left: bool,
    /// Whether the right button is down.
    pub right: bool,
    /// Notches of the wheel, upwards positive.
    pub wheel: f32,
}

impl Input {
    /// Reads keyboard and mouse. Keys count only while nobody types into a text field, and the mouse only while it
    /// is not over the panel.
    pub fn read(typing: bool, over_panel: bool) -> Self {
        let actions = KEYS.iter().filter(|k| !typing && is_key_pressed(k.key)).map(|k| k.action).collect();
        let wheel = mouse_wheel().1;
        Self {
            actions,
            pointer: mouse_position(),
            left: !over_panel && is_mouse_button_down(MouseButton::Left),
            right: !over_panel && is_mouse_button_down(MouseButton::Right),
            wheel: if over_panel || wheel == 0.0 { 0.0 } else { wheel.signum() },
        }
    }
}

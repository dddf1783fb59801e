//! What the performer did since the last frame.

use macroquad::input::{
    MouseButton, TouchPhase, is_key_pressed, is_key_released, is_mouse_button_down, mouse_position,
    mouse_wheel, touches,
};

use super::labels::LABELS;

/// A finger upon the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TouchPoint {
    /// What the window calls it.
    pub id: u64,
    /// Where it is, in window pixels.
    pub at: (f32, f32),
    /// Whether it was lifted.
    pub up: bool,
}

/// Keys, mouse and fingers of one frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// Labels of the keys that went down.
    pub pressed: Vec<&'static str>,
    /// Labels of the keys that went up.
    pub released: Vec<&'static str>,
    /// Pointer in window pixels.
    pub pointer: (f32, f32),
    /// Whether the left button is down.
    pub left: bool,
    /// Whether the right button is down.
    pub right: bool,
    /// Notches of the wheel, upwards positive.
    pub wheel: f32,
    /// Fingers upon the window, besides the mouse.
    pub fingers: Vec<TouchPoint>,
}

impl Input {
    /// Reads keyboard, mouse and fingers. Keys count only while nobody types into a text field, and the mouse only while
    /// it is not over the panel. The first finger also moves the mouse, so that the panel can be touched; upon the world
    /// it is a finger only.
    pub fn read(typing: bool, over_panel: bool) -> Self {
        let labels = |is: fn(_) -> bool| LABELS.iter().filter(move |k| is(k.0)).map(|k| k.1);
        let wheel = mouse_wheel().1;
        let fingers: Vec<TouchPoint> = touches()
            .into_iter()
            .map(|t| TouchPoint {
                id: t.id,
                at: (t.position.x, t.position.y),
                up: matches!(t.phase, TouchPhase::Ended | TouchPhase::Cancelled),
            })
            .collect();
        let mouse = !over_panel && fingers.is_empty();
        Self {
            pressed: labels(is_key_pressed).filter(|_| !typing).collect(),
            released: labels(is_key_released).collect(),
            pointer: mouse_position(),
            left: mouse && is_mouse_button_down(MouseButton::Left),
            right: mouse && is_mouse_button_down(MouseButton::Right),
            wheel: if over_panel || wheel == 0.0 { 0.0 } else { wheel.signum() },
            fingers,
        }
    }
}

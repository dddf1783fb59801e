//! What the performer did since the last frame.

use macroquad::input::{
    MouseButton, TouchPhase, is_key_pressed, is_key_released, is_mouse_button_down, mouse_position,
    mouse_wheel, touches,
};

use super::labels::LABELS;

/// A touch point on the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TouchPoint {
    /// Its identifier from the window.
    pub id: u64,
    /// Where it is, in window pixels.
    pub at: (f32, f32),
    /// Whether it ended.
    pub up: bool,
}

/// Keys, mouse and touch points of one frame.
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
    /// Touch points on the window, besides the mouse.
    pub touch_points: Vec<TouchPoint>,
}

impl Input {
    /// Reads keyboard, mouse and touch points. Keys count only while no text field has the focus, and the mouse only
    /// while it is not over the panel. The first touch point also moves the mouse, so that the panel can be touched; on
    /// the world it is a touch point only.
    pub fn read(typing: bool, over_panel: bool) -> Self {
        let labels = |is: fn(_) -> bool| LABELS.iter().filter(move |k| is(k.0)).map(|k| k.1);
        let wheel = mouse_wheel().1;
        let touch_points: Vec<TouchPoint> = touches()
            .into_iter()
            .map(|t| TouchPoint {
                id: t.id,
                at: (t.position.x, t.position.y),
                up: matches!(t.phase, TouchPhase::Ended | TouchPhase::Cancelled),
            })
            .collect();
        let mouse = !over_panel && touch_points.is_empty();
        Self {
            pressed: labels(is_key_pressed).filter(|_| !typing).collect(),
            released: labels(is_key_released).collect(),
            pointer: mouse_position(),
            left: mouse && is_mouse_button_down(MouseButton::Left),
            right: mouse && is_mouse_button_down(MouseButton::Right),
            wheel: if over_panel || wheel == 0.0 { 0.0 } else { wheel.signum() },
            touch_points,
        }
    }
}

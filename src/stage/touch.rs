//! The mouse as a touch point on the world, with the ring that shows it, and real touch points besides it.

use egui_macroquad::egui::{Color32, Context, CursorIcon, Id, LayerId, Order, Pos2, Stroke};

use super::input::Input;
use control::touch::{MOUSE, Pointers, RADIUS, WINDOW};
use world::system::{Phase, Touch};

/// Seconds without movement after which ring and cursor are hidden.
const IDLE: f32 = 2.5;

/// The touch point of the mouse.
#[derive(Debug)]
pub struct MouseTouch {
    radius: f32,
    down: Option<f32>,
    last: (f32, f32),
    pointer: (f32, f32),
    idle: f32,
}

impl Default for MouseTouch {
    fn default() -> Self {
        Self { radius: RADIUS, down: None, last: (0.0, 0.0), pointer: (0.0, 0.0), idle: IDLE }
    }
}

impl MouseTouch {
    /// The touch that this frame's input makes on a picture in `rect` (left, top, width, height).
    pub fn follow(&mut self, input: &Input, rect: [f32; 4], seconds: f32) -> Option<Touch> {
        self.radius = (self.radius * 1.15f32.powf(input.wheel)).clamp(0.005, 0.5);
        let strength = if input.left { Some(1.0) } else { input.right.then_some(-1.0) };
        let moved = input.pointer != self.pointer || input.wheel != 0.0 || strength.is_some();
        self.idle = if moved { 0.0 } else { self.idle + seconds };
        self.pointer = input.pointer;
        let at = ((input.pointer.0 - rect[0]) / rect[2], (input.pointer.1 - rect[1]) / rect[3]);
        let inside = (0.0..=1.0).contains(&at.0) && (0.0..=1.0).contains(&at.1);
        let (phase, strength) = match (self.down, strength) {
            (None, Some(s)) if inside => (Phase::Down, s),
            (Some(_), Some(s)) => (Phase::Move, s),
            (Some(s), None) => (Phase::Up, s),
            _ => return None,
        };
        let (x, y) = (at.0.clamp(0.0, 1.0), at.1.clamp(0.0, 1.0));
        let (dx, dy) = if phase == Phase::Down { (0.0, 0.0) } else { (x - self.last.0, y - self.last.1) };
        self.last = (x, y);
        self.down = (phase != Phase::Up).then_some(strength);
        Some(Touch { id: MOUSE, x, y, dx, dy, radius: self.radius, strength, phase })
    }

    /// Radius of the touch, as a fraction of the world's height.
    pub fn radius(&self) -> f32 {
        self.radius
    }

    /// Hides both ring and cursor.
    pub fn hide(&self, ctx: &Context) {
        ctx.set_cursor_icon(CursorIcon::None);
    }

    /// Draws the ring over a picture that is `height` pixels high, and hides the cursor when idle.
    pub fn draw(&self, ctx: &Context, height: f32, over_panel: bool) {
        if over_panel {
            return;
        }
        ctx.set_cursor_icon(CursorIcon::None);
        let light = (1.0 - (self.idle - IDLE + 0.5) / 0.5).clamp(0.0, 1.0);
        if light == 0.0 {
            return;
        }
        let scale = ctx.pixels_per_point();
        let centre = Pos2::new(self.pointer.0 / scale, self.pointer.1 / scale);
        let radius = self.radius * height / scale;
        let (width, colour) = match self.down {
            Some(s) if s < 0.0 => (2.0, Color32::from_rgb(255, 120, 110)),
            Some(_) => (2.0, Color32::from_rgb(140, 225, 255)),
            None => (1.0, Color32::WHITE),
        };
        let painter = ctx.layer_painter(LayerId::new(Order::Background, Id::new("ring")));
        painter.circle_stroke(
            centre,
            radius + 1.0,
            Stroke::new(width + 1.0, Color32::BLACK.gamma_multiply(0.35 * light)),
        );
        painter.circle_stroke(centre, radius, Stroke::new(width, colour.gamma_multiply(0.8 * light)));
        painter.circle_filled(centre, 1.5, colour.gamma_multiply(light));
    }
}

/// Touch points on the window.
pub struct TouchTracker(Pointers<u64>);

impl Default for TouchTracker {
    fn default() -> Self {
        Self(Pointers::new(WINDOW))
    }
}

impl TouchTracker {
    /// The touches of this frame's touch points on a picture in `rect`; one that begins outside the picture, or right
    /// of `edge`, where the panel is, is ignored.
    pub fn follow(&mut self, input: &Input, rect: [f32; 4], edge: f32, radius: f32) -> Vec<Touch> {
        let mut all = Vec::new();
        for point in &input.touch_points {
            if point.up {
                all.extend(self.0.up(&point.id));
                continue;
            }
            let at = ((point.at.0 - rect[0]) / rect[2], (point.at.1 - rect[1]) / rect[3]);
            let inside = (0.0..=1.0).contains(&at.0) && (0.0..=1.0).contains(&at.1) && point.at.0 < edge;
            if inside || self.0.has(&point.id) {
                all.extend(self.0.at(point.id, at, radius, 1.0, 0.0));
            }
        }
        // Touch points that the window no longer reports have ended, whether it said so or not.
        all.extend(self.0.keep(|id| input.touch_points.iter().any(|f| f.id == *id)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(x: f32, left: bool) -> Input {
        Input { pointer: (x, 50.0), left, ..Input::default() }
    }

    #[test]
    fn a_drag_begins_moves_and_ends() {
        let mut mouse_touch = MouseTouch::default();
        let rect = [100.0, 0.0, 200.0, 100.0];
        let steps =
            [(150.0, false), (150.0, true), (200.0, true), (400.0, true), (400.0, false), (400.0, false)];
        let touches: Vec<_> =
            steps.iter().map(|s| mouse_touch.follow(&input(s.0, s.1), rect, 0.02)).collect();
        assert!(touches[0].is_none() && touches[5].is_none());
        let seen: Vec<_> = touches.iter().flatten().map(|t| (t.phase, t.x, t.dx)).collect();
        assert_eq!(seen[0], (Phase::Down, 0.25, 0.0));
        assert_eq!(seen[1], (Phase::Move, 0.5, 0.25));
        assert_eq!(seen[2], (Phase::Move, 1.0, 0.5));
        assert_eq!(seen[3], (Phase::Up, 1.0, 0.0));
    }

    #[test]
    fn a_press_outside_the_picture_touches_nothing() {
        let mut mouse_touch = MouseTouch::default();
        assert!(mouse_touch.follow(&input(50.0, true), [100.0, 0.0, 200.0, 100.0], 0.02).is_none());
    }

    #[test]
    fn several_touch_points_are_tracked_independently_besides_the_mouse() {
        use crate::input::TouchPoint;
        let (mut touch_points, rect) = (TouchTracker::default(), [100.0, 0.0, 200.0, 100.0]);
        let mut frame = |all: &[(u64, f32, bool)]| {
            let point = |&(id, x, up): &(u64, f32, bool)| TouchPoint { id, at: (x, 50.0), up };
            let input = Input { touch_points: all.iter().map(point).collect(), ..Input::default() };
            let touches = touch_points.follow(&input, rect, 280.0, 0.1);
            touches.iter().map(|t| (t.id, t.phase, t.x)).collect::<Vec<_>>()
        };
        assert!(
            frame(&[(5, 50.0, false), (6, 290.0, false)]).is_empty(),
            "outside the picture, on the panel"
        );
        assert_eq!(
            frame(&[(90, 150.0, false), (91, 200.0, false)]),
            [(WINDOW, Phase::Down, 0.25), (WINDOW + 1, Phase::Down, 0.5)]
        );
        assert_eq!(
            frame(&[(90, 290.0, false), (91, 200.0, true)]),
            [(WINDOW, Phase::Move, 0.95), (WINDOW + 1, Phase::Up, 0.5)],
            "a touch point that began on the picture may leave it"
        );
        assert_eq!(frame(&[]), [(WINDOW, Phase::Up, 0.95)], "lost without an end event");
    }
}

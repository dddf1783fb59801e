//! What touches do: pour water or take it, drag it along, and fall into it like a stone.

use super::knobs::WaterKnobs;
use super::shallow::Shallow;
use super::sound::{Events, Kind};
use super::weather::{pour, sink};
use world::brush::Brush;
use world::system::{Phase, Touch};

/// Greatest speed that a touch drags water to, cells/s.
const DRAG_LIMIT: f32 = 600.0;

/// One touch in one tick.
pub fn touch(water: &mut Shallow, knobs: &WaterKnobs, touch: &Touch, seconds: f32, events: &mut Events) {
    let brush = Brush::wrapping(touch, water.size(), water.sides().wraps());
    if brush.strength() == 0.0 {
        return;
    }
    let depth = brush.strength() * knobs.pour * seconds;
    let goal = within(brush.moved().map(|cells| if seconds > 0.0 { cells / seconds } else { 0.0 }));
    let share = brush.amount() * knobs.push;
    brush.for_each(|x, y, weight| {
        water.change(x, y, |cell| {
            let [h, u, v] = pour(cell, depth * weight);
            let drag = if goal == [0.0; 2] { 0.0 } else { share * weight };
            [h, u + drag * (goal[0] - u), v + drag * (goal[1] - v)]
        });
    });
    if touch.phase == Phase::Down && brush.gives() && knobs.splash > 0.0 {
        sink(water, &brush, brush.amount() * knobs.splash);
        let (w, h) = water.size();
        let at = [touch.x.clamp(0.0, 1.0) * w as f32, touch.y.clamp(0.0, 1.0) * h as f32];
        let size = 0.35 * brush.radius().min(20.0);
        events.at(Kind::Stone, water, at, size, brush.amount() * knobs.splash.min(1.0), 0.0);
    }
}

fn within([x, y]: [f32; 2]) -> [f32; 2] {
    let speed = (x * x + y * y).sqrt();
    let scale = if speed > DRAG_LIMIT { DRAG_LIMIT / speed } else { 1.0 };
    [x * scale, y * scale]
}

//! The text that a part of the overlay draws, without a window, for tests.

use egui_macroquad::egui::epaint::{Shape, TextShape};
use egui_macroquad::egui::{Context, Pos2, RawInput, Rect, vec2};

use super::panel::apply_style;

/// A text as drawn.
#[derive(Debug, PartialEq)]
pub struct DrawnText {
    /// What it says.
    pub text: String,
    /// Where it is.
    pub rect: Rect,
    /// Its lines.
    pub rows: usize,
    /// Size of its smallest type.
    pub size: f32,
}

/// All texts in a window of this size in points, in drawing order.
pub fn texts(window: (f32, f32), mut draw: impl FnMut(&Context)) -> Vec<DrawnText> {
    let ctx = Context::default();
    apply_style(&ctx);
    let screen = Rect::from_min_size(Pos2::ZERO, vec2(window.0, window.1));
    // New elements are measured first, and then fade in.
    let mut frame = |i: u32| {
        let input = RawInput { screen_rect: Some(screen), time: Some(f64::from(i)), ..RawInput::default() };
        ctx.run(input, &mut draw).shapes
    };
    let mut all = Vec::new();
    (0..4).map(&mut frame).last().into_iter().flatten().for_each(|s| collect(&s.shape, &mut all));
    all
}

fn collect(shape: &Shape, into: &mut Vec<DrawnText>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|s| collect(s, into)),
        Shape::Text(text) => into.push(seen(text)),
        _ => {}
    }
}

fn seen(text: &TextShape) -> DrawnText {
    let galley = &text.galley;
    let sizes = galley.job.sections.iter().map(|s| s.format.font_id.size);
    DrawnText {
        text: galley.text().into(),
        rect: galley.rect.translate(text.pos.to_vec2()),
        rows: galley.rows.len(),
        size: sizes.fold(f32::INFINITY, f32::min),
    }
}

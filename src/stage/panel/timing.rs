//! The head of the panel: which scene, which tick, and how long frames and ticks take.

use std::collections::VecDeque;

use egui_macroquad::egui::{
    Color32, ComboBox, CornerRadius, Painter, Rect, RichText, Sense, Stroke, Ui, pos2, vec2,
};

use super::context::PanelContext;
use super::mapping;
use super::style::{ACCENT, FAINT, GROOVE, MOVED};
use crate::pace::KEPT;
use show::Command;

/// Top of the plots, milliseconds.
const TOP: f32 = 40.0;

/// Scene, tick, seed and the plot.
pub fn header(ui: &mut Ui, context: &mut PanelContext) {
    let description = &context.state.description;
    let mut scene = description.scene;
    ui.horizontal(|ui| {
        ComboBox::from_id_salt("scene").width(150.0).show_index(
            ui,
            &mut scene,
            description.scenes.len(),
            |i| {
                // Before the show has published a state there is no scene at all.
                description.scenes.get(i).map_or(String::new(), |name| format!("{}  {name}", i + 1))
            },
        );
        let pause = if context.state.paused { "resume" } else { "pause" };
        if ui.button(pause).clicked() {
            context.requests.push(Command::Pause(!context.state.paused));
        }
        mapping::switch(ui, context);
    });
    if scene != description.scene {
        context.requests.push(Command::Scene(scene));
    }
    let about = format!(
        "tick {} · seed {} · {} × {}",
        context.state.tick, context.state.seed, description.size.0, description.size.1
    );
    ui.label(RichText::new(about).small().color(FAINT));
    plot(ui, context);
}

fn plot(ui: &mut Ui, context: &PanelContext) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::hover());
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, CornerRadius::same(4), GROOVE.gamma_multiply(0.5));
    let y = rect.bottom() - rect.height() * (1000.0 / 60.0) / TOP;
    painter.hline(rect.x_range(), y, Stroke::new(1.0, Color32::from_gray(80)));
    line(&painter, rect, &context.pace.frames, ACCENT);
    line(&painter, rect, &context.pace.ticks, MOVED);
    let frame = mean(&context.pace.frames);
    ui.horizontal(|ui| {
        let text = format!("frame {frame:.1} ms ({:.0}/s)", 1e3 / frame.max(1e-3));
        ui.label(RichText::new(text).small().color(ACCENT));
        ui.label(RichText::new(format!("tick {:.1} ms", mean(&context.pace.ticks))).small().color(MOVED));
    });
}

fn line(painter: &Painter, rect: Rect, values: &VecDeque<f32>, colour: Color32) {
    let step = rect.width() / (KEPT - 1) as f32;
    let start = rect.right() - step * (values.len().max(1) - 1) as f32;
    let at = |(i, v): (usize, &f32)| {
        pos2(start + step * i as f32, rect.bottom() - rect.height() * (v / TOP).min(1.0))
    };
    painter.line(values.iter().enumerate().map(at).collect(), Stroke::new(1.2, colour));
}

fn mean(values: &VecDeque<f32>) -> f32 {
    let last = values.iter().rev().take(60);
    last.clone().sum::<f32>() / last.len().max(1) as f32
}

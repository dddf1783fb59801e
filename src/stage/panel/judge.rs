//! The judge's verdict: its three best classes as bars, confidence, and novelty.

use egui_macroquad::egui::{CornerRadius, Rect, RichText, Sense, Ui, pos2, vec2};

use super::context::PanelContext;
use super::section::folding_section;
use super::style::{ACCENT, FAINT, GROOVE, MOVED, TEXT};

/// The body of the judge's section.
pub fn section_body(ui: &mut Ui, context: &PanelContext) {
    let Some(verdict) = &context.state.verdict else {
        ui.label(RichText::new("no judge").small().color(FAINT));
        return;
    };
    for (i, (name, p)) in verdict.top.iter().take(3).enumerate() {
        let colour = if i == 0 && !verdict.unsure { ACCENT } else { FAINT };
        bar(ui, name, *p, colour, &format!("{:.0} %", p * 100.0));
    }
    bar(ui, "novelty", verdict.novelty, MOVED, &format!("{:.2}", verdict.novelty));
    let sure = match verdict.unsure {
        true => RichText::new("unsure").color(MOVED).strong(),
        false => RichText::new(format!("{:.0} % sure", verdict.confidence * 100.0)).color(TEXT),
    };
    ui.horizontal(|ui| {
        ui.label(sure.size(12.0));
        let rest = format!("· {:.0} ms ago · {:.0}/s", verdict.age * 1e3, verdict.rate);
        ui.label(RichText::new(rest).small().color(FAINT));
    });
}

/// The judge's section.
pub fn section(ui: &mut Ui, context: &PanelContext) {
    if !context.filter.is_empty() && !context.passes(&["judge"]) {
        return;
    }
    folding_section(ui, RichText::new("judge").strong(), "judge", true, false, |ui| {
        section_body(ui, context)
    });
}

fn bar(ui: &mut Ui, name: &str, part: f32, colour: egui_macroquad::egui::Color32, text: &str) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 15.0), Sense::hover());
        let groove =
            Rect::from_min_max(pos2(rect.left() + 110.0, rect.top() + 3.0), rect.max - vec2(48.0, 3.0));
        let round = CornerRadius::same(3);
        let painter = ui.painter();
        let font = egui_macroquad::egui::FontId::proportional(12.5);
        painter.text(rect.left_center(), egui_macroquad::egui::Align2::LEFT_CENTER, name, font.clone(), TEXT);
        painter.rect_filled(groove, round, GROOVE);
        let fill = groove.with_max_x(groove.left() + groove.width() * part.clamp(0.0, 1.0));
        painter.rect_filled(fill, round, colour);
        painter.text(rect.right_center(), egui_macroquad::egui::Align2::RIGHT_CENTER, text, font, TEXT);
    });
}

//! Labels of the split-screen comparison: the name, cost and verdict of each side.

use egui_macroquad::egui::{Align2, Area, Color32, Context, Id, Label, Order, RichText, vec2};

use super::panel::{WIDTH, card};
use show::{ShowState, SideState, SplitMode};

/// Approximate height of a card, points.
const HEIGHT: f32 = 72.0;

/// Draws a card for each side over the picture (`rect`: left, top, width, height in points).
pub fn draw(ctx: &Context, state: &ShowState, rect: [f32; 4], panel: bool) {
    let [left, right] = match &state.sides[..] {
        [left, right] => [left, right],
        _ => return,
    };
    let [x, y, w, _] = rect;
    let free = if panel { (ctx.screen_rect().width() - WIDTH - x).min(w) } else { w };
    let side_by_side = state.way == SplitMode::Beside;
    let places = if side_by_side {
        [x + w * 0.25, (x + w * 0.75).min(x + free * 0.85)]
    } else {
        [x + 130.0, x + free - 130.0]
    };
    let shares = match state.way {
        SplitMode::Beside => [None, None],
        SplitMode::Wipe | SplitMode::Blend => [Some(1.0 - state.share), Some(state.share)],
    };
    for (i, side) in [left, right].into_iter().enumerate() {
        let area = Area::new(Id::new(("side", i))).order(Order::Middle).interactable(false);
        // Above the picture if there is room, else on it.
        let top = if y > HEIGHT + 8.0 { y - HEIGHT - 4.0 } else { y + 12.0 };
        let corner = vec2(places[i] - ctx.screen_rect().width() / 2.0, top);
        area.anchor(Align2::CENTER_TOP, corner).show(ctx, |ui| {
            card(Color32::from_gray(70)).inner_margin(8.0).show(ui, |ui| {
                let line = |ui: &mut egui_macroquad::egui::Ui, text: RichText| {
                    ui.add(Label::new(text).extend());
                };
                let share = shares[i].map_or(String::new(), |s| format!("  {:.0} %", 100.0 * s));
                line(ui, RichText::new(format!("{}{share}", side.name)).strong().size(14.0));
                line(ui, RichText::new(cost(side)).size(12.0));
                line(ui, RichText::new(verdict(side)).size(12.5));
                for problem in side.problems.iter().take(3) {
                    line(ui, RichText::new(problem).monospace().size(11.5).color(super::panel::WRONG));
                }
            });
        });
    }
}

fn cost(side: &SideState) -> String {
    let bytes = match side.bytes {
        b if b >= 1_000_000 => format!("{:.1} MB", b as f64 / 1e6),
        b if b >= 1_000 => format!("{:.1} kB", b as f64 / 1e3),
        b => format!("{b} bytes"),
    };
    format!("{:.1} ms a frame · {bytes}", side.milliseconds)
}

fn verdict(side: &SideState) -> String {
    let Some(verdict) = &side.verdict else { return "no judge".into() };
    match (verdict.top.first(), verdict.unsure) {
        (Some((name, _)), true) => format!("unsure ({name}?)"),
        (Some((name, _)), false) => format!("{name} {:.0} %", 100.0 * verdict.confidence),
        (None, _) => "nothing yet".into(),
    }
}

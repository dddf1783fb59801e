//! Overlay text: notifications that fade, and problems of files that stay until they are fixed.

use std::collections::VecDeque;

use egui_macroquad::egui::{Align2, Area, Color32, Context, Id, Label, Order, RichText, Ui, vec2};

use super::panel::{WRONG, card};

/// Seconds for which a notification is shown.
const SHOWN_FOR: f32 = 3.5;
/// Problems listed; more are counted.
const LISTED: usize = 8;

/// The notifications shown now.
#[derive(Debug, Default)]
pub struct Notifications {
    list: VecDeque<(String, f32)>,
}

impl Notifications {
    /// Shows a notification for a while; the same one again only restarts its time.
    pub fn show(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.list.retain(|n| n.0 != text);
        self.list.push_back((text, 0.0));
        if self.list.len() > 4 {
            self.list.pop_front();
        }
    }

    /// Lets `seconds` pass.
    pub fn pass(&mut self, seconds: f32) {
        self.list.iter_mut().for_each(|n| n.1 += seconds);
        self.list.retain(|n| n.1 < SHOWN_FOR);
    }

    /// Draws them at the bottom left, one above the other; below them, while paused, that it is.
    pub fn draw(&self, ctx: &Context, paused: bool) {
        if self.list.is_empty() && !paused {
            return;
        }
        let area = Area::new(Id::new("notes")).order(Order::Foreground).interactable(false);
        let width = (ctx.screen_rect().width() - 60.0).max(120.0);
        area.anchor(Align2::LEFT_BOTTOM, vec2(18.0, -18.0)).show(ctx, |ui| {
            ui.set_max_width(width);
            for (text, age) in &self.list {
                notification(ui, text, ((SHOWN_FOR - age) / 0.6).clamp(0.0, 1.0));
            }
            if paused {
                notification(ui, "paused", 1.0);
            }
        });
    }

    /// Their texts, the oldest first.
    #[cfg(test)]
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|n| n.0.as_str())
    }
}

/// One notification, at opacity `light`, 0..1.
fn notification(ui: &mut Ui, text: &str, light: f32) {
    let glass = card(Color32::from_gray(70).gamma_multiply(light)).inner_margin(8.0);
    glass.fill(glass.fill.gamma_multiply(light)).show(ui, |ui| {
        let text = RichText::new(text).size(14.0).color(Color32::WHITE.gamma_multiply(light));
        ui.add(Label::new(text).wrap());
    });
}

/// Draws problems, at the top left.
pub fn problems(ctx: &Context, title: &str, list: &[String]) {
    if list.is_empty() {
        return;
    }
    let area = Area::new(Id::new(("problems", title))).order(Order::Foreground).interactable(false);
    let width = (ctx.screen_rect().width() - super::panel::WIDTH - 60.0).clamp(240.0, 640.0);
    area.anchor(Align2::LEFT_TOP, vec2(18.0, 18.0)).show(ctx, |ui| {
        card(WRONG.gamma_multiply(0.7)).show(ui, |ui| {
            ui.set_max_width(width);
            ui.label(RichText::new(title).strong().size(15.0).color(WRONG));
            for problem in list.iter().take(LISTED) {
                ui.add(Label::new(RichText::new(problem).monospace().size(12.5)).wrap());
            }
            if list.len() > LISTED {
                ui.label(RichText::new(format!("and {} more", list.len() - LISTED)).size(12.5));
            }
            ui.label(RichText::new("The running scene is unaffected.").small().weak());
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn_text::texts;

    /// Regression: "paused" was once drawn over the upper one of two notifications.
    #[test]
    fn notifications_do_not_overlap() {
        let mut notifications = Notifications::default();
        notifications.show(
            "a notification so long that it needs more than one line of a window as narrow as this one is",
        );
        ["two", "three", "four"].into_iter().for_each(|t| notifications.show(t));
        let seen = texts((420.0, 320.0), |ctx| notifications.draw(ctx, true));
        assert_eq!(seen.len(), 5);
        for pair in seen.windows(2) {
            // Their cards are eight points larger on each side.
            assert!(pair[0].rect.bottom() + 16.0 <= pair[1].rect.top(), "{pair:?}");
        }
        assert!(seen[0].rows > 1 && seen[0].rect.top() > 0.0 && seen[0].rect.right() < 420.0);
        assert_eq!(seen[4].text, "paused");
        let alone = texts((420.0, 320.0), |ctx| Notifications::default().draw(ctx, true));
        let moved = alone[0].rect.min - seen[4].rect.min;
        assert!(moved.length() < 1.0, "it stays in place while notifications come and go");
    }
}

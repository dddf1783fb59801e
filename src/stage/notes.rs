//! Words over the picture: short notices that fade, and problems of files that stay until they are mended.

use std::collections::VecDeque;

use egui_macroquad::egui::{Align2, Area, Color32, Context, Id, Label, Order, RichText, vec2};

use super::panel::{WRONG, card};

/// Seconds that a notice is seen.
const SEEN: f32 = 3.5;
/// Problems listed; more are counted.
const LISTED: usize = 8;

/// The notices that are seen now.
#[derive(Debug, Default)]
pub struct Notes {
    list: VecDeque<(String, f32)>,
}

impl Notes {
    /// Shows a notice for a while; the same one again only starts its time anew.
    pub fn say(&mut self, text: impl Into<String>) {
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
        self.list.retain(|n| n.1 < SEEN);
    }

    /// Draws them at the bottom left.
    pub fn draw(&self, ctx: &Context) {
        if self.list.is_empty() {
            return;
        }
        let area = Area::new(Id::new("notes")).order(Order::Foreground).interactable(false);
        let width = (ctx.screen_rect().width() - 60.0).max(120.0);
        area.anchor(Align2::LEFT_BOTTOM, vec2(18.0, -18.0)).show(ctx, |ui| {
            ui.set_max_width(width);
            for (text, age) in &self.list {
                let light = ((SEEN - age) / 0.6).clamp(0.0, 1.0);
                let glass = card(Color32::from_gray(70).gamma_multiply(light)).inner_margin(8.0);
                glass.fill(glass.fill.gamma_multiply(light)).show(ui, |ui| {
                    let text = RichText::new(text).size(14.0).color(Color32::WHITE.gamma_multiply(light));
                    ui.add(Label::new(text).wrap());
                });
            }
        });
    }
}

/// Draws what is wrong with the files, at the top left.
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
            ui.label(RichText::new("The picture goes on as it was; save the file again.").small().weak());
        });
    });
}

/// Says at the top that the clock stands.
pub fn paused(ctx: &Context) {
    let area = Area::new(Id::new("paused")).order(Order::Foreground).interactable(false);
    area.anchor(Align2::LEFT_BOTTOM, vec2(18.0, -64.0)).show(ctx, |ui| {
        card(Color32::from_gray(70)).inner_margin(8.0).show(ui, |ui| {
            ui.label(RichText::new("paused").size(14.0));
        });
    });
}

//! The list of keys over the picture.

use egui_macroquad::egui::{Align2, Area, Color32, Context, Grid, Id, Order, RichText, Ui, vec2};

use super::keys::{Action, KEYS, MOUSE};
use super::panel::card;

/// Draws the overlay in the middle.
pub fn draw(ctx: &Context) {
    let area = Area::new(Id::new("help")).order(Order::Foreground).interactable(false);
    area.anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0)).show(ctx, |ui| {
        card(Color32::from_gray(90)).show(ui, |ui| {
            ui.label(RichText::new("untrained").heading());
            ui.add_space(6.0);
            let keys = KEYS.iter().filter(|k| !k.about.is_empty());
            let label =
                |k: &super::keys::Binding| if k.action == Action::Scene(0) { "1–9" } else { k.label };
            let keys: Vec<_> = keys.map(|k| (label(k), k.about)).collect();
            let half = keys.len().div_ceil(2);
            ui.horizontal_top(|ui| {
                column(ui, "keys 1", &keys[..half]);
                ui.add_space(24.0);
                column(ui, "keys 2", &keys[half..]);
                ui.add_space(24.0);
                column(ui, "mouse", MOUSE);
            });
        });
    });
}

fn column(ui: &mut Ui, id: &str, rows: &[(&str, &str)]) {
    Grid::new(id).num_columns(2).spacing([12.0, 5.0]).show(ui, |ui| {
        for (label, about) in rows {
            ui.label(RichText::new(*label).monospace().strong().color(Color32::from_rgb(94, 200, 235)));
            ui.label(*about);
            ui.end_row();
        }
    });
}

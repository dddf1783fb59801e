//! Sections of the panel.

use egui_macroquad::egui::{self, RichText, Ui};

/// A collapsible section; it opens by itself while a filter is set.
pub fn folding_section(
    ui: &mut Ui,
    title: RichText,
    id: &str,
    open: bool,
    filtered: bool,
    body: impl FnOnce(&mut Ui),
) {
    egui::CollapsingHeader::new(title)
        .id_salt(id)
        .default_open(open)
        .open(filtered.then_some(true))
        .show_unindented(ui, |ui| {
            body(ui);
            ui.add_space(4.0);
        });
}

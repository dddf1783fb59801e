//! Layers in their order, and links from signals to knobs.

use egui_macroquad::egui::{self, Label, ProgressBar, RichText, Ui};

use super::context::PanelContext;
use super::section::folding_section;
use super::style::{ACCENT, FAINT, MOVED};
use super::{knob, mapping};
use show::Command;
use world::frame::LayerKnobs;
use world::params::Params;
use world::tape::Event;

/// The layers, the top one first.
pub fn layers(ui: &mut Ui, context: &mut PanelContext) {
    let state = context.state;
    let all = state.description.layers.iter().zip(&state.layers).rev();
    let shown: Vec<_> =
        all.filter(|(f, _)| context.passes(&["layers", "opacity", &f.name, &f.about])).collect();
    if shown.is_empty() {
        return;
    }
    let filtered = !context.filter.is_empty();
    folding_section(ui, RichText::new("layers").strong(), "layers", true, filtered, |ui| {
        for (description, now) in shown {
            let opacity = now.set.first().copied().unwrap_or(1.0);
            let back = ui.id().with(("opacity", &description.name));
            ui.horizontal(|ui| {
                let mut visible = opacity > 0.0;
                if ui.checkbox(&mut visible, "").on_hover_text("visible").changed() {
                    let before: f64 = ui.data(|d| d.get_temp(back)).unwrap_or(1.0);
                    ui.data_mut(|d| d.insert_temp(back, opacity));
                    context.set(
                        format!("layer.{}.opacity", description.name),
                        if visible { before.max(0.05) } else { 0.0 },
                    );
                }
                ui.label(RichText::new(&description.name).color(if visible { ACCENT } else { FAINT }));
                ui.add(Label::new(RichText::new(&description.about).small().color(FAINT)).truncate());
            });
            let row = |ui: &mut Ui, i: usize, context: &mut PanelContext| {
                let spec = &LayerKnobs::SPECS[i];
                let set = now.set.get(i).copied().unwrap_or(spec.default);
                let moved = now.now.get(i).copied().unwrap_or(set);
                let address = format!("layer.{}.{}", description.name, spec.name);
                ui.push_id((&description.name, i), |ui| context.knob(ui, address, spec, set, moved));
            };
            row(ui, 0, context);
            egui::CollapsingHeader::new(RichText::new("tone and view").small().color(FAINT))
                .id_salt(("tone", &description.name))
                .show_unindented(ui, |ui| (1..LayerKnobs::SPECS.len()).for_each(|i| row(ui, i, context)));
        }
    });
}

/// The links in their order.
pub fn links(ui: &mut Ui, context: &mut PanelContext) {
    let state = context.state;
    let all = state.description.links.iter().zip(&state.links).enumerate();
    let shown: Vec<_> =
        all.filter(|(_, (f, _))| context.passes(&["links", &f.from, &f.to, f.mode])).collect();
    if shown.is_empty() {
        return;
    }
    let filtered = !context.filter.is_empty();
    folding_section(ui, RichText::new("links").strong(), "links", true, filtered, |ui| {
        for (i, (description, now)) in shown {
            if context.learn.on {
                let name = format!("{} » {}", description.from, description.to);
                ui.push_id(i, |ui| mapping::row(ui, context, &format!("link.{i}"), &name, description.mode));
                continue;
            }
            ui.horizontal(|ui| {
                let mut on = now.on;
                if ui.checkbox(&mut on, "").on_hover_text("enabled").changed() {
                    context.requests.push(Command::Event(Event::Link(i, on)));
                }
                let colour = if !now.on { FAINT } else { MOVED };
                let text = format!("{} » {}", description.from, description.to);
                ui.add(Label::new(RichText::new(text).color(colour)).truncate())
                    .on_hover_text(description.mode);
            });
            ui.horizontal(|ui| {
                ui.add_space(22.0);
                let part = now.level.clamp(0.0, 1.0) as f32;
                let bar = ProgressBar::new(part).desired_width(120.0).desired_height(5.0);
                ui.add(bar.fill(if now.active { MOVED } else { FAINT.gamma_multiply(0.6) }));
                ui.label(RichText::new(knob::short(now.signal)).monospace().size(11.0));
                ui.label(RichText::new(description.mode).small().color(FAINT));
            });
        }
    });
}

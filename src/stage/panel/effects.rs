//! The full-screen effects with their knobs.

use egui_macroquad::egui::{RichText, Ui};

use super::context::PanelContext;
use super::knob;
use super::section::folding_section;
use super::style::{ACCENT, TEXT};
use crate::keys::{KEYS, KeyAction};

/// All effects in the order in which they are applied.
pub fn section(ui: &mut Ui, context: &mut PanelContext) {
    let filter = context.filter.clone();
    let passes = |words: &[&str]| filter.is_empty() || words.iter().any(|w| w.contains(&filter));
    if !context.chain.slots.iter().any(|s| passes(&["effects", s.effect.name])) {
        return;
    }
    folding_section(ui, RichText::new("effects").strong(), "effects", true, !filter.is_empty(), |ui| {
        for (i, slot) in context.chain.slots.iter_mut().enumerate() {
            if !passes(&["effects", slot.effect.name]) {
                continue;
            }
            let key = KEYS.iter().find(|k| k.action == KeyAction::Effect(i)).map_or("", |k| k.label);
            let colour = if slot.on { ACCENT } else { TEXT };
            let text = RichText::new(format!("{}  {key}", slot.effect.name)).color(colour);
            ui.checkbox(&mut slot.on, text).on_hover_text(slot.effect.about);
            if !slot.on {
                continue;
            }
            for (k, spec) in slot.effect.knobs.iter().enumerate() {
                let value = slot.knobs[k];
                let requested = ui.push_id((i, k), |ui| knob::row(ui, spec, value, value)).inner;
                slot.knobs[k] = requested.unwrap_or(value);
            }
        }
    });
}

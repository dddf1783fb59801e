//! Audio input and output: voices with their knobs, volume, levels, devices.

use egui_macroquad::egui::{Label, ProgressBar, RichText, Slider, Ui};

use super::context::PanelContext;
use super::knob;
use super::section::folding_section;
use super::style::{ACCENT, FAINT, MOVED, WRONG};

/// Audio features shown as bars; others are shown as numbers.
const BARS: &[&str] = &["level", "low", "mid", "high", "onset", "beat"];

/// Volume, audio features, and the voices.
pub fn section(ui: &mut Ui, context: &mut PanelContext) {
    let state = context.state;
    let voices: Vec<_> = state.description.voices.iter().zip(&state.voices).collect();
    let shown = context.passes(&["sound", "voices", "volume"]);
    let wanted = |name: &str| shown || context.passes(&[name]);
    if !shown && !voices.iter().any(|(f, _)| wanted(&f.name)) {
        return;
    }
    let filtered = !context.filter.is_empty();
    folding_section(ui, RichText::new("sound").strong(), "sound", false, filtered, |ui| {
        volume(ui, context);
        audio_features(ui, context);
        for (description, now) in voices {
            if !(shown || context.passes(&[&description.name])) {
                continue;
            }
            ui.label(RichText::new(&description.name).color(ACCENT));
            ui.add(Label::new(RichText::new(&description.about).small().color(FAINT)).truncate());
            for (i, spec) in description.knobs.iter().enumerate() {
                let set = now.set.get(i).copied().unwrap_or(spec.default);
                let moved = now.now.get(i).copied().unwrap_or(set);
                let address = format!("voice.{}.{}", description.name, spec.name);
                ui.push_id((&description.name, i), |ui| context.knob(ui, address, spec, set, moved));
            }
        }
    });
}

fn volume(ui: &mut Ui, context: &PanelContext) {
    let master = context.hub.master();
    ui.horizontal(|ui| {
        ui.label(RichText::new("volume").small().color(FAINT));
        let (mut level, mut mute) = (master.volume(), master.is_mute());
        let moved = ui.add(Slider::new(&mut level, 0.0..=1.0).show_value(false)).changed();
        if ui.checkbox(&mut mute, "mute").changed() || moved {
            context.hub.set_volume(level, mute);
        }
    });
}

fn audio_features(ui: &mut Ui, context: &PanelContext) {
    for (name, value) in context.state.heard.iter().filter(|h| BARS.contains(&h.0.as_str())) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(format!("{name:6}")).monospace().size(11.0).color(FAINT));
            let bar = ProgressBar::new(value.clamp(0.0, 1.0) as f32).desired_width(180.0).desired_height(6.0);
            ui.add(bar.fill(MOVED));
        });
    }
    ui.horizontal_wrapped(|ui| {
        for (name, value) in context.state.heard.iter().filter(|h| !BARS.contains(&h.0.as_str())) {
            knob::readout(ui, name, *value, "");
            ui.add_space(6.0);
        }
    });
}

/// Devices, those that fail first.
pub fn devices(ui: &mut Ui, context: &PanelContext) {
    if context.state.devices.is_empty() || !context.passes(&["devices"]) {
        return;
    }
    let faults = context.state.devices.iter().filter(|d| !d.fine).count();
    let title = if faults > 0 { format!("devices · {faults} failed") } else { "devices".into() };
    folding_section(ui, RichText::new(title).strong(), "devices", false, !context.filter.is_empty(), |ui| {
        let mut all: Vec<_> = context.state.devices.iter().collect();
        all.sort_by_key(|d| d.fine);
        for device in all {
            let colour = if device.fine { FAINT } else { WRONG };
            let text = format!("{} {}: {}", device.what, device.name, device.word);
            ui.add(Label::new(RichText::new(text).small().color(colour)).wrap());
        }
    });
}

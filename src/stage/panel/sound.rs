//! What is heard and what sounds: voices with their knobs, volume, levels, devices.

use egui_macroquad::egui::{Label, ProgressBar, RichText, Slider, Ui};

use super::style::{ACCENT, FAINT, MOVED};
use super::{Desk, WRONG, knob};

/// Bars are shown of these; other values as numbers.
const BARS: &[&str] = &["level", "low", "mid", "high", "onset", "beat"];

/// Volume, what is heard, and the voices.
pub fn section(ui: &mut Ui, desk: &mut Desk) {
    let state = desk.state;
    let voices: Vec<_> = state.face.voices.iter().zip(&state.voices).collect();
    let shown = desk.passes(&["sound", "voices", "volume"]);
    let wanted = |name: &str| shown || desk.passes(&[name]);
    if !shown && !voices.iter().any(|(f, _)| wanted(&f.name)) {
        return;
    }
    let filtered = !desk.filter.is_empty();
    super::section(ui, RichText::new("sound").strong(), "sound", false, filtered, |ui| {
        volume(ui, desk);
        heard(ui, desk);
        for (face, now) in voices {
            if !(shown || desk.passes(&[&face.name])) {
                continue;
            }
            ui.label(RichText::new(&face.name).color(ACCENT));
            ui.add(Label::new(RichText::new(&face.about).small().color(FAINT)).truncate());
            for (i, spec) in face.knobs.iter().enumerate() {
                let set = now.set.get(i).copied().unwrap_or(spec.default);
                let moved = now.now.get(i).copied().unwrap_or(set);
                let address = format!("voice.{}.{}", face.name, spec.name);
                ui.push_id((&face.name, i), |ui| desk.knob(ui, address, spec, set, moved));
            }
        }
    });
}

fn volume(ui: &mut Ui, desk: &Desk) {
    let master = desk.hub.master();
    ui.horizontal(|ui| {
        ui.label(RichText::new("volume").small().color(FAINT));
        let (mut level, mut mute) = (master.volume(), master.is_mute());
        let moved = ui.add(Slider::new(&mut level, 0.0..=1.0).show_value(false)).changed();
        if ui.checkbox(&mut mute, "mute").changed() || moved {
            desk.hub.set_volume(level, mute);
        }
    });
}

fn heard(ui: &mut Ui, desk: &Desk) {
    for (name, value) in desk.state.heard.iter().filter(|h| BARS.contains(&h.0.as_str())) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(format!("{name:6}")).monospace().size(11.0).color(FAINT));
            let bar = ProgressBar::new(value.clamp(0.0, 1.0) as f32).desired_width(180.0).desired_height(6.0);
            ui.add(bar.fill(MOVED));
        });
    }
    ui.horizontal_wrapped(|ui| {
        for (name, value) in desk.state.heard.iter().filter(|h| !BARS.contains(&h.0.as_str())) {
            knob::readout(ui, name, *value, "");
            ui.add_space(6.0);
        }
    });
}

/// Devices, those that fail first.
pub fn devices(ui: &mut Ui, desk: &Desk) {
    if desk.state.devices.is_empty() || !desk.passes(&["devices"]) {
        return;
    }
    let faults = desk.state.devices.iter().filter(|d| !d.fine).count();
    let title = if faults > 0 { format!("devices · {faults} missing") } else { "devices".into() };
    super::section(ui, RichText::new(title).strong(), "devices", false, !desk.filter.is_empty(), |ui| {
        let mut all: Vec<_> = desk.state.devices.iter().collect();
        all.sort_by_key(|d| d.fine);
        for device in all {
            let colour = if device.fine { FAINT } else { WRONG };
            let text = format!("{} {}: {}", device.what, device.name, device.word);
            ui.add(Label::new(RichText::new(text).small().color(colour)).wrap());
        }
    });
}

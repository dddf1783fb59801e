//! Learn mode (MIDI learn): every knob's row shows its mappings; a click arms it, and the next control that is moved is
//! mapped to it.

use egui_macroquad::egui::{Align, Button, Color32, Label, Layout, RichText, Sense, Ui, vec2};

use super::context::PanelContext;
use super::knob;
use super::mapping_view::MappingRequest;
use super::section::folding_section;
use super::style::{ACCENT, FAINT, MOVED, TEXT, WRONG};
use control::address::{self, AddressKind};
use show::DeviceState;
use world::params::ParamSpec;

/// The switch in the head of the panel.
pub fn switch(ui: &mut Ui, context: &mut PanelContext) {
    let Some(state) = &context.learn.state else { return };
    let tip =
        "Click a knob, then move a control of a MIDI controller or a gamepad: it is mapped to that knob.";
    let armed = state.armed.is_some();
    if ui.selectable_label(context.learn.on, "learn").on_hover_text(tip).clicked() {
        context.learn.on = !context.learn.on;
        if armed {
            context.learn.requests.push(MappingRequest::Arm(None));
        }
    }
}

/// Status of the controllers: in learn mode all of it, else only faders in soft takeover.
pub fn head(ui: &mut Ui, context: &PanelContext) {
    let Some(state) = &context.learn.state else { return };
    let mut show = |text: String, colour: Color32| {
        ui.add(Label::new(RichText::new(text).small().color(colour)).wrap());
    };
    for (address, direction) in state.waiting.iter().take(3) {
        let direction = if *direction > 0 { "up" } else { "down" };
        show(format!("{address}: move the control {direction} to pick up the knob"), MOVED);
    }
    if !context.learn.on {
        return;
    }
    match &state.armed {
        Some(address) => show(format!("move a control for {address}"), ACCENT),
        None => show("click a knob, then move a control".into(), ACCENT),
    }
    // Armed and waiting controls are shown above.
    let ours = |d: &&DeviceState| {
        matches!(d.what, "midi" | "pad") && !matches!(d.name.as_str(), "learn" | "takeover")
    };
    for device in context.state.devices.iter().filter(ours) {
        show(format!("{}: {}", device.name, device.word), if device.fine { FAINT } else { WRONG });
    }
    if !context.state.devices.iter().any(|d| ours(&d)) {
        show("no controller is connected".into(), FAINT);
    }
    state.conflicts.iter().for_each(|c| show(c.clone(), MOVED));
}

/// A row of learn mode: name, and mapped controls. A click arms it, another disarms it.
pub fn row(ui: &mut Ui, context: &mut PanelContext, plain: &str, name: &str, about: &str) {
    let Some(state) = &context.learn.state else { return };
    // A mapping belongs to this scene, so that the same control can be mapped to another knob in the next.
    let full = address::in_scene(&context.state.description, plain);
    let names = [full.as_str(), plain];
    let armed = state.armed.as_deref().is_some_and(|a| names.contains(&a));
    let by: Vec<&str> = state.moved_by(&names).collect();
    let (mut arm, mut forget) = (false, false);
    ui.horizontal(|ui| {
        ui.allocate_ui_with_layout(vec2(knob::NAME, 18.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(knob::NAME);
            let colour = if armed { ACCENT } else { TEXT };
            let label = Label::new(RichText::new(name).color(colour)).truncate().sense(Sense::click());
            arm |= ui.add(label).on_hover_text(about).clicked();
        });
        let (text, colour) = match (armed, by.is_empty()) {
            (true, _) => ("move a control…".into(), Color32::BLACK),
            (_, true) => ("click to learn".into(), FAINT),
            (_, false) => (by.join(", "), if by.len() > 1 { MOVED } else { ACCENT }),
        };
        let cross = if by.is_empty() { 0.0 } else { 22.0 };
        let button = Button::new(RichText::new(&text).small().color(colour)).truncate();
        let button = if armed { button.fill(ACCENT) } else { button };
        arm |= ui.add_sized([knob::REST - cross, 16.0], button).on_hover_text(text).clicked();
        if !by.is_empty() {
            let small = Button::new(RichText::new("×").color(FAINT));
            forget = ui.add_sized([16.0, 16.0], small).on_hover_text("remove the mapping").clicked();
        }
    });
    if arm {
        context.learn.requests.push(MappingRequest::Arm((!armed).then(|| full.clone())));
    }
    if forget {
        context.learn.requests.extend(names.map(|n| MappingRequest::Forget(n.into())));
    }
}

impl PanelContext<'_> {
    /// A knob: its row, or in learn mode its mappings.
    pub fn knob(&mut self, ui: &mut Ui, address: String, spec: &ParamSpec, set: f64, now: f64) {
        if self.learn.on {
            return row(ui, self, &address, &spec.name.replace('_', " "), &knob::tip(spec));
        }
        if let Some(value) = knob::row(ui, spec, set, now) {
            self.set(address, value);
        }
    }
}

/// In learn mode: what belongs to the whole show, including cues and scenes.
pub fn show(ui: &mut Ui, context: &mut PanelContext) {
    if !context.learn.on || context.learn.state.is_none() {
        return;
    }
    let description = context.state.description.clone();
    let all: Vec<address::AddressInfo> = address::list(&description)
        .into_iter()
        .filter(|a| address::AddressTarget::find(&description, &a.name).is_some_and(|p| !p.is_scenes()))
        .filter(|a| context.passes(&["show", &a.name, &a.about]))
        .collect();
    if all.is_empty() {
        return;
    }
    let filtered = !context.filter.is_empty();
    folding_section(ui, RichText::new("show").strong(), "learn show", false, filtered, |ui| {
        for a in &all {
            let kind = if a.kind == AddressKind::Trigger { "for a key or pad" } else { "for a fader" };
            ui.push_id(&a.name, |ui| row(ui, context, &a.name, &a.name, &format!("{}\n{kind}", a.about)));
        }
    });
}

//! Learn mode: every knob's row waits for a click and says what moves it; then the control that is moved has it.

use egui_macroquad::egui::{Align, Button, Color32, Label, Layout, RichText, Sense, Ui, vec2};

use super::style::{ACCENT, FAINT, MOVED, TEXT, WRONG};
use super::{PanelContext, knob, section};
use control::address::{self, AddressKind};
use show::{DeviceState, MappingControl, MappingState};

/// What the panel knows of controllers, and what it asks of them.
#[derive(Default)]
pub struct MappingView {
    /// Whether clicks choose what is learnt.
    pub on: bool,
    /// What moves what; nothing where nothing can be learnt.
    pub state: Option<MappingState>,
    asked: Vec<MappingRequest>,
}

enum MappingRequest {
    Arm(Option<String>),
    Forget(String),
}

impl MappingView {
    /// Learn mode begins or ends, and with it the waiting; whether anything can be learnt.
    pub fn toggle(&mut self, context: Option<&dyn MappingControl>) -> bool {
        self.on = context.is_some() && !self.on;
        self.asked.clear();
        context.into_iter().for_each(|d| d.arm(None));
        context.is_some()
    }

    /// Passes on what was clicked.
    pub fn ask(&mut self, context: Option<&dyn MappingControl>) {
        let asked = std::mem::take(&mut self.asked);
        let Some(context) = context else { return };
        for one in asked {
            match one {
                MappingRequest::Arm(address) => context.arm(address),
                MappingRequest::Forget(address) => context.forget(&address),
            }
        }
    }
}

/// The switch in the head of the panel.
pub fn switch(ui: &mut Ui, context: &mut PanelContext) {
    let Some(state) = &context.learn.state else { return };
    let tip = "Click a knob, then move a control of a MIDI controller or a gamepad: it moves that knob from then on.";
    let armed = state.armed.is_some();
    if ui.selectable_label(context.learn.on, "learn").on_hover_text(tip).clicked() {
        context.learn.on = !context.learn.on;
        if armed {
            context.learn.asked.push(MappingRequest::Arm(None));
        }
    }
}

/// What the performer should know of controllers: in learn mode all of it, else only faders that wait for their knob.
pub fn head(ui: &mut Ui, context: &PanelContext) {
    let Some(state) = &context.learn.state else { return };
    let mut say = |text: String, colour: Color32| {
        ui.add(Label::new(RichText::new(text).small().color(colour)).wrap());
    };
    for (address, way) in state.waiting.iter().take(3) {
        let way = if *way > 0 { "up" } else { "down" };
        say(format!("{address}: turn the control {way} until it meets the knob"), MOVED);
    }
    if !context.learn.on {
        return;
    }
    match &state.armed {
        Some(address) => say(format!("move a control for {address}"), ACCENT),
        None => say("click a knob, then move a control".into(), ACCENT),
    }
    // What is armed and what waits is told above.
    let ours = |d: &&DeviceState| {
        matches!(d.what, "midi" | "pad") && !matches!(d.name.as_str(), "learn" | "takeover")
    };
    for device in context.state.devices.iter().filter(ours) {
        say(format!("{}: {}", device.name, device.word), if device.fine { FAINT } else { WRONG });
    }
    if !context.state.devices.iter().any(|d| ours(&d)) {
        say("no controller is plugged in".into(), FAINT);
    }
    state.conflicts.iter().for_each(|c| say(c.clone(), MOVED));
}

/// A row of learn mode: name, and what moves it. A click arms it, another disarms.
pub fn row(ui: &mut Ui, context: &mut PanelContext, plain: &str, name: &str, about: &str) {
    let Some(state) = &context.learn.state else { return };
    // What is learnt belongs to this scene, so that the same control can move another knob in the next.
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
            forget = ui.add_sized([16.0, 16.0], small).on_hover_text("nothing moves it any more").clicked();
        }
    });
    if arm {
        context.learn.asked.push(MappingRequest::Arm((!armed).then(|| full.clone())));
    }
    if forget {
        context.learn.asked.extend(names.map(|n| MappingRequest::Forget(n.into())));
    }
}

/// In learn mode: what belongs to the whole show, cues and scenes among it.
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
    section(ui, RichText::new("show").strong(), "learn show", false, filtered, |ui| {
        for a in &all {
            let kind =
                if a.kind == AddressKind::Trigger { "a key or pad does it" } else { "a fader moves it" };
            ui.push_id(&a.name, |ui| row(ui, context, &a.name, &a.name, &format!("{}\n{kind}", a.about)));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct MockMapping(Mutex<Vec<String>>);
    impl MappingControl for MockMapping {
        fn arm(&self, address: Option<String>) {
            self.0.lock().unwrap().push(format!("arm {address:?}"));
        }
        fn forget(&self, address: &str) {
            self.0.lock().unwrap().push(format!("forget {address}"));
        }
        fn state(&self) -> MappingState {
            MappingState::default()
        }
    }

    #[test]
    fn learn_mode_needs_controllers_and_leaving_it_disarms() {
        let (mut learning, context) = (MappingView::default(), MockMapping::default());
        assert!(!learning.toggle(None) && !learning.on);
        assert!(learning.toggle(Some(&context)) && learning.on);
        learning.asked.push(MappingRequest::Arm(Some("a.b".into())));
        learning.asked.push(MappingRequest::Forget("a.c".into()));
        learning.ask(Some(&context));
        learning.ask(Some(&context));
        assert!(learning.toggle(Some(&context)) && !learning.on);
        assert_eq!(*context.0.lock().unwrap(), ["arm None", "arm Some(\"a.b\")", "forget a.c", "arm None"]);
    }
}

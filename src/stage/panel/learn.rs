//! Learn mode: every knob's row waits for a click and says what moves it; then the control that is moved has it.

use egui_macroquad::egui::{Align, Button, Color32, Label, Layout, RichText, Sense, Ui, vec2};

use super::style::{ACCENT, FAINT, MOVED, TEXT, WRONG};
use super::{Desk, knob, section};
use control::address::{self, Kind};
use show::{DeviceState, LearnDesk, LearnState};

/// What the panel knows of controllers, and what it asks of them.
#[derive(Default)]
pub struct Learning {
    /// Whether clicks choose what is learnt.
    pub on: bool,
    /// What moves what; nothing where nothing can be learnt.
    pub state: Option<LearnState>,
    asked: Vec<Asked>,
}

enum Asked {
    Arm(Option<String>),
    Forget(String),
}

impl Learning {
    /// Learn mode begins or ends, and with it the waiting; whether anything can be learnt.
    pub fn toggle(&mut self, desk: Option<&dyn LearnDesk>) -> bool {
        self.on = desk.is_some() && !self.on;
        self.asked.clear();
        desk.into_iter().for_each(|d| d.arm(None));
        desk.is_some()
    }

    /// Passes on what was clicked.
    pub fn ask(&mut self, desk: Option<&dyn LearnDesk>) {
        let asked = std::mem::take(&mut self.asked);
        let Some(desk) = desk else { return };
        for one in asked {
            match one {
                Asked::Arm(address) => desk.arm(address),
                Asked::Forget(address) => desk.forget(&address),
            }
        }
    }
}

/// The switch in the head of the panel.
pub fn switch(ui: &mut Ui, desk: &mut Desk) {
    let Some(state) = &desk.learn.state else { return };
    let tip = "Click a knob, then move a control of a MIDI controller or a gamepad: it moves that knob from then on.";
    let armed = state.armed.is_some();
    if ui.selectable_label(desk.learn.on, "learn").on_hover_text(tip).clicked() {
        desk.learn.on = !desk.learn.on;
        if armed {
            desk.learn.asked.push(Asked::Arm(None));
        }
    }
}

/// What the performer should know of controllers: in learn mode all of it, else only faders that wait for their knob.
pub fn head(ui: &mut Ui, desk: &Desk) {
    let Some(state) = &desk.learn.state else { return };
    let mut say = |text: String, colour: Color32| {
        ui.add(Label::new(RichText::new(text).small().color(colour)).wrap());
    };
    for (address, way) in state.waiting.iter().take(3) {
        let way = if *way > 0 { "up" } else { "down" };
        say(format!("{address}: turn the control {way} until it meets the knob"), MOVED);
    }
    if !desk.learn.on {
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
    for device in desk.state.devices.iter().filter(ours) {
        say(format!("{}: {}", device.name, device.word), if device.fine { FAINT } else { WRONG });
    }
    if !desk.state.devices.iter().any(|d| ours(&d)) {
        say("no controller is plugged in".into(), FAINT);
    }
    state.conflicts.iter().for_each(|c| say(c.clone(), MOVED));
}

/// A row of learn mode: name, and what moves it. A click arms it, another disarms.
pub fn row(ui: &mut Ui, desk: &mut Desk, plain: &str, name: &str, about: &str) {
    let Some(state) = &desk.learn.state else { return };
    // What is learnt belongs to this scene, so that the same control can move another knob in the next.
    let full = address::in_scene(&desk.state.face, plain);
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
        desk.learn.asked.push(Asked::Arm((!armed).then(|| full.clone())));
    }
    if forget {
        desk.learn.asked.extend(names.map(|n| Asked::Forget(n.into())));
    }
}

/// In learn mode: what belongs to the whole show, cues and scenes among it.
pub fn show(ui: &mut Ui, desk: &mut Desk) {
    if !desk.learn.on || desk.learn.state.is_none() {
        return;
    }
    let face = desk.state.face.clone();
    let all: Vec<address::Address> = address::list(&face)
        .into_iter()
        .filter(|a| address::Place::find(&face, &a.name).is_some_and(|p| !p.is_scenes()))
        .filter(|a| desk.passes(&["show", &a.name, &a.about]))
        .collect();
    if all.is_empty() {
        return;
    }
    let filtered = !desk.filter.is_empty();
    section(ui, RichText::new("show").strong(), "learn show", false, filtered, |ui| {
        for a in &all {
            let kind = if a.kind == Kind::Trigger { "a key or pad does it" } else { "a fader moves it" };
            ui.push_id(&a.name, |ui| row(ui, desk, &a.name, &a.name, &format!("{}\n{kind}", a.about)));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Asks(Mutex<Vec<String>>);
    impl LearnDesk for Asks {
        fn arm(&self, address: Option<String>) {
            self.0.lock().unwrap().push(format!("arm {address:?}"));
        }
        fn forget(&self, address: &str) {
            self.0.lock().unwrap().push(format!("forget {address}"));
        }
        fn state(&self) -> LearnState {
            LearnState::default()
        }
    }

    #[test]
    fn learn_mode_needs_controllers_and_leaving_it_disarms() {
        let (mut learning, desk) = (Learning::default(), Asks::default());
        assert!(!learning.toggle(None) && !learning.on);
        assert!(learning.toggle(Some(&desk)) && learning.on);
        learning.asked.push(Asked::Arm(Some("a.b".into())));
        learning.asked.push(Asked::Forget("a.c".into()));
        learning.ask(Some(&desk));
        learning.ask(Some(&desk));
        assert!(learning.toggle(Some(&desk)) && !learning.on);
        assert_eq!(*desk.0.lock().unwrap(), ["arm None", "arm Some(\"a.b\")", "forget a.c", "arm None"]);
    }
}

//! One section a system: knobs, switches, readouts; and what the systems have to say.

use egui_macroquad::egui::{Label, RichText, Ui};

use super::style::{ACCENT, FAINT, MOVED};
use super::{Desk, knob, learn, section};
use show::{NodeFace, NodeState};

/// All systems of the scene.
pub fn sections(ui: &mut Ui, desk: &mut Desk) {
    let state = desk.state;
    for (face, now) in state.face.nodes.iter().zip(&state.nodes) {
        let whole = desk.passes(&[&face.name, face.kind.name]);
        let knobs: Vec<usize> = (0..face.kind.knobs.len())
            .filter(|&i| whole || desk.passes(&[face.kind.knobs[i].name]))
            .collect();
        let switches: Vec<usize> =
            (0..face.switches.len()).filter(|&i| whole || desk.passes(&[&face.switches[i]])).collect();
        if knobs.is_empty() && switches.is_empty() && !whole {
            continue;
        }
        let title = RichText::new(&face.name).strong().color(ACCENT);
        let filtered = !desk.filter.is_empty();
        section(ui, title, &format!("node {}", face.name), state.face.nodes.len() == 1, filtered, |ui| {
            let about = format!("{} · {} × {}", face.kind.name, face.size.0, face.size.1);
            ui.label(RichText::new(about).small().color(FAINT)).on_hover_text(face.kind.about);
            switch_rows(ui, desk, face, now, &switches);
            for i in knobs {
                let spec = &face.kind.knobs[i];
                let set = now.set.get(i).copied().unwrap_or(spec.default);
                let moved = now.now.get(i).copied().unwrap_or(set);
                let address = format!("{}.{}", face.name, spec.name);
                ui.push_id(i, |ui| desk.knob(ui, address, spec, set, moved));
            }
            ui.horizontal_wrapped(|ui| {
                for (readout, value) in face.kind.readouts.iter().zip(&now.readouts) {
                    knob::readout(ui, readout.name, *value as f64, readout.about);
                    ui.add_space(6.0);
                }
            });
        });
    }
}

fn switch_rows(ui: &mut Ui, desk: &mut Desk, face: &NodeFace, now: &NodeState, which: &[usize]) {
    let about = "a layer; pull it out any time";
    if desk.learn.on {
        for &i in which {
            let name = &face.switches[i];
            learn::row(ui, desk, &format!("{}.{name}", face.name), name, about);
        }
    } else if !which.is_empty() {
        ui.horizontal_wrapped(|ui| {
            for &i in which {
                let mut on = now.switches.get(i).copied().unwrap_or(true);
                if ui.checkbox(&mut on, &face.switches[i]).on_hover_text(about).changed() {
                    desk.set(format!("{}.{}", face.name, face.switches[i]), on as u8 as f64);
                }
            }
        });
    }
}

/// What the systems have to say.
pub fn messages(ui: &mut Ui, desk: &Desk) {
    for (node, message) in &desk.state.messages {
        let text = RichText::new(format!("{node}: {message}")).small().color(MOVED);
        ui.add(Label::new(text).wrap());
    }
}

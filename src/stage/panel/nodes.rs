//! One section per system: knobs, switches, readouts; and the status messages of the systems.

use egui_macroquad::egui::{Label, RichText, Ui};

use super::context::PanelContext;
use super::section::folding_section;
use super::style::{ACCENT, FAINT, MOVED};
use super::{knob, mapping};
use show::{NodeDescription, NodeState};

/// All systems of the scene.
pub fn sections(ui: &mut Ui, context: &mut PanelContext) {
    let state = context.state;
    for (description, now) in state.description.nodes.iter().zip(&state.nodes) {
        let whole = context.passes(&[&description.name, description.kind.name]);
        let knobs: Vec<usize> = (0..description.kind.knobs.len())
            .filter(|&i| whole || context.passes(&[description.kind.knobs[i].name]))
            .collect();
        let switches: Vec<usize> = (0..description.switches.len())
            .filter(|&i| whole || context.passes(&[&description.switches[i]]))
            .collect();
        if knobs.is_empty() && switches.is_empty() && !whole {
            continue;
        }
        let title = RichText::new(&description.name).strong().color(ACCENT);
        let filtered = !context.filter.is_empty();
        folding_section(
            ui,
            title,
            &format!("node {}", description.name),
            state.description.nodes.len() == 1,
            filtered,
            |ui| {
                let about =
                    format!("{} · {} × {}", description.kind.name, description.size.0, description.size.1);
                ui.label(RichText::new(about).small().color(FAINT)).on_hover_text(description.kind.about);
                switch_rows(ui, context, description, now, &switches);
                for i in knobs {
                    let spec = &description.kind.knobs[i];
                    let set = now.set.get(i).copied().unwrap_or(spec.default);
                    let moved = now.now.get(i).copied().unwrap_or(set);
                    let address = format!("{}.{}", description.name, spec.name);
                    ui.push_id(i, |ui| context.knob(ui, address, spec, set, moved));
                }
                ui.horizontal_wrapped(|ui| {
                    for (readout, value) in description.kind.readouts.iter().zip(&now.readouts) {
                        knob::readout(ui, readout.name, *value as f64, readout.about);
                        ui.add_space(6.0);
                    }
                });
            },
        );
    }
}

fn switch_rows(
    ui: &mut Ui,
    context: &mut PanelContext,
    description: &NodeDescription,
    now: &NodeState,
    which: &[usize],
) {
    let about = "a layer; can be switched off at any time";
    if context.learn.on {
        for &i in which {
            let name = &description.switches[i];
            mapping::row(ui, context, &format!("{}.{name}", description.name), name, about);
        }
    } else if !which.is_empty() {
        ui.horizontal_wrapped(|ui| {
            for &i in which {
                let mut on = now.switches.get(i).copied().unwrap_or(true);
                if ui.checkbox(&mut on, &description.switches[i]).on_hover_text(about).changed() {
                    context.set(format!("{}.{}", description.name, description.switches[i]), on as u8 as f64);
                }
            }
        });
    }
}

/// The status messages of the systems.
pub fn messages(ui: &mut Ui, context: &PanelContext) {
    for (node, message) in &context.state.messages {
        let text = RichText::new(format!("{node}: {message}")).small().color(MOVED);
        ui.add(Label::new(text).wrap());
    }
}

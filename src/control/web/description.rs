//! The scene description, which a page is sent once.

use serde_json::{Value, json};

use crate::address::{AddressKind, FIXED, Fixed};
use show::SceneDescription;
use world::frame::LayerKnobs;
use world::params::{KnobKind, ParamSpec, Params, Scale};

/// The scene description as JSON.
pub fn json(description: &SceneDescription) -> Value {
    let nodes: Vec<Value> = description
        .nodes
        .iter()
        .map(|n| {
            json!({
                "name": n.name, "kind": n.kind.name, "about": n.kind.about, "size": [n.size.0, n.size.1],
                "switches": n.switches, "knobs": knobs(n.kind.knobs),
                "readouts": n.kind.readouts.iter().map(|r| r.name).collect::<Vec<_>>(),
            })
        })
        .collect();
    let voice =
        |v: &show::VoiceDescription| json!({ "name": v.name, "about": v.about, "knobs": knobs(v.knobs) });
    let links = description.links.iter().map(|l| json!({ "from": l.from, "to": l.to, "mode": l.mode }));
    let layers = description.layers.iter().map(|l| json!({ "name": l.name, "about": l.about }));
    let cues = description.cues.iter().map(|c| json!({ "name": c.name, "scene": c.scene, "about": c.about }));
    json!({
        "scenes": description.scenes,
        "scene": description.scene,
        "size": [description.size.0, description.size.1],
        "nodes": nodes,
        "layers": layers.collect::<Vec<_>>(),
        "layer_knobs": knobs(LayerKnobs::SPECS),
        "voices": description.voices.iter().map(voice).collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
        "cues": cues.collect::<Vec<_>>(),
        "fixed": FIXED.iter().map(|f| fixed(f)).collect::<Vec<_>>(),
    })
}

/// A fixed address; triggers have no spec.
fn fixed(f: &Fixed) -> Value {
    let spec = match f.kind() {
        AddressKind::Knob(spec) => knob(spec),
        AddressKind::Switch => json!({ "kind": "switch", "unit": "", "lo": 0, "hi": 1, "default": 0 }),
        AddressKind::Level => {
            json!({ "kind": "real", "unit": "", "lo": 0, "hi": 1, "default": 1, "percent": true })
        }
        AddressKind::Trigger => Value::Null,
    };
    json!({ "address": f.name, "about": f.about, "spec": spec })
}

fn knobs(specs: &[ParamSpec]) -> Vec<Value> {
    specs.iter().map(knob).collect()
}

fn knob(s: &ParamSpec) -> Value {
    let (kind, options) = match s.kind {
        KnobKind::Real => ("real", None),
        KnobKind::Whole => ("whole", None),
        KnobKind::Switch => ("switch", None),
        KnobKind::Choice(names) => ("choice", Some(names)),
    };
    json!({
        "name": s.name, "doc": s.doc(), "unit": s.unit, "kind": kind, "lo": s.lo, "hi": s.hi, "default": s.default,
        "log": s.scale == Scale::Log, "rebirth": s.rebirth, "options": options,
    })
}

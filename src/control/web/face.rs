//! What stays the same while a scene runs, as a page is told it once.

use serde_json::{Value, json};

use crate::address::{FIXED, Fixed, Kind};
use show::Face;
use world::frame::LayerKnobs;
use world::params::{KnobKind, Params, Scale, Spec};

/// The whole face.
pub fn json(face: &Face) -> Value {
    let nodes: Vec<Value> = face
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
    let voice = |v: &show::VoiceFace| json!({ "name": v.name, "about": v.about, "knobs": knobs(v.knobs) });
    let links = face.links.iter().map(|l| json!({ "from": l.from, "to": l.to, "mode": l.mode }));
    let layers = face.layers.iter().map(|l| json!({ "name": l.name, "about": l.about }));
    let cues = face.cues.iter().map(|c| json!({ "name": c.name, "scene": c.scene, "about": c.about }));
    json!({
        "scenes": face.scenes,
        "scene": face.scene,
        "size": [face.size.0, face.size.1],
        "nodes": nodes,
        "layers": layers.collect::<Vec<_>>(),
        "layer_knobs": knobs(LayerKnobs::SPECS),
        "voices": face.voices.iter().map(voice).collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
        "cues": cues.collect::<Vec<_>>(),
        "fixed": FIXED.iter().map(|f| fixed(f)).collect::<Vec<_>>(),
    })
}

/// An address of every show; what triggers has no spec.
fn fixed(f: &Fixed) -> Value {
    let spec = match f.kind() {
        Kind::Knob(spec) => knob(spec),
        Kind::Switch => json!({ "kind": "switch", "unit": "", "lo": 0, "hi": 1, "default": 0 }),
        Kind::Level => json!({ "kind": "real", "unit": "", "lo": 0, "hi": 1, "default": 1, "percent": true }),
        Kind::Trigger => Value::Null,
    };
    json!({ "address": f.name, "about": f.about, "spec": spec })
}

fn knobs(specs: &[Spec]) -> Vec<Value> {
    specs.iter().map(knob).collect()
}

fn knob(s: &Spec) -> Value {
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

//! `[[layer]]` tables: a field, its palette, blend mode and knobs.

use super::problem::{Problems, Section};
use super::tables::tables;
use super::{LayerPlan, Scene, nodes};
use crate::frame::blend::Blend;
use crate::frame::palette::Palette;
use crate::frame::{Layer, LayerKnobs};
use crate::params::Params;

/// Reads all layers into the scene.
pub fn read(s: &mut Section, scene: &mut Scene, p: &mut Problems) {
    for table in tables(s, "layer", p) {
        let span = table.span();
        let (name, plan) = layer(table, scene, p);
        let address = format!("layer.{name}");
        let is_twin = scene.is_lost(&address) || scene.layers.iter().any(|l| l.layer.name == name);
        if is_twin && !name.is_empty() {
            p.add(span, format!("two layers are called `{name}`; give one of them a `name`"));
        }
        match plan {
            Some(plan) => scene.layers.push(plan),
            None => scene.lost.push(address),
        }
    }
    if s.item("layer").is_none() {
        p.add(None, "the scene shows nothing; it needs at least one [[layer]] with `show = \"node.output\"`");
    }
}

/// One layer: its name, and its plan if the output that it shows exists.
fn layer(mut s: Section, scene: &Scene, p: &mut Problems) -> (String, Option<LayerPlan>) {
    let show = s.needed("show", p);
    let found = show.and_then(|f| nodes::source(f, s.span_of("show"), scene, p));
    let name = s.text("name", p).or(show).unwrap_or("").replace('.', "-");
    let place = s.span_of("palette");
    let palette = match s.text("palette", p) {
        None => Palette::default(),
        Some(text) => Palette::parse(text).unwrap_or_else(|message| {
            p.add(place, format!("{}: {message}", s.what()));
            Palette::default()
        }),
    };
    let blend = s.one_of("blend", Blend::NAMES, p).map_or(Blend::Normal, |i| Blend::ALL[i]);
    let mut knobs = LayerKnobs::default();
    if let Some((node, port)) = found {
        let port = &scene.nodes[node].kind.outputs[port];
        for (name, value) in [("low", port.lo), ("high", port.hi)] {
            let index = LayerKnobs::SPECS.iter().position(|s| s.name == name);
            index.into_iter().for_each(|i| knobs.set(i, value as f64));
        }
    }
    for (i, spec) in LayerKnobs::SPECS.iter().enumerate() {
        if let Some(v) = nodes::knob(&mut s, spec, p) {
            knobs.set(i, v);
        }
    }
    s.finish(&[], p);
    let plan = found.map(|(node, port)| {
        let layer = Layer { name: name.clone(), palette, blend, knobs };
        LayerPlan { node, port, layer }
    });
    (name, plan)
}

//! `[[layer]]` tables: a field, its palette, blend mode and knobs.

use super::parse::tables;
use super::problem::{Problems, Section};
use super::{LayerPlan, Scene, nodes};
use crate::frame::blend::Blend;
use crate::frame::palette::Palette;
use crate::frame::{Layer, LayerKnobs};
use crate::params::Params;

/// Reads all layers into the scene.
pub fn read(s: &mut Section, scene: &mut Scene, p: &mut Problems) {
    for table in tables(s, "layer", p) {
        if let Some(plan) = layer(table, scene, p) {
            if scene.layers.iter().any(|l| l.layer.name == plan.layer.name) {
                p.add(
                    None,
                    format!("two layers are called `{}`; give one of them a `name`", plan.layer.name),
                );
            }
            scene.layers.push(plan);
        }
    }
    if s.item("layer").is_none() {
        p.add(None, "the scene shows nothing; it needs at least one [[layer]] with `show = \"node.output\"`");
    }
}

fn layer(mut s: Section, scene: &Scene, p: &mut Problems) -> Option<LayerPlan> {
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
            knobs.set(index?, value as f64);
        }
    }
    for (i, spec) in LayerKnobs::SPECS.iter().enumerate() {
        if let Some(v) = nodes::knob(&mut s, spec, p) {
            knobs.set(i, v);
        }
    }
    s.finish(&[], p);
    let (node, port) = found?;
    Some(LayerPlan { node, port, layer: Layer { name, palette, blend, knobs } })
}

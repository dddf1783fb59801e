//! The field bus: what all nodes showed on the last tick, at the sizes their readers need.
//!
//! A node shows an output at no more than its own size, and what a larger world reads of it is interpolated: the cost
//! of a wire is that of its pixels, not of its source. Only a system that declares
//! [`System::REDRAWN`](crate::system::System::REDRAWN) is rendered at the reader's size.

use rayon::prelude::*;

use crate::field::Field;
use crate::scene::{NodePlan, Scene, Wire};
use crate::system::Node;
use crate::view::View;
use crate::voice::VoiceInput;

/// An output as its node shows it at one size.
struct Shown {
    node: usize,
    port: usize,
    field: Field,
}

/// What a wire carries: an output at one size with one scaling. Wires that agree in all of these share it.
struct BusSlot {
    wire: Wire,
    size: (usize, usize),
    /// Index of the shown field.
    shown: usize,
    /// Scaled and resampled; empty where the shown field is used as it is.
    field: Field,
}

impl BusSlot {
    fn is_as_shown(&self, shown: &Field) -> bool {
        (self.wire.gain, self.wire.offset) == (1.0, 0.0) && self.size == shown.size()
    }
}

/// The slots of a scene, and the inhibited outputs.
#[derive(Default)]
pub struct FieldBus {
    shown: Vec<Shown>,
    slots: Vec<BusSlot>,
    /// (node, port) of inhibited outputs; `None` for all ports.
    inhibited: Vec<(usize, Option<usize>)>,
}

/// Size at which a field's mean is taken: the mean of a large world need not read every cell.
const PROBE: usize = 64;

impl FieldBus {
    /// Slots for every wire of the scene, and for every mean that a link, voice or curator reads.
    pub fn of(scene: &Scene) -> Self {
        let mut bus = Self::default();
        for plan in &scene.nodes {
            plan.wires.iter().flatten().for_each(|w| bus.slot(scene, w, plan.size));
        }
        for (node, port, _) in means(scene) {
            bus.slot(scene, &Wire { node, port, gain: 1.0, offset: 0.0 }, probe_size(scene, node));
        }
        bus
    }

    fn slot(&mut self, scene: &Scene, wire: &Wire, size: (usize, usize)) {
        if self.find(wire, size).is_some() {
            return;
        }
        let shown = self.show(wire.node, wire.port, shown_size(&scene.nodes[wire.node], size));
        self.slots.push(BusSlot { wire: wire.clone(), size, shown, field: Field::default() });
    }

    /// Index of an output at a size.
    fn show(&mut self, node: usize, port: usize, size: (usize, usize)) -> usize {
        let same = |s: &Shown| (s.node, s.port, s.field.size()) == (node, port, size);
        self.shown.iter().position(same).unwrap_or_else(|| {
            self.shown.push(Shown { node, port, field: Field::new(size.0, size.1, 1) });
            self.shown.len() - 1
        })
    }

    fn find(&self, wire: &Wire, size: (usize, usize)) -> Option<&BusSlot> {
        self.slots.iter().find(|s| s.wire == *wire && s.size == size)
    }

    /// What a wire carries, unless its source is inhibited.
    pub fn wired(&self, wire: Option<&Wire>, size: (usize, usize)) -> Option<&Field> {
        let wire = wire.filter(|w| !self.is_inhibited(w.node, w.port))?;
        self.find(wire, size).map(|slot| match &self.shown[slot.shown].field {
            shown if slot.is_as_shown(shown) => shown,
            _ => &slot.field,
        })
    }

    /// Mean of an output that [`Self::of`] found to be read.
    pub fn mean(&self, scene: &Scene, node: usize, port: usize) -> f64 {
        let wire = Wire { node, port, gain: 1.0, offset: 0.0 };
        self.wired(Some(&wire), probe_size(scene, node)).map_or(0.0, |f| f.mean(0))
    }

    /// Whether an output is inhibited now.
    pub fn is_inhibited(&self, node: usize, port: usize) -> bool {
        self.inhibited.iter().any(|&(n, p)| n == node && p.is_none_or(|p| p == port))
    }

    /// Sets the outputs that are inhibited from now on.
    pub fn inhibit(&mut self, list: Vec<(usize, Option<usize>)>) {
        self.inhibited = list;
    }

    /// Every node shows the outputs that are read.
    pub fn publish<'a>(&mut self, node: impl Fn(usize) -> &'a (dyn Node + 'static) + Sync) {
        self.shown.par_iter_mut().for_each(|s| node(s.node).show(s.port, &View::WHOLE, &mut s.field));
        let shown = &self.shown;
        self.slots.par_iter_mut().for_each(|slot| {
            let shown = &shown[slot.shown].field;
            if slot.is_as_shown(shown) {
                return;
            }
            slot.field.reshape(slot.size.0, slot.size.1, shown.planes());
            shown.resample(&mut slot.field);
            let (gain, offset) = (slot.wire.gain, slot.wire.offset);
            if (gain, offset) != (1.0, 0.0) {
                slot.field
                    .data_mut()
                    .par_chunks_mut(1 << 14)
                    .for_each(|c| c.iter_mut().for_each(|v| *v = *v * gain + offset));
            }
        });
    }
}

/// Size at which a node shows an output to a reader.
pub fn shown_size(source: &NodePlan, (w, h): (usize, usize)) -> (usize, usize) {
    if source.kind.redrawn { (w, h) } else { (w.min(source.size.0), h.min(source.size.1)) }
}

fn probe_size(scene: &Scene, node: usize) -> (usize, usize) {
    let (w, h) = scene.nodes[node].size;
    (w.min(PROBE), h.min(PROBE))
}

/// Every `node.output.mean` that a link, a voice or the curator reads: (node, port, signal name).
pub fn means(scene: &Scene) -> Vec<(usize, usize, String)> {
    let links = scene.links.iter().map(|l| &l.from);
    let inputs = scene.voices.iter().flat_map(|v| &v.inputs).filter_map(|e| match e {
        VoiceInput::Signal(name, _) => Some(name),
        VoiceInput::Field(..) | VoiceInput::Node(_) => None,
    });
    let names = links.chain(scene.curator.iter().map(|c| &c.watch)).chain(inputs);
    let found = names.filter_map(|name| {
        let (node, port) = name.strip_suffix(".mean")?.split_once('.')?;
        let node = scene.node(node)?;
        let port = scene.nodes[node].kind.outputs.iter().position(|o| o.name == port)?;
        Some((node, port, name.clone()))
    });
    let mut all: Vec<_> = found.collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::engine::Engine;
    use crate::engine::tests::sample::{CATALOGUE, KINDS};

    const SCENE: &str = "size = [160, 90]\n[node.cells]\nsystem = \"cells\"\n[node.small]\nsystem = \"cells\"\nsize = [40, 30]\n\
         [node.air]\nsystem = \"cells\"\nsize = [40, 30]\nobstacle = \"cells.alive\"\n\
         [node.men]\nsystem = \"cells\"\nflow = { from = \"cells.alive\", gain = 2, offset = 0.25 }\n\
         [voice.v]\nkind = \"intervals\"\nread = [\"small.alive.mean\", \"osc.x.mean\"]\n\
         [curator]\nwatch = \"cells.age.mean\"\naction = \"next\"\n\
         [[link]]\nfrom = \"cells.alive.mean\"\nto = \"cells.spark\"\n\
         [[link]]\nfrom = \"cells.alive.mean\"\nto = \"small.spark\"\n\
         [[layer]]\nshow = \"cells.alive\"\n";

    fn scene() -> Scene {
        let text = SCENE.replace(", \"osc.x.mean\"", "");
        Scene::parse(&text, "s", Path::new("."), CATALOGUE).unwrap_or_else(|p| panic!("{p:?}"))
    }

    #[test]
    fn means_are_those_that_links_voices_and_the_curator_read_each_once() {
        let scene = scene();
        let port = |node: &str, port: &str| {
            let n = scene.node(node).unwrap();
            (n, scene.nodes[n].kind.outputs.iter().position(|o| o.name == port).unwrap())
        };
        let wanted = ["cells.alive", "cells.age", "small.alive"].map(|name| {
            let (node, output) = name.split_once('.').unwrap();
            let (n, p) = port(node, output);
            (n, p, format!("{name}.mean"))
        });
        let mut wanted = wanted.to_vec();
        wanted.sort();
        assert_eq!(means(&scene), wanted);
    }

    #[test]
    fn wires_that_agree_share_a_slot_and_a_large_world_is_probed() {
        let scene = scene();
        let cells = scene.node("cells").unwrap();
        assert_eq!(probe_size(&scene, cells), (64, 64));
        assert_eq!(probe_size(&scene, scene.node("small").unwrap()), (40, 30));
        // Two wires, and three means.
        let mut bus = FieldBus::of(&scene);
        assert_eq!(bus.slots.len(), 5);
        bus = FieldBus::default();
        let scene = &scene;
        let wire = Wire { node: cells, port: 0, gain: 1.0, offset: 0.0 };
        bus.slot(scene, &wire, (4, 4));
        bus.slot(scene, &wire, (4, 4));
        bus.slot(scene, &wire, (4, 5));
        bus.slot(scene, &Wire { gain: 2.0, ..wire.clone() }, (4, 4));
        bus.slot(scene, &Wire { port: 1, ..wire.clone() }, (4, 4));
        assert_eq!(bus.slots.len(), 4);
        assert!(bus.find(&wire, (4, 4)).is_some() && bus.find(&wire, (5, 4)).is_none());
        assert!(bus.wired(None, (4, 4)).is_none() && bus.wired(Some(&wire), (4, 4)).is_some());
        bus.inhibit(vec![(cells, Some(0))]);
        assert!(bus.is_inhibited(cells, 0) && !bus.is_inhibited(cells, 1) && !bus.is_inhibited(cells + 1, 0));
        assert!(bus.wired(Some(&wire), (4, 4)).is_none());
        bus.inhibit(vec![(cells, None)]);
        assert!(bus.is_inhibited(cells, 1) && !bus.is_inhibited(cells + 1, 1));
        assert_eq!(bus.mean(scene, cells, 0), 0.0, "an inhibited output has no mean");
    }

    #[test]
    fn a_slot_holds_what_its_node_shows_scaled_as_its_wire_says() {
        let engine = Engine::new(scene(), Some(3)).unwrap();
        let cells = engine.scene().node("cells").unwrap();
        let mut bus = FieldBus::default();
        let plain = Wire { node: cells, port: 0, gain: 1.0, offset: 0.0 };
        let scaled = Wire { gain: 2.0, offset: 0.25, ..plain.clone() };
        [&plain, &scaled].into_iter().for_each(|w| bus.slot(engine.scene(), w, (160, 90)));
        bus.publish(|n| &*engine.nodes[n].node);
        let whole = engine.field(cells, 0);
        let [a, b] = [&plain, &scaled].map(|w| bus.wired(Some(w), (160, 90)).unwrap().data());
        assert!(a == whole.data() && a.iter().any(|v| *v > 0.0));
        assert!(a.iter().zip(b).all(|(a, b)| *b == a * 2.0 + 0.25));
    }

    #[test]
    fn a_larger_reader_interpolates_unless_the_source_is_redrawn() {
        let text = "size = [8, 6]\n[node.a]\nsystem = \"cells\"\n[node.b]\nsystem = \"haze\"\n\
             [[layer]]\nshow = \"a.alive\"\n";
        let scene = Scene::parse(text, "s", Path::new("."), KINDS).unwrap();
        let engine = Engine::new(scene.clone(), Some(3)).unwrap();
        let wire = |node| Wire { node, port: 0, gain: 1.0, offset: 0.0 };
        let mut bus = FieldBus::default();
        // Two larger readers and one of its own size share one field; a smaller one needs area means.
        for size in [(8, 6), (32, 24), (64, 6), (4, 3)] {
            bus.slot(&scene, &wire(0), size);
        }
        bus.slot(&scene, &wire(1), (32, 24));
        let sizes: Vec<_> = bus.shown.iter().map(|s| (s.node, s.field.size())).collect();
        assert_eq!(sizes, [(0, (8, 6)), (0, (4, 3)), (1, (32, 24))]);
        bus.publish(|n| &*engine.nodes[n].node);
        let own = engine.field(0, 0);
        for size in [(8, 6), (32, 24), (64, 6)] {
            let mut wanted = Field::new(size.0, size.1, 1);
            own.resample(&mut wanted);
            assert_eq!(bus.wired(Some(&wire(0)), size), Some(&wanted));
        }
    }
}

//! What all nodes showed on the last tick, at the sizes their readers want.

use rayon::prelude::*;

use crate::field::Field;
use crate::scene::{Scene, Wire};
use crate::system::Node;
use crate::view::View;
use crate::voice::Ear;

/// An output shown at one size with one scaling; wires that agree in all of these share it.
struct Slot {
    wire: Wire,
    size: (usize, usize),
    field: Field,
}

/// The slots of a scene, and who is silenced.
#[derive(Default)]
pub struct Board {
    slots: Vec<Slot>,
    /// (node, port) of outputs that an inhibitor silences now; `None` for all ports.
    inhibited: Vec<(usize, Option<usize>)>,
}

/// Size at which a field's mean is taken: means of a whole world need not see each cell.
const PROBE: usize = 64;

impl Board {
    /// Slots for every wire of the scene, and for every mean that a link, voice or curator reads.
    pub fn of(scene: &Scene) -> Self {
        let mut board = Self::default();
        for plan in &scene.nodes {
            plan.wires.iter().flatten().for_each(|w| board.slot(w, plan.size));
        }
        for (node, port, _) in means(scene) {
            board.slot(&Wire { node, port, gain: 1.0, offset: 0.0 }, probe_size(scene, node));
        }
        board
    }

    fn slot(&mut self, wire: &Wire, size: (usize, usize)) {
        if self.find(wire, size).is_none() {
            self.slots.push(Slot { wire: wire.clone(), size, field: Field::default() });
        }
    }

    fn find(&self, wire: &Wire, size: (usize, usize)) -> Option<&Slot> {
        self.slots.iter().find(|s| s.wire == *wire && s.size == size)
    }

    /// What a wire carries, unless its source is inhibited.
    pub fn wired(&self, wire: Option<&Wire>, size: (usize, usize)) -> Option<&Field> {
        let wire = wire.filter(|w| !self.is_inhibited(w.node, w.port))?;
        self.find(wire, size).map(|s| &s.field)
    }

    /// Mean of an output that [`Self::of`] found to be read.
    pub fn mean(&self, scene: &Scene, node: usize, port: usize) -> f64 {
        let wire = Wire { node, port, gain: 1.0, offset: 0.0 };
        self.wired(Some(&wire), probe_size(scene, node)).map_or(0.0, |f| f.mean(0))
    }

    /// Whether an output is silenced now.
    pub fn is_inhibited(&self, node: usize, port: usize) -> bool {
        self.inhibited.iter().any(|&(n, p)| n == node && p.is_none_or(|p| p == port))
    }

    /// Sets who is silenced from now on.
    pub fn inhibit(&mut self, list: Vec<(usize, Option<usize>)>) {
        self.inhibited = list;
    }

    /// Every node shows what is read of it.
    pub fn publish<'a>(&mut self, node: impl Fn(usize) -> &'a (dyn Node + 'static) + Sync) {
        self.slots.par_iter_mut().for_each(|slot| {
            let planes = slot.field.planes();
            slot.field.reshape(slot.size.0, slot.size.1, planes);
            node(slot.wire.node).show(slot.wire.port, &View::WHOLE, &mut slot.field);
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

fn probe_size(scene: &Scene, node: usize) -> (usize, usize) {
    let (w, h) = scene.nodes[node].size;
    (w.min(PROBE), h.min(PROBE))
}

/// Every `node.output.mean` that a link, a voice or the curator reads: (node, port, signal name).
pub fn means(scene: &Scene) -> Vec<(usize, usize, String)> {
    let links = scene.links.iter().map(|l| &l.from);
    let heard = scene.voices.iter().flat_map(|v| &v.ears).filter_map(|e| match e {
        Ear::Signal(name, _) => Some(name),
        Ear::Field(..) => None,
    });
    let names = links.chain(scene.curator.iter().map(|c| &c.watch)).chain(heard);
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
    use crate::engine::tests::sample::KINDS;

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
        Scene::parse(&text, "s", Path::new("."), KINDS).unwrap_or_else(|p| panic!("{p:?}"))
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
        let mut board = Board::of(&scene);
        assert_eq!(board.slots.len(), 5);
        board = Board::default();
        let wire = Wire { node: cells, port: 0, gain: 1.0, offset: 0.0 };
        board.slot(&wire, (4, 4));
        board.slot(&wire, (4, 4));
        board.slot(&wire, (4, 5));
        board.slot(&Wire { gain: 2.0, ..wire.clone() }, (4, 4));
        board.slot(&Wire { port: 1, ..wire.clone() }, (4, 4));
        assert_eq!(board.slots.len(), 4);
        assert!(board.find(&wire, (4, 4)).is_some() && board.find(&wire, (5, 4)).is_none());
        assert!(board.wired(None, (4, 4)).is_none() && board.wired(Some(&wire), (4, 4)).is_some());
        board.inhibit(vec![(cells, Some(0))]);
        assert!(
            board.is_inhibited(cells, 0)
                && !board.is_inhibited(cells, 1)
                && !board.is_inhibited(cells + 1, 0)
        );
        assert!(board.wired(Some(&wire), (4, 4)).is_none());
        board.inhibit(vec![(cells, None)]);
        assert!(board.is_inhibited(cells, 1) && !board.is_inhibited(cells + 1, 1));
        assert_eq!(board.mean(&scene, cells, 0), 0.0, "what is silenced has no mean");
    }

    #[test]
    fn a_slot_holds_what_its_node_shows_scaled_as_its_wire_says() {
        let engine = Engine::new(scene(), Some(3)).unwrap();
        let cells = engine.scene().node("cells").unwrap();
        let mut board = Board::default();
        let plain = Wire { node: cells, port: 0, gain: 1.0, offset: 0.0 };
        let scaled = Wire { gain: 2.0, offset: 0.25, ..plain.clone() };
        [&plain, &scaled].into_iter().for_each(|w| board.slot(w, (160, 90)));
        board.publish(|n| &*engine.nodes[n].node);
        let whole = engine.field(cells, 0);
        let [a, b] = [&plain, &scaled].map(|w| board.wired(Some(w), (160, 90)).unwrap().data());
        assert!(a == whole.data() && a.iter().any(|v| *v > 0.0));
        assert!(a.iter().zip(b).all(|(a, b)| *b == a * 2.0 + 0.25));
    }
}

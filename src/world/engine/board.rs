//! What all nodes showed on the last tick, at the sizes their readers want.

use rayon::prelude::*;

use crate::world::field::Field;
use crate::world::scene::{Scene, Wire};
use crate::world::system::Node;
use crate::world::view::View;
use crate::world::voice::Ear;

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

//! A changed scene takes over while it runs: nodes of the same name and kind keep their living worlds.

use super::board::Board;
use super::{Engine, born, voices};
use crate::world::field::Field;
use crate::world::scene::{NodePlan, Problem, Scene};
use crate::world::signal::LiveLink;

impl Engine {
    /// Takes over another scene. A node with the same name, kind, size, texts and birth knobs keeps its world and
    /// takes the new knobs; others are born. The clock goes on.
    ///
    /// # Errors
    /// A problem for each node that cannot be born; the old scene then runs on.
    pub fn swap(&mut self, scene: Scene) -> Result<(), Vec<Problem>> {
        let mut nodes = born(&scene, self.seed)?;
        for (new, plan) in nodes.iter_mut().zip(&scene.nodes) {
            let old = self.scene.nodes.iter().position(|o| keeps_its_world(o, plan));
            if let Some(old) = old {
                std::mem::swap(&mut new.node, &mut self.nodes[old].node);
                new.base.iter().enumerate().for_each(|(i, &v)| new.node.set_knob(i, v));
            }
        }
        let mut links: Vec<LiveLink> = scene.links.iter().cloned().map(LiveLink::new).collect();
        for link in &mut links {
            if let Some(old) = self.links.iter().find(|o| o.link == link.link) {
                link.inherit(old);
            }
        }
        self.board = Board::of(&scene);
        self.layers = scene.layers.iter().map(|l| l.layer.clone()).collect();
        self.base_layers = self.layers.clone();
        self.voices = voices(&scene);
        self.canvases = self.layers.iter().map(|_| Field::default()).collect();
        (self.nodes, self.links, self.scene) = (nodes, links, scene);
        self.publish();
        Ok(())
    }
}

fn keeps_its_world(old: &NodePlan, new: &NodePlan) -> bool {
    let same_birth_knobs = || {
        let mut specs = new.kind.knobs.iter().enumerate();
        specs.all(|(i, s)| !s.rebirth || old.knobs[i] == new.knobs[i])
    };
    old.name == new.name
        && old.kind.name == new.kind.name
        && old.size == new.size
        && old.texts == new.texts
        && same_birth_knobs()
}

//! Hot reload: a changed scene takes over while it runs, and nodes of the same name and kind keep their worlds.

use std::sync::Arc;

use super::bus::FieldBus;
use super::instantiate::{LiveNode, PreparedNodes};
use super::link_target::link_targets;
use super::signals::SignalSlots;
use super::{Engine, voices};
use crate::field::Field;
use crate::scene::{Directory, NodePlan, Problem, Scene};
use crate::signal::LiveLink;

impl Engine {
    /// Takes over another scene. A node with the same name, kind, size, texts and birth knobs keeps its world and
    /// takes the new knobs; others are created, unless they are `ready` already. The clock continues.
    ///
    /// # Errors
    /// A problem for each node that cannot be created; the old scene then keeps running.
    pub fn swap(&mut self, scene: Scene, ready: Option<PreparedNodes>) -> Result<(), Vec<Problem>> {
        let directory = Arc::new(Directory::of(&scene));
        let kept: Vec<Option<usize>> = scene.nodes.iter().map(|plan| self.keeping(plan)).collect();
        let mut ready = ready;
        let mut take =
            |(i, plan): (usize, &NodePlan)| ready.as_mut()?.take(i, &scene, self.seed, &plan.knobs);
        let mut created: Vec<Option<LiveNode>> = scene.nodes.iter().enumerate().map(&mut take).collect();
        let missing: Vec<bool> = created.iter().zip(&kept).map(|(c, k)| c.is_none() && k.is_none()).collect();
        let rest = PreparedNodes::with(&scene, &directory, self.seed, &[], |i| missing[i])?;
        let mut rest = rest.into_nodes();
        let mut old: Vec<Option<LiveNode>> = std::mem::take(&mut self.nodes).into_iter().map(Some).collect();
        for (i, plan) in scene.nodes.iter().enumerate() {
            let living = match kept[i].and_then(|place| old[place].take()) {
                Some(living) => Some(renewed(living, plan)),
                None => created[i].take().or_else(|| rest.next()),
            };
            self.nodes.extend(living);
        }
        let mut links: Vec<LiveLink> = scene.links.iter().cloned().map(LiveLink::new).collect();
        for link in &mut links {
            if let Some(old) = self.links.iter().find(|o| o.link == link.link) {
                link.inherit(old);
            }
        }
        self.bus = FieldBus::of(&scene);
        self.places = SignalSlots::of(&scene, &mut self.signals);
        self.link_targets = link_targets(&scene, &directory);
        self.layers = scene.layers.iter().map(|l| l.layer.clone()).collect();
        self.base_layers = self.layers.clone();
        self.voices = voices(&scene);
        self.canvases = self.layers.iter().map(|_| Field::default()).collect();
        (self.links, self.scene, self.directory) = (links, scene, directory);
        self.publish();
        Ok(())
    }

    /// Which nodes of a scene would have to be created if it took over now.
    pub fn would_instantiate(&self, scene: &Scene) -> Vec<bool> {
        scene.nodes.iter().map(|plan| self.keeping(plan).is_none()).collect()
    }

    /// The node that would keep its world as this one.
    fn keeping(&self, new: &NodePlan) -> Option<usize> {
        let plans = self.scene.nodes.iter().zip(&self.nodes);
        plans.into_iter().position(|(old, living)| keeps_its_world(old, living, new))
    }
}

/// A world that is kept, with the knobs and switches of the new scene.
fn renewed(mut living: LiveNode, plan: &NodePlan) -> LiveNode {
    living.base.clone_from(&plan.knobs);
    living.base.iter().enumerate().for_each(|(i, &v)| living.node.set_knob(i, v));
    living.switches = plan.switches.iter().map(|s| s.1).collect();
    living.base_switches.clone_from(&living.switches);
    living
}

fn keeps_its_world(old: &NodePlan, living: &LiveNode, new: &NodePlan) -> bool {
    // What counts is what the world was created with, not what the old file said.
    let same_birth_knobs = || {
        let mut specs = new.kind.knobs.iter().enumerate();
        specs.all(|(i, s)| !s.rebirth || living.initial[i] == new.knobs[i])
    };
    old.name == new.name
        && old.kind.name == new.kind.name
        && old.size == new.size
        && old.texts == new.texts
        && same_birth_knobs()
}

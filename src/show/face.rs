//! The face of a scene as its file declares it, before anything is born.

use std::sync::Arc;

use super::{Face, LayerFace, LinkFace, NodeFace, VoiceFace};
use crate::world::scene::{Directory, NodePlan, Scene};
use crate::world::signal::{Link, Mode};
use crate::world::voice::VoicePlan;

impl Face {
    /// The face of a scene that plays alone.
    pub fn of(scene: &Scene) -> Self {
        Self::at(scene, Arc::new(Directory::of(scene)))
    }

    /// The same with the directory of its engine.
    pub fn at(scene: &Scene, directory: Arc<Directory>) -> Self {
        let layers = scene.layers.iter().map(|plan| {
            let source = &scene.nodes[plan.node];
            let about = format!("{}.{}", source.name, source.kind.outputs[plan.port].name);
            LayerFace { name: plan.layer.name.clone(), about }
        });
        Self {
            scenes: vec![scene.name.clone()],
            size: scene.size,
            directory,
            nodes: scene.nodes.iter().map(node).collect(),
            links: scene.links.iter().map(link).collect(),
            layers: layers.collect(),
            voices: scene.voices.iter().map(voice).collect(),
            shaders: scene.shaders.clone(),
            ..Self::default()
        }
    }
}

fn node(plan: &NodePlan) -> NodeFace {
    NodeFace {
        name: plan.name.clone(),
        kind: plan.kind,
        size: plan.size,
        switches: plan.switches.iter().map(|s| s.0.clone()).collect(),
    }
}

fn link(link: &Link) -> LinkFace {
    LinkFace { from: link.from.clone(), to: link.to.clone(), mode: Mode::NAMES[link.mode as usize] }
}

fn voice(plan: &VoicePlan) -> VoiceFace {
    VoiceFace {
        name: plan.name.clone(),
        about: format!("{}: {}", plan.kind.name, plan.kind.about),
        knobs: plan.kind.knobs,
    }
}

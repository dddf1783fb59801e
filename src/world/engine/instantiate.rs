//! Instantiation of nodes from a scene, a seed and parameter overrides. It can run on another thread than the engine's,
//! which then takes the nodes over.

use rayon::prelude::*;

use crate::node::Node;
use crate::rng::Rng;
use crate::scene::{Address, Directory, NodePlan, Problem, Scene, Target};
use crate::system::InitContext;

/// A running node.
pub(super) struct LiveNode {
    pub node: Box<dyn Node>,
    /// Knob values that it was created with.
    pub initial: Vec<f64>,
    /// Knob values as set by the user or the scene, before links.
    pub base: Vec<f64>,
    /// Switches as set, before links.
    pub base_switches: Vec<bool>,
    pub switches: Vec<bool>,
    pub rng: Rng,
}

impl LiveNode {
    /// The value of a knob in force.
    pub fn in_force(&self, knob: usize) -> f64 {
        match self.node.kind().knobs.get(knob) {
            Some(spec) if spec.rebirth => self.initial[knob],
            _ => self.node.knob(knob),
        }
    }
}

/// Nodes created ahead of use, before the engine takes them over.
pub struct PreparedNodes {
    scene: u64,
    size: (usize, usize),
    seed: u64,
    knobs: Vec<Vec<f64>>,
    nodes: Vec<Option<LiveNode>>,
}

impl PreparedNodes {
    /// Creates the nodes of a scene whose positions `which` selects, with the overrides `moved`.
    ///
    /// # Errors
    /// One problem for each node that could not be created.
    pub fn of(
        scene: &Scene,
        seed: u64,
        moved: &[(Address, f64)],
        which: impl Fn(usize) -> bool + Sync,
    ) -> Result<Self, Vec<Problem>> {
        Self::with(scene, &Directory::of(scene), seed, moved, which)
    }

    pub(super) fn with(
        scene: &Scene,
        directory: &Directory,
        seed: u64,
        moved: &[(Address, f64)],
        which: impl Fn(usize) -> bool + Sync,
    ) -> Result<Self, Vec<Problem>> {
        let knobs = knobs(scene, directory, moved);
        let plans = scene.nodes.par_iter().zip(&knobs).enumerate();
        let created =
            plans.map(|(i, (plan, knobs))| which(i).then(|| create(plan, scene, seed, knobs)).transpose());
        let all: Vec<Result<Option<LiveNode>, Problem>> = created.collect();
        let (mut nodes, mut problems) = (Vec::new(), Vec::new());
        for outcome in all {
            match outcome {
                Ok(node) => nodes.push(node),
                Err(problem) => problems.push(problem),
            }
        }
        match problems.is_empty() {
            true => Ok(Self { scene: scene.hash, size: scene.size, seed, knobs, nodes }),
            false => Err(problems),
        }
    }

    /// Takes the node at a position, if it is the one that would be created now.
    pub(super) fn take(&mut self, place: usize, scene: &Scene, seed: u64, knobs: &[f64]) -> Option<LiveNode> {
        let same = (self.scene, self.size, self.seed) == (scene.hash, scene.size, seed);
        let alike = same && self.knobs.get(place).is_some_and(|own| own == knobs);
        self.nodes.get_mut(place)?.take_if(|_| alike)
    }

    /// Whether a node is ready at a position, and has not been taken yet.
    pub fn holds(&self, place: usize) -> bool {
        self.nodes.get(place).is_some_and(Option::is_some)
    }

    /// Every node, if all were requested.
    pub(super) fn into_nodes(self) -> impl Iterator<Item = LiveNode> {
        self.nodes.into_iter().flatten()
    }
}

/// Knobs of each node: the scene's with the overrides applied, each clamped.
pub(super) fn knobs(scene: &Scene, directory: &Directory, moved: &[(Address, f64)]) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<f64>> = scene.nodes.iter().map(|plan| plan.knobs.clone()).collect();
    for (address, value) in moved {
        if let Some(parameter) = directory.locate(address)
            && let Target::Knob(node, knob) = parameter.target
        {
            all[node][knob] = parameter.clamp(*value);
        }
    }
    all
}

/// Creates one node of a scene under a seed.
pub(super) fn create(plan: &NodePlan, scene: &Scene, seed: u64, knobs: &[f64]) -> Result<LiveNode, Problem> {
    let rng = Rng::new(seed).named(&plan.name);
    let context =
        InitContext { width: plan.size.0, height: plan.size.1, rng: rng.named("birth"), texts: &plan.texts };
    let node = (plan.kind.instantiate)(knobs, &context).map_err(|fault| {
        let header = format!("[node.{}]", plan.name);
        let start = scene.source.find(&header).unwrap_or(0);
        let line = 1 + scene.source[..start].matches('\n').count();
        Problem { line, span: start..start + header.len(), message: format!("{header}: {}", fault.message) }
    })?;
    let switches: Vec<bool> = plan.switches.iter().map(|s| s.1).collect();
    let (initial, base) = (knobs.to_vec(), knobs.to_vec());
    Ok(LiveNode { node, initial, base, base_switches: switches.clone(), switches, rng })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::engine::tests::sample::KINDS;

    fn scene(more: &str) -> Scene {
        let text = format!(
            "size = [16, 9]\n[node.a]\nsystem = \"cells\"\n[node.b]\nsystem = \"haze\"\n[[layer]]\nshow = \"a.alive\"\n{more}"
        );
        Scene::parse(&text, "s", Path::new("."), KINDS).unwrap()
    }

    #[test]
    fn prepared_nodes_hold_what_was_requested_and_give_each_node_once() {
        let scene = scene("");
        let mut prepared = PreparedNodes::of(&scene, 5, &[], |i| i == 1).unwrap();
        let knobs = |i: usize| scene.nodes[i].knobs.clone();
        assert!(prepared.take(0, &scene, 5, &knobs(0)).is_none(), "it was not requested");
        assert!(prepared.take(2, &scene, 5, &knobs(1)).is_none(), "there is no such position");
        assert_eq!(prepared.take(1, &scene, 5, &knobs(1)).map(|l| l.node.kind().name), Some("haze"));
        assert!(prepared.take(1, &scene, 5, &knobs(1)).is_none(), "it is gone");
        let all = PreparedNodes::of(&scene, 5, &[], |_| true).unwrap();
        let names: Vec<&str> = all.into_nodes().map(|l| l.node.kind().name).collect();
        assert_eq!(names, ["cells", "haze"]);
    }

    #[test]
    fn what_was_created_for_another_scene_size_seed_or_knobs_is_not_taken() {
        let own = scene("");
        let moved: Vec<(Address, f64)> = vec![("a.density".into(), 0.7), ("a.spark".into(), 99.0)];
        let mut prepared = PreparedNodes::of(&own, 5, &moved, |_| true).unwrap();
        let knobs = super::knobs(&own, &Directory::of(&own), &moved);
        assert!(knobs[0].contains(&0.7f32.into()) || knobs[0].contains(&0.7));
        assert!(knobs[0].contains(&16.0), "each clamped");
        assert_eq!(knobs[1], own.nodes[1].knobs);
        for (scene, seed, knobs) in [
            (scene("# another\n"), 5, &knobs[0]),
            (own.clone().with_size((8, 9)), 5, &knobs[0]),
            (own.clone(), 6, &knobs[0]),
            (own.clone(), 5, &own.nodes[0].knobs),
        ] {
            assert!(prepared.take(0, &scene, seed, knobs).is_none());
        }
        assert!(prepared.take(0, &own, 5, &knobs[0]).is_some(), "it is left for the scene that it fits");
    }

    #[test]
    fn a_knob_in_force_has_its_initial_or_its_present_value() {
        let scene = scene("");
        let mut living = PreparedNodes::of(&scene, 5, &[], |_| true).unwrap().into_nodes().next().unwrap();
        let place = |name: &str| scene.nodes[0].kind.knobs.iter().position(|s| s.name == name).unwrap();
        let (density, spark) = (place("density"), place("spark"));
        living.node.set_knob(density, 0.5);
        living.node.set_knob(spark, 2.0);
        assert_eq!((living.in_force(density), living.in_force(spark)), (scene.nodes[0].knobs[density], 2.0));
    }
}

//! The description of a scene as its file declares it, before anything is created.

use std::sync::Arc;

use super::{LayerDescription, LinkDescription, NodeDescription, SceneDescription, VoiceDescription};
use world::scene::{Directory, NodePlan, Scene};
use world::signal::{Link, Mode};
use world::voice::VoicePlan;

impl SceneDescription {
    /// The description of a scene that plays alone.
    pub fn of(scene: &Scene) -> Self {
        Self::at(scene, Arc::new(Directory::of(scene)))
    }

    /// The same with the directory of its engine.
    pub fn at(scene: &Scene, directory: Arc<Directory>) -> Self {
        let layers = scene.layers.iter().map(|plan| {
            let source = &scene.nodes[plan.node];
            let about = format!("{}.{}", source.name, source.kind.outputs[plan.port].name);
            LayerDescription { name: plan.layer.name.clone(), about }
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

fn node(plan: &NodePlan) -> NodeDescription {
    NodeDescription {
        name: plan.name.clone(),
        kind: plan.kind,
        size: plan.size,
        switches: plan.switches.iter().map(|s| s.0.clone()).collect(),
    }
}

fn link(link: &Link) -> LinkDescription {
    LinkDescription { from: link.from.clone(), to: link.to.clone(), mode: Mode::NAMES[link.mode as usize] }
}

fn voice(plan: &VoicePlan) -> VoiceDescription {
    VoiceDescription {
        name: plan.name.clone(),
        about: format!("{}: {}", plan.kind.name, plan.kind.about),
        knobs: plan.kind.knobs,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use world::scene::Catalogue;
    use world::voice::{Reads, VoiceKind};

    world::params! {
        /// Knobs of the voice.
        pub struct WindKnobs {
            /// Loudness.
            level: f32 = -12.0 in -60.0..=12.0, unit "dB";
        }
    }

    const VOICES: &[VoiceKind] = &[VoiceKind::of::<WindKnobs>("wind", "Noise.", Reads::Field)];
    const CATALOGUE: Catalogue =
        Catalogue { systems: systems::CATALOGUE, voices: Some(VOICES), effects: None };

    #[test]
    fn a_description_is_what_the_file_declares() {
        let text = "size = [40, 24]\n[node.cells]\nsystem = \"life\"\nsize = [20, 12]\n[node.men]\n\
                    system = \"subsumption\"\n[voice.v]\nkind = \"wind\"\nread = \"cells.alive\"\n\
                    [[link]]\nfrom = \"osc.x\"\nto = \"cells.spark\"\nmode = \"suppress\"\nvalue = 1\n\
                    [[layer]]\nname = \"top\"\nshow = \"men.presence\"\n";
        let scene = Scene::parse(text, "dawn", Path::new("."), CATALOGUE).unwrap();
        let description = SceneDescription::of(&scene);
        assert_eq!(
            (&description.scenes[..], description.scene, description.size),
            (&["dawn".to_string()][..], 0, (40, 24))
        );
        let nodes: Vec<_> =
            description.nodes.iter().map(|n| (n.name.as_str(), n.kind.name, n.size)).collect();
        assert_eq!(nodes, [("cells", "life", (20, 12)), ("men", "subsumption", (40, 24))]);
        let switches: Vec<&String> = scene.nodes[1].switches.iter().map(|s| &s.0).collect();
        assert!(!switches.is_empty() && description.nodes[1].switches.iter().collect::<Vec<_>>() == switches);
        let link = &description.links[0];
        assert_eq!((link.from.as_str(), link.to.as_str(), link.mode), ("osc.x", "cells.spark", "suppress"));
        assert_eq!(
            (description.layers[0].name.as_str(), description.layers[0].about.as_str()),
            ("top", "men.presence")
        );
        assert!(description.voices[0].name == "v" && description.voices[0].about.starts_with("wind: "));
        assert_eq!(description.voices[0].knobs.len(), scene.voices[0].kind.knobs.len());
        assert!(
            description.directory.find("voice.v.level").is_some()
                && description.directory.find("cells.spark").is_some()
        );
        assert!(description.cues.is_empty() && description.shaders == scene.shaders);
    }
}

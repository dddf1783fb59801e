//! What panels show of the active scene's engine.

use show::program::ShowProgram;
use show::{CueDescription, LayerState, LinkState, NodeState};
use world::engine::Engine;
use world::frame::LayerKnobs;
use world::params::Params;
use world::scene::NodePlan;
use world::signal::{LiveLink, Mode};

/// Title and description of a scene.
pub fn title(engine: &Engine) -> String {
    let scene = engine.scene();
    if scene.about.is_empty() { scene.title.clone() } else { format!("{}: {}", scene.title, scene.about) }
}

pub fn voice_states(engine: &Engine) -> Vec<LayerState> {
    engine.voices().iter().map(|v| LayerState { set: v.set.clone(), now: v.now.clone() }).collect()
}

pub fn cues(program: &ShowProgram) -> Vec<CueDescription> {
    let cue = |c: &show::program::CueSpec| CueDescription {
        name: c.name.clone(),
        scene: c.scene.clone(),
        about: c.about(),
    };
    program.cues.iter().map(cue).collect()
}

pub fn node_states(engine: &Engine) -> Vec<NodeState> {
    let set = engine.knobs();
    let plans = engine.scene().nodes.iter().enumerate().zip(set);
    let state = |((n, plan), set): ((usize, &NodePlan), Vec<f64>)| {
        let node = engine.node(n);
        NodeState {
            now: engine.in_force(n),
            set,
            switches: engine.switches(n).to_vec(),
            readouts: (0..plan.kind.readouts.len()).map(|r| node.read(r)).collect(),
        }
    };
    plans.map(state).collect()
}

pub fn link_state(engine: &Engine, live: &LiveLink) -> LinkState {
    let (signal, [lo, hi]) = (engine.signals().get(&live.link.from), live.link.range);
    let level = if hi == lo { 0.0 } else { ((signal - lo) / (hi - lo)).clamp(0.0, 1.0) };
    let active = live.on && (live.link.mode == Mode::Modulate || level > live.link.above);
    LinkState { signal, level, on: live.on, active }
}

pub fn layer_states(engine: &Engine) -> Vec<LayerState> {
    let knobs = |knobs: &LayerKnobs| (0..LayerKnobs::SPECS.len()).map(|k| knobs.get(k)).collect();
    let pairs = engine.base_layers().iter().zip(engine.layers());
    pairs.map(|(set, now)| LayerState { set: knobs(&set.knobs), now: knobs(&now.knobs) }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sample::CATALOGUE;
    use world::scene::Scene;
    use world::tape::Event;

    fn engine() -> Engine {
        let link = |to: &str, more: &str| {
            format!("[[link]]\nfrom = \"osc.x\"\nto = \"{to}\"\nrange = [2, 6]\n{more}\n")
        };
        let text = "size = [16, 9]\n[node.a]\nsystem = \"life\"\n[voice.v]\nkind = \"wind\"\nread = \"a.alive\"\nlevel = -30\n\
                    [[layer]]\nname = \"l\"\nshow = \"a.alive\"\nopacity = 0.5\n"
            .to_string()
            + &link("voice.v.level", "span = [-30, -10]")
            + &link("a.spark", "mode = \"suppress\"\nvalue = 3\nabove = 0.25");
        Engine::new(Scene::parse(&text, "s", Path::new("."), CATALOGUE).unwrap(), Some(3)).unwrap()
    }

    #[test]
    fn a_link_reports_its_signal_within_its_range_and_whether_it_acts() {
        let mut e = engine();
        let mut reported = |signal: f64, link: usize, on: bool| {
            e.step(&[Event::Signal("osc.x".into(), signal), Event::Link(link, on)]);
            let state = link_state(&e, &e.links()[link]);
            assert_eq!((state.signal, state.on), (signal, on));
            (state.level, state.active)
        };
        assert_eq!(
            [reported(3.0, 0, true), reported(-9.0, 0, true), reported(99.0, 0, true)],
            [(0.25, true), (0.0, true), (1.0, true)]
        );
        assert_eq!(reported(6.0, 0, false), (1.0, false), "a disabled one does not act");
        assert_eq!([reported(3.0, 1, true), reported(3.25, 1, true)], [(0.25, false), (0.3125, true)]);
        assert_eq!(reported(6.0, 1, false), (1.0, false));
        let mut point = e.links()[0].clone();
        point.link.range = [2.0, 2.0];
        assert_eq!(link_state(&e, &point).level, 0.0, "a range without width has no levels");
    }

    #[test]
    fn nodes_layers_and_voices_report_what_is_set_and_what_is_in_force() {
        let mut e = engine();
        e.step(&[
            Event::Signal("osc.x".into(), 6.0),
            Event::Link(0, true),
            Event::Set("a.density".into(), 0.9),
        ]);
        let nodes = node_states(&e);
        let place = |name: &str| e.scene().nodes[0].kind.knobs.iter().position(|s| s.name == name).unwrap();
        let (density, spark) = (place("density"), place("spark"));
        assert_eq!(
            (nodes[0].set[density], nodes[0].now[density]),
            (e.get("a.density").unwrap(), e.now("a.density").unwrap())
        );
        assert_eq!((nodes[0].set[spark], nodes[0].now[spark]), (0.0, 3.0));
        let readouts: Vec<f32> =
            (0..e.scene().nodes[0].kind.readouts.len()).map(|r| e.node(0).read(r)).collect();
        assert!(!readouts.is_empty() && nodes[0].readouts == readouts && nodes[0].switches == e.switches(0));
        let (layers, voices) = (layer_states(&e), voice_states(&e));
        assert_eq!((layers.len(), layers[0].set[0], layers[0].set.len()), (1, 0.5, LayerKnobs::SPECS.len()));
        assert_eq!(layers[0].now, layers[0].set);
        assert_eq!((voices.len(), voices[0].set[0], voices[0].now[0]), (1, -30.0, -10.0));
        e.set("layer.l.opacity", 0.25);
        assert_eq!(layer_states(&e)[0].set[0], 0.25);
    }

    #[test]
    fn cues_are_described_by_name_scene_and_trigger() {
        let text = "[[cue]]\nname = \"Sea\"\nscene = \"coast\"\ntransition = \"cut\"\nthen = { after = 9 }\n[[cue]]\nscene = \"ink\"\n";
        let all = cues(&ShowProgram::parse(text, |_| None).unwrap());
        let reported: Vec<_> =
            all.iter().map(|c| (c.name.as_str(), c.scene.as_str(), c.about.as_str())).collect();
        assert_eq!(
            reported,
            [("Sea", "coast", "cut, then after 9 s"), ("ink", "ink", "dissolve 2 s, then a key")]
        );
    }
}

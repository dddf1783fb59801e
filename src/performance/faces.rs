//! What panels may know of the engine in front.

use crate::show::program::Program;
use crate::show::{CueFace, LayerState, LinkState, NodeState};
use crate::world::engine::Engine;
use crate::world::frame::LayerKnobs;
use crate::world::params::Params;
use crate::world::scene::NodePlan;
use crate::world::signal::{LiveLink, Mode};

pub fn voice_states(engine: &Engine) -> Vec<LayerState> {
    engine.voices().iter().map(|v| LayerState { set: v.set.clone(), now: v.now.clone() }).collect()
}

pub fn cues(program: &Program) -> Vec<CueFace> {
    let cue = |c: &crate::show::program::Plan| CueFace {
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

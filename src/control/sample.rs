//! A small show for the tests of this crate.

use std::sync::Arc;

use show::{
    CommandReceiver, CueDescription, Hub, LayerDescription, LayerState, LinkDescription, LinkState,
    NodeDescription, NodeState, SceneDescription,
};
use show::{ShowState, VoiceDescription};
use world::field::Field;
use world::frame::LayerKnobs;
use world::node::SystemKind;
use world::params;
use world::params::{ParamSpec, Params};
use world::ports::Nothing;
use world::scene::{Directory, Target};
use world::system::{Env, Fault, InitContext, System, Texts};
use world::view::View;

world::choices! {
    /// Borders.
    pub enum Border { Torus: "torus", Bounded: "bounded", Open: "open" }
}

world::outputs! {
    /// Its fields.
    pub enum Output {
        /// Zero.
        Value: "value" scalar 0.0..=1.0;
    }
}

params! {
    /// Knobs of every kind.
    pub struct GasKnobs {
        /// Inflow rate.
        inflow: f32 = 2.0 in 0.0..=10.0, unit "cells/s";
        /// Sensing radius.
        reach: f64 = 10.0 in 0.1..=1000.0, Log;
        /// How many.
        count: u32 = 5 in 1..=9;
        /// Whether it runs.
        runs: bool = true;
        /// Its border.
        edge: Choice of Border = "torus";
    }
}

struct Gas;

impl System for Gas {
    const NAME: &'static str = "gas";
    const ABOUT: &'static str = "Nothing moves.";
    const FAMILY: &'static str = "test";
    type Input = Nothing;
    type Output = Output;
    type Readout = Nothing;
    type Params = GasKnobs;
    fn switches(_: &Texts) -> Vec<String> {
        vec!["wander".into()]
    }
    fn new(_: &GasKnobs, _: &InitContext) -> Result<Self, Fault> {
        Ok(Self)
    }
    fn step(&mut self, _: &GasKnobs, _: &Env) {}
    fn show(&self, _: Output, _: &View, into: &mut Field) {
        into.data_mut().fill(0.0);
    }
    fn read(&self, readout: Nothing) -> f32 {
        match readout {}
    }
}

static GAS: SystemKind = SystemKind::of::<Gas>();

/// Two scenes, two cues, a node `gas`, a layer `smoke`, a voice `hum`, a link.
pub fn description() -> SceneDescription {
    let cue = |name: &str| CueDescription { name: name.into(), scene: "dawn".into(), about: "cut".into() };
    let link = LinkDescription { from: "wave.slow".into(), to: "gas.inflow".into(), mode: "modulate" };
    let head = |head: &str, specs: &'static [ParamSpec], target: fn(usize) -> Target| {
        let named = specs.iter().enumerate();
        named.map(|(k, s)| (format!("{head}.{}", s.name), target(k), Some(s))).collect::<Vec<_>>()
    };
    let all = [
        head("gas", GasKnobs::SPECS, |k| Target::Knob(0, k)),
        vec![("gas.wander".into(), Target::Switch(0, 0), None)],
        head("layer.smoke", LayerKnobs::SPECS, |k| Target::Layer(0, k)),
        head("voice.hum", GasKnobs::SPECS, |k| Target::Voice(0, k)),
    ];
    SceneDescription {
        directory: Arc::new(all.into_iter().flatten().collect::<Directory>()),
        scenes: vec!["dawn".into(), "dusk".into()],
        nodes: vec![NodeDescription {
            name: "gas".into(),
            kind: &GAS,
            size: (8, 8),
            switches: vec!["wander".into()],
        }],
        links: vec![link],
        layers: vec![LayerDescription { name: "smoke".into(), about: String::new() }],
        voices: vec![VoiceDescription { name: "hum".into(), about: String::new(), knobs: GasKnobs::SPECS }],
        cues: vec![cue("intro"), cue("storm")],
        ..SceneDescription::default()
    }
}

/// The state of [`description`], every knob at its default.
pub fn state() -> ShowState {
    let all = |specs: &[ParamSpec]| specs.iter().map(|s| s.default).collect::<Vec<f64>>();
    let (gas, layer) = (all(GasKnobs::SPECS), all(LayerKnobs::SPECS));
    ShowState {
        description: Arc::new(description()),
        seed: 7,
        nodes: vec![NodeState { set: gas.clone(), now: gas.clone(), switches: vec![true], readouts: vec![] }],
        links: vec![LinkState { on: true, ..LinkState::default() }],
        layers: vec![LayerState { set: layer.clone(), now: layer }],
        voices: vec![LayerState { set: gas.clone(), now: gas }],
        ..ShowState::default()
    }
}

/// A hub that holds [`state`].
pub fn hub() -> (Arc<Hub>, CommandReceiver) {
    let (hub, inbox) = Hub::new();
    hub.publish(state());
    (hub, inbox)
}

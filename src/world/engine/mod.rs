//! The engine: all worlds of a scene step against what all showed on the *previous* tick, then all publish; so
//! neither order nor thread count can matter.
//!
//! One tick: outside events are applied · signals are read off the board · links move knobs · every node steps ·
//! every wired output is shown to the board · the clock advances.

mod board;
mod curate;
mod knobs;
mod swap;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::field::Field;
use super::frame::{self, Frame, Layer, Provenance};
use super::rng::Rng;
use super::scene::{Problem, Scene};
use super::signal::LiveLink;
use super::system::{Birth, Env, Node, Touch};
use super::tape::Event;
use super::voice::VoiceKnobs;

use board::Board;
use curate::Boredom;
pub use knobs::Signals;

/// A node while it lives.
struct Living {
    node: Box<dyn Node>,
    /// Knob values as set by hand or scene, before links.
    base: Vec<f64>,
    /// Switches as set, before links.
    base_switches: Vec<bool>,
    switches: Vec<bool>,
    rng: Rng,
}

/// A scene that runs.
pub struct Engine {
    scene: Scene,
    seed: u64,
    tick: u64,
    nodes: Vec<Living>,
    links: Vec<LiveLink>,
    layers: Vec<Layer>,
    base_layers: Vec<Layer>,
    voices: Vec<VoiceKnobs>,
    board: Board,
    signals: Signals,
    touches: Vec<Touch>,
    boredom: Boredom,
    canvases: Vec<Field>,
}

impl Engine {
    /// Brings a scene to life under a seed (the scene's own if `None`).
    ///
    /// # Errors
    /// One problem for each node that could not be born.
    pub fn new(scene: Scene, seed: Option<u64>) -> Result<Self, Vec<Problem>> {
        let seed = seed.unwrap_or(scene.seed);
        let nodes = born(&scene, seed)?;
        let layers: Vec<Layer> = scene.layers.iter().map(|l| l.layer.clone()).collect();
        let mut engine = Self {
            links: scene.links.iter().cloned().map(LiveLink::new).collect(),
            board: Board::of(&scene),
            signals: Signals::default(),
            touches: Vec::new(),
            boredom: Boredom::default(),
            canvases: layers.iter().map(|_| Field::default()).collect(),
            base_layers: layers.clone(),
            voices: voices(&scene),
            layers,
            tick: 0,
            seed,
            nodes,
            scene,
        };
        engine.publish();
        Ok(engine)
    }

    /// One tick, with what came from outside since the last.
    pub fn step(&mut self, events: &[Event]) {
        self.touches.clear();
        events.iter().for_each(|e| self.apply(e));
        let now = self.seconds();
        let sees_touch = !self.touches.is_empty();
        self.signals.begin_tick(&self.scene, now, sees_touch.then(|| self.touches[self.touches.len() - 1]));
        self.curate();
        self.follow_links();
        let (tick, dt) = (self.tick, self.scene.dt() as f32);
        let (board, touches, plans) = (&self.board, &self.touches, &self.scene.nodes);
        self.nodes.par_iter_mut().zip(plans).for_each(|(living, plan)| {
            let inputs: Vec<Option<&Field>> =
                plan.wires.iter().map(|w| board.wired(w.as_ref(), plan.size)).collect();
            let rng = living.rng.fork(tick);
            living.node.step(&Env { tick, dt, rng, inputs: &inputs, touches, switches: &living.switches });
        });
        self.tick += 1;
        self.publish();
    }

    /// Events that take hold at once, while the clock stands. Touches need time, so they do nothing here.
    pub fn poke(&mut self, events: &[Event]) {
        events.iter().filter(|e| !matches!(e, Event::Touch(_))).for_each(|e| self.apply(e));
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Set(address, value) => drop(self.set(address, *value)),
            Event::Link(index, on) => {
                if let Some(link) = self.links.get_mut(*index) {
                    link.on = *on;
                }
            }
            Event::Signal(name, value) => self.signals.set_outside(name, *value),
            Event::Touch(touch) => self.touches.push(*touch),
            Event::Reseed(seed) => drop(self.reseed(*seed)),
            // Scenes come and go above the engine.
            Event::Enter(_) | Event::Swap(_) | Event::Mark => {}
        }
    }

    /// Every wired output is shown to the board; readouts and means become signals.
    fn publish(&mut self) {
        let nodes = &self.nodes;
        self.board.publish(|node| &*nodes[node].node);
        self.signals.read_nodes(&self.scene, |node, readout| nodes[node].node.read(readout));
        self.signals.read_means(&self.scene, &self.board);
    }

    /// The picture of the present moment. `into` takes the canvas's size.
    pub fn compose(&mut self, into: &mut Frame) {
        let size = self.scene.size;
        let (nodes, board, plans) = (&self.nodes, &self.board, &self.scene.layers);
        // One after the other: each takes all threads, and two layers of one node can share what it works out.
        for ((canvas, plan), layer) in self.canvases.iter_mut().zip(plans).zip(&self.layers) {
            let planes = nodes[plan.node].node.kind().outputs[plan.port].planes;
            canvas.reshape(size.0, size.1, planes);
            if layer.knobs.opacity > 0.0 && !board.is_inhibited(plan.node, plan.port) {
                nodes[plan.node].node.show(plan.port, &layer.view(), canvas);
            }
        }
        let shown = self.layers.iter().zip(&self.canvases).zip(plans);
        let shown = shown.filter(|((l, _), p)| l.knobs.opacity > 0.0 && !board.is_inhibited(p.node, p.port));
        let pairs: Vec<(&Layer, &Field)> = shown.map(|(pair, _)| pair).collect();
        into.resize(size.0, size.1);
        frame::compose(&pairs, self.scene.backdrop, into);
        into.provenance = self.provenance();
    }

    /// Where the present frame comes from.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            scene: self.scene.name.clone(),
            scene_hash: self.scene.hash,
            seed: self.seed,
            tick: self.tick,
            width: self.scene.size.0 as u32,
            height: self.scene.size.1 as u32,
            version: env!("CARGO_PKG_VERSION").into(),
            knobs: self.knob_text(),
        }
    }

    /// All worlds are born anew from another seed; knobs, links and layers stay as they are.
    ///
    /// # Errors
    /// As [`Self::new`]; the old worlds then live on.
    pub fn reseed(&mut self, seed: u64) -> Result<(), Vec<Problem>> {
        let mut born = born(&self.scene, seed)?;
        for (new, old) in born.iter_mut().zip(&self.nodes) {
            old.base.iter().enumerate().for_each(|(i, &v)| new.node.set_knob(i, v));
            (new.base, new.base_switches) = (old.base.clone(), old.base_switches.clone());
            new.switches = old.switches.clone();
        }
        (self.nodes, self.seed) = (born, seed);
        self.publish();
        Ok(())
    }

    /// The scene that runs.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }
    /// Seed of the run.
    pub fn seed(&self) -> u64 {
        self.seed
    }
    /// Ticks since birth.
    pub fn tick(&self) -> u64 {
        self.tick
    }
    /// Seconds of the simulation clock.
    pub fn seconds(&self) -> f64 {
        self.tick as f64 * self.scene.dt()
    }
    /// The links with their state.
    pub fn links(&self) -> &[LiveLink] {
        &self.links
    }
    /// The layers with their present knobs.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }
    /// Knobs of the voices, in the order of the scene.
    pub fn voices(&self) -> &[VoiceKnobs] {
        &self.voices
    }
    /// Whether an output is silenced by a link now.
    pub fn is_inhibited(&self, node: usize, port: usize) -> bool {
        self.board.is_inhibited(node, port)
    }
    /// Every signal by name.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }
    /// A living node, by position in the scene.
    pub fn node(&self, index: usize) -> &dyn Node {
        &*self.nodes[index].node
    }
    /// An output as it is now, whole, at the node's own size.
    pub fn field(&self, node: usize, port: usize) -> Field {
        let (w, h) = self.nodes[node].node.size();
        let mut field = Field::new(w, h, 1);
        self.nodes[node].node.show(port, &super::view::View::WHOLE, &mut field);
        field
    }
    /// Words of the nodes to the performer: (node name, message).
    pub fn messages(&self) -> Vec<(String, String)> {
        let named = self.scene.nodes.iter().zip(&self.nodes);
        named.filter_map(|(plan, living)| Some((plan.name.clone(), living.node.message()?))).collect()
    }
}

fn voices(scene: &Scene) -> Vec<VoiceKnobs> {
    scene.voices.iter().map(|v| VoiceKnobs { set: v.knobs.clone(), now: v.knobs.clone() }).collect()
}

/// All nodes of a scene, or a problem for each that cannot be born.
fn born(scene: &Scene, seed: u64) -> Result<Vec<Living>, Vec<Problem>> {
    let all: Vec<Result<Living, Problem>> =
        scene.nodes.par_iter().map(|plan| birth(plan, scene, seed)).collect();
    let (good, bad): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    match bad.is_empty() {
        true => Ok(good.into_iter().filter_map(Result::ok).collect()),
        false => Err(bad.into_iter().filter_map(Result::err).collect()),
    }
}

fn birth(plan: &super::scene::NodePlan, scene: &Scene, seed: u64) -> Result<Living, Problem> {
    let rng = Rng::new(seed).named(&plan.name);
    let birth =
        Birth { width: plan.size.0, height: plan.size.1, rng: rng.named("birth"), texts: &plan.texts };
    let node = (plan.kind.birth)(&plan.knobs, &birth).map_err(|fault| {
        let header = format!("[node.{}]", plan.name);
        let start = scene.source.find(&header).unwrap_or(0);
        let line = 1 + scene.source[..start].matches('\n').count();
        Problem { line, span: start..start + header.len(), message: format!("{header}: {}", fault.message) }
    })?;
    let switches: Vec<bool> = plan.switches.iter().map(|s| s.1).collect();
    Ok(Living { node, base: plan.knobs.clone(), base_switches: switches.clone(), switches, rng })
}

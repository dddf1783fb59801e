//! The engine: all worlds of a scene step against what all showed on the *previous* tick, then all publish; so
//! neither order nor thread count can matter.
//!
//! One tick: external events are applied · signals are read off the bus · links move knobs · every node steps ·
//! every wired output is published on the bus · the clock advances.

mod apart;
mod bus;
mod curate;
mod curator_state;
mod instantiate;
mod knobs;
mod link_target;
mod now;
mod signals;
mod swap;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rayon::prelude::*;

use super::field::Field;
use super::frame::{self, Frame, Layer, Provenance};
use super::scene::{Address, Directory, ParameterOverrides, Problem, Scene};
use super::signal::LiveLink;
use super::system::{Node, Touch};
use super::tape::Event;
use super::voice::VoiceKnobs;

pub use apart::Part;
use bus::FieldBus;
pub use bus::shown_size;
use curator_state::CuratorState;
use instantiate::LiveNode;
pub use instantiate::PreparedNodes;
use link_target::LinkTarget;
use now::Now;
use signals::SignalSlots;
pub use signals::Signals;

/// A running scene.
pub struct Engine {
    scene: Scene,
    directory: Arc<Directory>,
    seed: u64,
    tick: u64,
    nodes: Vec<LiveNode>,
    links: Vec<LiveLink>,
    link_targets: Vec<LinkTarget>,
    layers: Vec<Layer>,
    base_layers: Vec<Layer>,
    voices: Vec<VoiceKnobs>,
    bus: FieldBus,
    signals: Signals,
    places: SignalSlots,
    touches: Vec<Touch>,
    /// Sound of the room since the last tick.
    room: Vec<f32>,
    curator_state: CuratorState,
    canvases: Vec<Field>,
}

impl Engine {
    /// Instantiates a scene under a seed (the scene's own if `None`).
    ///
    /// # Errors
    /// One problem for each node that could not be created.
    pub fn new(scene: Scene, seed: Option<u64>) -> Result<Self, Vec<Problem>> {
        Self::with(scene, seed, &[])
    }

    /// The same with parameter overrides: nodes are created with these values. An unknown address is ignored.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with(scene: Scene, seed: Option<u64>, moved: &[(Address, f64)]) -> Result<Self, Vec<Problem>> {
        let seed = seed.unwrap_or(scene.seed);
        let directory = Arc::new(Directory::of(&scene));
        let nodes = PreparedNodes::with(&scene, &directory, seed, moved, |_| true)?.into_nodes().collect();
        let layers: Vec<Layer> = scene.layers.iter().map(|l| l.layer.clone()).collect();
        let mut signals = Signals::default();
        let mut engine = Self {
            links: scene.links.iter().cloned().map(LiveLink::new).collect(),
            link_targets: link_target::link_targets(&scene, &directory),
            bus: FieldBus::of(&scene),
            places: SignalSlots::of(&scene, &mut signals),
            signals,
            touches: Vec::new(),
            room: Vec::new(),
            curator_state: CuratorState::default(),
            canvases: layers.iter().map(|_| Field::default()).collect(),
            base_layers: layers.clone(),
            voices: voices(&scene),
            layers,
            tick: 0,
            seed,
            nodes,
            directory,
            scene,
        };
        for (address, value) in moved {
            engine.set(address, *value);
        }
        engine.publish();
        Ok(engine)
    }

    /// Applies these events, then advances by one tick.
    pub fn step(&mut self, events: &[Event]) {
        events.iter().for_each(|e| self.apply(e));
        self.advance();
    }

    /// Applies an event now, whether the clock is running or paused. A touch acts in the next tick.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Set(address, value) => {
                self.set(address, *value);
            }
            Event::Link(index, on) => {
                if let Some(link) = self.links.get_mut(*index) {
                    link.on = *on;
                }
            }
            Event::Signal(name, value) => self.signals.set_external(name, *value),
            Event::Touch(touch) => self.touches.push(*touch),
            Event::Room(sound) => self.room.extend(sound.samples()),
            Event::Reseed(seed) => drop(self.reseed(*seed)),
            Event::Reborn(reset) => drop(self.restart(reset.seed, &reset.knobs, None)),
            // Transitions are handled above the engine.
            Event::Enter(_) | Event::Swap(_) | Event::Hurry(_) | Event::Mark => {}
        }
    }

    /// Advances by one tick.
    pub fn advance(&mut self) {
        self.begin_tick();
        let now = Now::of(self.tick, &self.scene, &self.bus, &self.touches, &self.room);
        let nodes = self.nodes.par_iter_mut().zip(&self.scene.nodes);
        nodes.for_each(|(living, plan)| now.step(living, plan));
        self.end_tick();
        self.publish();
    }

    /// What comes before the nodes step: signals, the curator, links.
    fn begin_tick(&mut self) {
        let now = self.seconds();
        self.places.begin_tick(&mut self.signals, &self.scene, now, self.touches.last());
        self.curate();
        self.follow_links();
    }

    fn end_tick(&mut self) {
        self.touches.clear();
        self.room.clear();
        self.tick += 1;
    }

    /// Every wired output is published on the bus; readouts and means become signals.
    fn publish(&mut self) {
        let nodes = &self.nodes;
        self.bus.publish(|node| &*nodes[node].node);
        let read = |node: usize, readout: usize| nodes[node].node.read(readout);
        self.places.publish(&mut self.signals, &self.scene, &self.bus, read);
    }

    /// Renders the current frame. `into` takes the canvas's size.
    pub fn compose(&mut self, into: &mut Frame) {
        let size = self.scene.size;
        let (nodes, bus, plans) = (&self.nodes, &self.bus, &self.scene.layers);
        // One after the other: each takes all threads, and two layers of one node can share its work.
        for ((canvas, plan), layer) in self.canvases.iter_mut().zip(plans).zip(&self.layers) {
            let planes = nodes[plan.node].node.kind().outputs[plan.port].planes;
            canvas.reshape(size.0, size.1, planes);
            if layer.knobs.opacity > 0.0 && !bus.is_inhibited(plan.node, plan.port) {
                nodes[plan.node].node.show(plan.port, &layer.view(), canvas);
            }
        }
        let shown = self.layers.iter().zip(&self.canvases).zip(plans);
        let shown = shown.filter(|((l, _), p)| l.knobs.opacity > 0.0 && !bus.is_inhibited(p.node, p.port));
        let pairs: Vec<(&Layer, &Field)> = shown.map(|(pair, _)| pair).collect();
        into.resize(size.0, size.1);
        frame::compose(&pairs, self.scene.backdrop, into);
        into.provenance = self.provenance();
    }

    /// Renders the current frame as it is without some layers, by their place in the scene.
    pub fn compose_without(&mut self, hidden: impl Fn(usize) -> bool, into: &mut Frame) {
        let opacities: Vec<f32> = self.layers.iter().map(|l| l.knobs.opacity).collect();
        let hide = |(i, layer): (usize, &mut Layer)| layer.knobs.opacity *= !hidden(i) as u8 as f32;
        self.layers.iter_mut().enumerate().for_each(hide);
        self.compose(into);
        self.layers.iter_mut().zip(opacities).for_each(|(layer, opacity)| layer.knobs.opacity = opacity);
    }

    /// Provenance of the current frame.
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

    /// Restarts all worlds from another seed, with their knobs as set now; knobs, links and layers stay as they are.
    ///
    /// # Errors
    /// As [`Self::new`]; the old worlds then keep running.
    pub fn reseed(&mut self, seed: u64) -> Result<(), Vec<Problem>> {
        self.restart(seed, &self.moved(), None)
    }

    /// Restarts all worlds from a seed with the overrides `moved`; then each takes its knobs as set now. Nodes in
    /// `ready` are used instead of being created.
    ///
    /// # Errors
    /// As [`Self::new`]; the old worlds then keep running.
    pub fn restart(
        &mut self,
        seed: u64,
        moved: &ParameterOverrides,
        ready: Option<PreparedNodes>,
    ) -> Result<(), Vec<Problem>> {
        let wanted = instantiate::knobs(&self.scene, &self.directory, moved);
        let mut ready = ready;
        let mut take = |i: usize| ready.as_mut()?.take(i, &self.scene, seed, &wanted[i]);
        let mut created: Vec<Option<LiveNode>> = (0..wanted.len()).map(&mut take).collect();
        let missing: Vec<bool> = created.iter().map(Option::is_none).collect();
        let rest = PreparedNodes::with(&self.scene, &self.directory, seed, moved, |i| missing[i])?;
        created.iter_mut().filter(|c| c.is_none()).zip(rest.into_nodes()).for_each(|(c, n)| *c = Some(n));
        for (old, new) in self.nodes.iter_mut().zip(created.into_iter().flatten()) {
            let base = std::mem::take(&mut old.base);
            let switches = (std::mem::take(&mut old.base_switches), std::mem::take(&mut old.switches));
            *old = LiveNode { base, base_switches: switches.0, switches: switches.1, ..new };
            old.base.iter().enumerate().for_each(|(i, &v)| old.node.set_knob(i, v));
        }
        self.seed = seed;
        self.publish();
        Ok(())
    }

    /// Every parameter of the scene.
    pub fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }
    /// The running scene.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }
    /// Seed of the run.
    pub fn seed(&self) -> u64 {
        self.seed
    }
    /// Ticks since the start.
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
    /// The layers with their knobs as set by the user or the scene, before links.
    pub fn base_layers(&self) -> &[Layer] {
        &self.base_layers
    }
    /// Switches of a node as set by the user or the scene.
    pub fn switches(&self, node: usize) -> &[bool] {
        &self.nodes[node].base_switches
    }
    /// Knobs of the voices, in the order of the scene.
    pub fn voices(&self) -> &[VoiceKnobs] {
        &self.voices
    }
    /// Whether an output is inhibited by a link now.
    pub fn is_inhibited(&self, node: usize, port: usize) -> bool {
        self.bus.is_inhibited(node, port)
    }
    /// Every signal by name.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }
    /// A running node, by position in the scene.
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
    /// Status messages of the nodes: (node name, message).
    pub fn messages(&self) -> Vec<(String, String)> {
        let named = self.scene.nodes.iter().zip(&self.nodes);
        named.filter_map(|(plan, living)| Some((plan.name.clone(), living.node.message()?))).collect()
    }
}

fn voices(scene: &Scene) -> Vec<VoiceKnobs> {
    scene.voices.iter().map(|v| VoiceKnobs { set: v.knobs.clone(), now: v.knobs.clone() }).collect()
}

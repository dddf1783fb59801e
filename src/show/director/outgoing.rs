//! An outgoing scene: it runs until the transition ends; a morph moves its knobs to those of the incoming scene.

use world::engine::Engine;
use world::frame::Frame;
use world::params::ParamSpec;
use world::scene::Address;
use world::tape::{Event, Transition};

/// A knob that both scenes have.
#[derive(Clone, Debug)]
pub struct SharedParameter {
    /// Its address in the outgoing scene.
    old: Address,
    /// Its address in the incoming scene.
    new: Address,
    spec: &'static ParamSpec,
    /// Value in the old scene, and in the new.
    between: [f64; 2],
}

/// An outgoing scene.
pub struct OutgoingScene {
    engine: Engine,
    way: Transition,
    ticks: u64,
    passed: u64,
    morph: Vec<SharedParameter>,
}

/// The knobs that both scenes have under one address and that differ; the new scene starts from the old values.
pub fn shared(old: &Engine, new: &mut Engine) -> Vec<SharedParameter> {
    let pair = |incoming: &world::scene::Parameter| {
        let outgoing = old.directory().find(&incoming.address)?;
        let spec = incoming.spec.filter(|s| outgoing.spec == Some(s) && !s.rebirth)?;
        let between = [old.get(&outgoing.address)?, new.get(&incoming.address)?];
        let (old, new) = (outgoing.address.clone(), incoming.address.clone());
        (between[0] != between[1]).then_some(SharedParameter { old, new, spec, between })
    };
    let all: Vec<SharedParameter> = new.directory().iter().filter_map(pair).collect();
    for s in &all {
        new.set(&s.new, s.between[0]);
    }
    all
}

impl OutgoingScene {
    /// Starts the transition out of a scene.
    pub fn new(engine: Engine, way: Transition, ticks: u64, morph: Vec<SharedParameter>) -> Self {
        Self { engine, way, ticks: ticks.max(1), passed: 0, morph }
    }

    /// It still receives signals and touches.
    pub fn apply(&mut self, event: &Event) {
        self.engine.apply(event);
    }

    /// Shortens the transition by `ticks`.
    pub fn hurry(&mut self, ticks: u64) {
        self.passed = self.passed.saturating_add(ticks).min(self.ticks - 1);
    }

    /// One tick.
    pub fn advance(&mut self, front: &mut Engine) {
        self.engine.advance();
        self.passed += 1;
        let t = self.passed as f64 / self.ticks as f64;
        let eased = t * t * (3.0 - 2.0 * t);
        for SharedParameter { old, new, spec, between } in &self.morph {
            let [a, b] = between.map(|v| spec.position_of(v));
            let value = if t >= 1.0 { between[1] } else { spec.value_at(a + (b - a) * eased) };
            self.engine.set(old, value);
            front.set(new, value);
        }
    }

    /// Stops morphing a knob that was edited manually.
    pub fn release(&mut self, address: &Address) {
        self.morph.retain(|m| m.new != *address);
    }

    /// Whether its transition is over.
    pub fn is_gone(&self) -> bool {
        self.passed >= self.ticks
    }
    /// Progress of its transition, 0..1.
    pub fn done(&self) -> f32 {
        self.passed as f32 / self.ticks as f32
    }
    /// Its transition.
    pub fn way(&self) -> Transition {
        self.way
    }
    /// The scene itself.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
    /// Its picture.
    pub fn compose(&mut self, into: &mut Frame) {
        self.engine.compose(into);
    }
}

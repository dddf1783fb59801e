//! A scene on its way out: it lives on until it is gone, and hands its knobs over if the passage is a morph.

use world::engine::Engine;
use world::frame::Frame;
use world::params::ParamSpec;
use world::scene::Address;
use world::tape::{Event, Transition};

/// A knob that both scenes have.
#[derive(Clone, Debug)]
pub struct SharedParameter {
    /// Its address in the scene that leaves.
    old: Address,
    /// Its address in the scene that comes.
    new: Address,
    spec: &'static ParamSpec,
    /// Value in the old scene, and in the new.
    between: [f64; 2],
}

/// A scene that leaves.
pub struct OutgoingScene {
    engine: Engine,
    way: Transition,
    ticks: u64,
    passed: u64,
    morph: Vec<SharedParameter>,
}

/// The knobs that both scenes have under one address and that differ; the new scene starts from the old values.
pub fn shared(old: &Engine, new: &mut Engine) -> Vec<SharedParameter> {
    let pair = |coming: &world::scene::Parameter| {
        let outgoing = old.directory().find(&coming.address)?;
        let spec = coming.spec.filter(|s| outgoing.spec == Some(s) && !s.rebirth)?;
        let between = [old.get(&outgoing.address)?, new.get(&coming.address)?];
        let (old, new) = (outgoing.address.clone(), coming.address.clone());
        (between[0] != between[1]).then_some(SharedParameter { old, new, spec, between })
    };
    let all: Vec<SharedParameter> = new.directory().iter().filter_map(pair).collect();
    for s in &all {
        new.set(&s.new, s.between[0]);
    }
    all
}

impl OutgoingScene {
    /// A scene that begins to leave.
    pub fn new(engine: Engine, way: Transition, ticks: u64, morph: Vec<SharedParameter>) -> Self {
        Self { engine, way, ticks: ticks.max(1), passed: 0, morph }
    }

    /// It still hears signals and feels touches.
    pub fn apply(&mut self, event: &Event) {
        self.engine.apply(event);
    }

    /// It leaves by so many ticks sooner.
    pub fn hurry(&mut self, ticks: u64) {
        self.passed = self.passed.saturating_add(ticks).min(self.ticks - 1);
    }

    /// One tick.
    pub fn advance(&mut self, front: &mut Engine) {
        self.engine.advance();
        self.passed += 1;
        let t = self.passed as f64 / self.ticks as f64;
        let bent = t * t * (3.0 - 2.0 * t);
        for SharedParameter { old, new, spec, between } in &self.morph {
            let [a, b] = between.map(|v| spec.position_of(v));
            let value = if t >= 1.0 { between[1] } else { spec.value_at(a + (b - a) * bent) };
            self.engine.set(old, value);
            front.set(new, value);
        }
    }

    /// A knob that a hand has moved is not moved on.
    pub fn release(&mut self, address: &Address) {
        self.morph.retain(|m| m.new != *address);
    }

    /// Whether nothing of it is seen any more.
    pub fn is_gone(&self) -> bool {
        self.passed >= self.ticks
    }
    /// How far it is, 0..1.
    pub fn done(&self) -> f32 {
        self.passed as f32 / self.ticks as f32
    }
    /// How it leaves.
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

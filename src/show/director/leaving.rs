//! A scene on its way out: it lives on until it is gone, and hands its knobs over if the passage is a morph.

use crate::world::engine::Engine;
use crate::world::frame::Frame;
use crate::world::params::Spec;
use crate::world::tape::{Event, Passage};

/// A knob that both scenes have: address, value in the old scene, value in the new.
pub type Shared = (String, &'static Spec, [f64; 2]);

/// A scene that leaves.
pub struct Leaving {
    engine: Engine,
    way: Passage,
    ticks: u64,
    passed: u64,
    morph: Vec<Shared>,
}

/// The knobs that both scenes have under one address and that differ; the new scene starts from the old values.
pub fn shared(old: &Engine, new: &mut Engine) -> Vec<Shared> {
    let mut all = Vec::new();
    for address in new.scene().addresses() {
        let (Some((_, Some(was))), Some((_, Some(spec)))) =
            (old.scene().target(&address), new.scene().target(&address))
        else {
            continue;
        };
        let (Some(from), Some(to)) = (old.get(&address), new.get(&address)) else { continue };
        if was == spec && !spec.rebirth && from != to {
            all.push((address, spec, [from, to]));
        }
    }
    for (address, spec, [from, _]) in &all {
        new.set(address, spec.clamp(*from));
    }
    all
}

impl Leaving {
    /// A scene that begins to leave.
    pub fn new(engine: Engine, way: Passage, ticks: u64, morph: Vec<Shared>) -> Self {
        Self { engine, way, ticks: ticks.max(1), passed: 0, morph }
    }

    /// One tick. It still hears signals and feels touches; knobs are moved in the new scene alone.
    pub fn step(&mut self, events: &[Event], front: &mut Engine) {
        let felt = |e: &&Event| matches!(e, Event::Signal(..) | Event::Touch(_));
        let felt: Vec<Event> = events.iter().filter(felt).cloned().collect();
        self.engine.step(&felt);
        self.passed += 1;
        let t = self.passed as f64 / self.ticks as f64;
        let bent = t * t * (3.0 - 2.0 * t);
        for (address, spec, [from, to]) in &self.morph {
            let [a, b] = [*from, *to].map(|v| spec.position_of(v));
            let value = if t >= 1.0 { *to } else { spec.value_at(a + (b - a) * bent) };
            self.engine.set(address, value);
            front.set(address, value);
        }
    }

    /// A knob that a hand has moved is not moved on.
    pub fn let_go(&mut self, address: &str) {
        self.morph.retain(|m| m.0 != address);
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
    pub fn way(&self) -> Passage {
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

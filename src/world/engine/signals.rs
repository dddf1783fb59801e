//! Named scalars of the last tick. Signals that a scene reads and reports get their slots when it is instantiated, so
//! that no name is looked up while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bus::{self, FieldBus};
use crate::audio_signals;
use crate::scene::Scene;
use crate::system::{Phase, Touch};

/// Every signal of the last tick, by name. A signal that was never set reads 0, an audio signal its value in silence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals {
    places: BTreeMap<Arc<str>, usize>,
    values: Vec<Option<f64>>,
    /// The value of each until it is first set.
    defaults: Vec<f64>,
    touched: Option<f64>,
}

impl Signals {
    /// The value of a signal.
    pub fn get(&self, name: &str) -> f64 {
        self.places.get(name).map_or_else(|| default_value(name), |place| self.at(*place))
    }

    /// All signals that have a value, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.places.iter().filter_map(|(name, place)| Some((&**name, self.values[*place]?)))
    }

    /// The slot of a signal, created if needed.
    pub(super) fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        self.values.push(None);
        self.defaults.push(default_value(name));
        self.places.insert(name.into(), self.values.len() - 1);
        self.values.len() - 1
    }

    /// The value in a slot.
    pub(super) fn at(&self, place: usize) -> f64 {
        self.values[place].unwrap_or(self.defaults[place])
    }

    /// Whether the signal in a slot was ever set.
    pub(super) fn is_set(&self, place: usize) -> bool {
        self.values[place].is_some()
    }

    pub(super) fn set_external(&mut self, name: &str, value: f64) {
        let place = self.place(name);
        self.put(place, if value.is_finite() { value } else { 0.0 });
    }

    fn put(&mut self, place: usize, value: f64) {
        self.values[place] = Some(value);
    }
}

fn default_value(name: &str) -> f64 {
    let sound = name.strip_prefix("sound.").and_then(audio_signals::place);
    sound.map_or(0.0, |place| audio_signals::SIGNALS[place].silence())
}

/// Slots of all signals that a scene reads or reports.
#[derive(Clone, Debug, Default)]
pub(super) struct SignalSlots {
    clock: usize,
    waves: Vec<usize>,
    /// x, y, down, idle.
    touch: [usize; 4],
    /// bpm, beat, phase.
    tempo: [usize; 3],
    /// One list a node.
    readouts: Vec<Vec<usize>>,
    /// (node, port, place).
    means: Vec<(usize, usize, usize)>,
    /// What each link reads.
    pub links: Vec<usize>,
    /// What the curator watches.
    pub watched: Option<usize>,
}

impl SignalSlots {
    /// Finds or creates them all.
    pub fn of(scene: &Scene, signals: &mut Signals) -> Self {
        let mut place = |name: &str| signals.place(name);
        let readouts = scene.nodes.iter().map(|plan| {
            let named = plan.kind.readouts.iter().map(|r| format!("{}.{}", plan.name, r.name));
            named.map(|name| place(&name)).collect()
        });
        let readouts = readouts.collect();
        Self {
            clock: place("clock.seconds"),
            waves: scene.waves.iter().map(|w| place(&format!("wave.{}", w.name))).collect(),
            touch: ["touch.x", "touch.y", "touch.down", "touch.idle"].map(&mut place),
            tempo: ["tempo.bpm", "tempo.beat", "tempo.phase"].map(&mut place),
            readouts,
            means: bus::means(scene).into_iter().map(|(n, p, name)| (n, p, place(&name))).collect(),
            links: scene.links.iter().map(|l| place(&l.from)).collect(),
            watched: scene.curator.as_ref().map(|c| place(&c.watch)),
        }
    }

    /// Clock, waves and touch at the beginning of a tick.
    pub fn begin_tick(&self, signals: &mut Signals, scene: &Scene, now: f64, touch: Option<&Touch>) {
        signals.put(self.clock, now);
        scene.waves.iter().zip(&self.waves).for_each(|(wave, place)| signals.put(*place, wave.at(now)));
        let [x, y, down, idle] = self.touch;
        if let Some(t) = touch {
            signals.put(x, t.x as f64);
            signals.put(y, t.y as f64);
            signals.put(down, (t.phase != Phase::Up) as u8 as f64);
            signals.touched = Some(now);
        }
        signals.put(idle, now - signals.touched.unwrap_or(0.0));
    }

    /// Beats so far, with their fraction, if there is a tempo.
    pub fn beats(&self, signals: &Signals) -> Option<f64> {
        let [bpm, beat, phase] = self.tempo.map(|place| signals.at(place));
        (bpm > 0.0).then_some(beat + phase)
    }

    /// Publishes readouts of the nodes, and the means that are read.
    pub fn publish(
        &self,
        signals: &mut Signals,
        scene: &Scene,
        bus: &FieldBus,
        read: impl Fn(usize, usize) -> f32,
    ) {
        for (n, places) in self.readouts.iter().enumerate() {
            places.iter().enumerate().for_each(|(r, place)| signals.put(*place, read(n, r) as f64));
        }
        for (node, port, place) in &self.means {
            signals.put(*place, bus.mean(scene, *node, *port));
        }
    }
}

//! Sound without a device: exactly as much of it as the ticks take, for files.

use super::command::SynthCommand;
use super::file::{Clip, ReadAheadWorker};
use super::sonify::Sonifier;
use super::synth::{Synth, SynthHandle, synth};
use world::engine::Engine;

/// A synth in lockstep with a show.
pub struct Offline {
    synth: Synth,
    feeder: Option<ReadAheadWorker>,
    wires: SynthHandle,
    score: Sonifier,
    orders: Vec<SynthCommand>,
    tick: f64,
    ticks: u64,
    done: u64,
}

impl Offline {
    /// At a sample rate, for a show of so many ticks a second, with a clip that is played along.
    pub fn new(rate: u32, ticks: f64, clip: Option<&Clip>) -> Self {
        let (track, feeder) = clip.map(|c| c.feed(rate)).unzip();
        let (synth, wires) = synth(rate, ticks, track);
        let tick = rate as f64 / ticks.max(1.0);
        Self { synth, feeder, wires, score: Sonifier::default(), orders: Vec::new(), tick, ticks: 0, done: 0 }
    }

    /// The sound of the tick that the engine has just made, left and right in turn, is put at the end of `out`.
    /// `tick`: its number in the show, from 0; `passage`: seconds that a change of scenes takes.
    pub fn tick(&mut self, engine: &Engine, tick: u64, passage: f32, out: &mut Vec<f32>) {
        self.orders.clear();
        self.score.read(engine, tick, self.wires.rate, passage, &mut self.orders);
        for order in self.orders.drain(..) {
            // The ring holds far more than one tick can ask, and the synth empties it each time.
            let _ = self.wires.send(order);
        }
        self.ticks += 1;
        let until = (self.ticks as f64 * self.tick + 1e-6) as u64;
        // As far as there is room: two seconds, which is more than a tick takes.
        while self.feeder.as_mut().is_some_and(ReadAheadWorker::fill) {}
        let from = out.len();
        out.resize(from + 2 * (until - self.done) as usize, 0.0);
        self.synth.render(&mut out[from..]);
        self.done = until;
        self.wires.sweep();
    }

    /// Samples that had to be cut at the ceiling so far.
    pub fn clipped(&self) -> u64 {
        self.wires.shared.clipped()
    }
}

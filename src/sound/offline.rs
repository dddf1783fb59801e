//! Offline rendering: exactly as many samples as the ticks last, for files.

use super::command::SynthCommand;
use super::file::{Clip, ReadAheadWorker};
use super::sonify::Sonifier;
use super::synth::{Synth, SynthHandle, synth};
use world::engine::Engine;

/// A synth in lockstep with a show.
pub struct Offline {
    synth: Synth,
    feeder: Option<ReadAheadWorker>,
    handle: SynthHandle,
    score: Sonifier,
    commands: Vec<SynthCommand>,
    tick: f64,
    ticks: u64,
    done: u64,
}

impl Offline {
    /// At a sample rate, Hz, for a show of `ticks` a second, with a clip that is played along.
    pub fn new(rate: u32, ticks: f64, clip: Option<&Clip>) -> Self {
        let (track, feeder) = clip.map(|c| c.feed(rate)).unzip();
        let (synth, handle) = synth(rate, ticks, track);
        let tick = rate as f64 / ticks.max(1.0);
        Self {
            synth,
            feeder,
            handle,
            score: Sonifier::default(),
            commands: Vec::new(),
            tick,
            ticks: 0,
            done: 0,
        }
    }

    /// Appends the sound of the tick that the engine has just computed to `out`, interleaved stereo. `tick` is its
    /// number in the show, from 0; `transition` the duration of a change of scenes, s.
    pub fn tick(&mut self, engine: &Engine, tick: u64, transition: f32, out: &mut Vec<f32>) {
        self.commands.clear();
        self.score.read(engine, tick, self.handle.rate, transition, &mut self.commands);
        for command in self.commands.drain(..) {
            // The ring holds far more commands than one tick can have, and the synth empties it each time.
            let _ = self.handle.send(command);
        }
        self.ticks += 1;
        let until = (self.ticks as f64 * self.tick + 1e-6) as u64;
        // Until the ring is full: two seconds, more than a tick lasts.
        while self.feeder.as_mut().is_some_and(ReadAheadWorker::fill) {}
        let from = out.len();
        out.resize(from + 2 * (until - self.done) as usize, 0.0);
        self.synth.render(&mut out[from..]);
        self.done = until;
        self.handle.sweep();
    }

    /// Clipped samples so far.
    pub fn clipped(&self) -> u64 {
        self.handle.shared.clipped()
    }
}

//! Sonification: reads the worlds after each tick and writes the commands of the voices for the synth. What each kind
//! plays is defined in its file (`voices`). Random numbers are drawn by address (seed, voice, tick), so the same show
//! always sounds the same.

pub(crate) mod fields;
pub(crate) mod strips;
pub(crate) mod voice_frame;

use world::engine::Engine;
use world::rng::Rng;
use world::voice::VoicePlan;

use super::command::SynthCommand;
use super::voices::{self, VoiceBank};

pub use fields::{COARSE, FINE, Reader, SampledField};
pub use voice_frame::{MOST, VoiceFrame};

/// Shortest crossfade to the voices of another scene, s.
const FADE: f32 = 0.05;

/// Reads an engine after every tick.
#[derive(Default)]
pub struct Sonifier {
    plans: Vec<VoicePlan>,
    sent: Vec<Vec<f64>>,
    reader: Reader,
    stale: bool,
    started: bool,
}

impl Sonifier {
    /// Sends everything again with the next tick, for a new synth.
    pub fn refresh(&mut self) {
        self.stale = true;
    }

    /// Appends the commands of the tick that the engine has just computed. `tick` is its number in the show, from 0;
    /// `rate` is the synth's sample rate, Hz; `transition` the duration of a change of scenes, s.
    pub fn read(
        &mut self,
        engine: &Engine,
        tick: u64,
        rate: u32,
        transition: f32,
        commands: &mut Vec<SynthCommand>,
    ) {
        let scene = engine.scene();
        let same = |a: &VoicePlan, b: &VoicePlan| (&a.name, a.kind) == (&b.name, b.kind);
        let changed = self.plans.len() != scene.voices.len()
            || self.plans.iter().zip(&scene.voices).any(|(a, b)| !same(a, b));
        if changed || self.stale || !self.started {
            self.plans.clone_from(&scene.voices);
            self.sent = vec![Vec::new(); scene.voices.len()];
            let fade = if self.started { transition.max(FADE) } else { FADE };
            commands.push(SynthCommand::Bank(VoiceBank::new(&scene.voices, rate as f32), fade));
            (self.started, self.stale) = (true, false);
        }
        let root = Rng::new(engine.seed()).named("voice");
        self.reader.begin();
        for (v, (plan, knobs)) in scene.voices.iter().zip(engine.voices()).enumerate() {
            self.send_knobs(v, &knobs.now, commands);
            let rng = root.named(&plan.name).fork(engine.tick());
            let frame = VoiceFrame { engine, voice: v as u8, plan, rng };
            if let Some(entry) = voices::of(plan.kind) {
                (entry.score)(&knobs.now, &frame, &mut self.reader, commands);
            }
        }
        commands.push(SynthCommand::Tick(tick));
    }

    fn send_knobs(&mut self, voice: usize, now: &[f64], commands: &mut Vec<SynthCommand>) {
        for (k, &value) in now.iter().enumerate() {
            if self.sent[voice].get(k) != Some(&value) {
                commands.push(SynthCommand::Knob { voice: voice as u8, knob: k as u8, value: value as f32 });
            }
        }
        self.sent[voice] = now.to_vec();
    }
}

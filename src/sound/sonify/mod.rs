//! The score reads the worlds after each tick and writes orders for the synth: what the voices declare, as it is now.
//! What each kind plays stands in its file (`voices`). It draws by address (seed, voice, tick), so the same show gives the
//! same sound.

mod fields;

use world::engine::Engine;
use world::rng::Rng;
use world::voice::VoicePlan;

use super::command::SynthCommand;
use super::voices::{self, VoiceBank};

pub use fields::{COARSE, FINE, Reader, SampledField};

/// Most grains of one voice in one tick.
pub const MOST: usize = 32;

/// Seconds in which the voices of another scene take over, at least.
const FADE: f32 = 0.05;

/// Reads an engine, tick after tick.
#[derive(Default)]
pub struct Sonifier {
    plans: Vec<VoicePlan>,
    sent: Vec<Vec<f64>>,
    reader: Reader,
    stale: bool,
    started: bool,
}

/// One voice at one tick: what its score may look at.
pub struct VoiceFrame<'a> {
    /// The worlds, just after the tick.
    pub engine: &'a Engine,
    /// Its place among the voices of the scene.
    pub voice: u8,
    /// What the scene says of it.
    pub plan: &'a VoicePlan,
    /// Randomness of this voice and tick.
    pub rng: Rng,
}

impl Sonifier {
    /// Everything is told anew with the next tick: the synth is another one.
    pub fn refresh(&mut self) {
        self.stale = true;
    }

    /// Orders of the tick that the engine has just made. `tick` is its number in the show, from 0; `rate` is the synth's, Hz; `passage` the seconds that a
    /// change of scenes takes.
    pub fn read(
        &mut self,
        engine: &Engine,
        tick: u64,
        rate: u32,
        passage: f32,
        orders: &mut Vec<SynthCommand>,
    ) {
        let scene = engine.scene();
        let same = |a: &VoicePlan, b: &VoicePlan| (&a.name, a.kind) == (&b.name, b.kind);
        let changed = self.plans.len() != scene.voices.len()
            || self.plans.iter().zip(&scene.voices).any(|(a, b)| !same(a, b));
        if changed || self.stale || !self.started {
            self.plans.clone_from(&scene.voices);
            self.sent = vec![Vec::new(); scene.voices.len()];
            let fade = if self.started { passage.max(FADE) } else { FADE };
            orders.push(SynthCommand::Bank(VoiceBank::new(&scene.voices, rate as f32), fade));
            (self.started, self.stale) = (true, false);
        }
        let root = Rng::new(engine.seed()).named("voice");
        self.reader.begin();
        for (v, (plan, knobs)) in scene.voices.iter().zip(engine.voices()).enumerate() {
            self.tell_knobs(v, &knobs.now, orders);
            let rng = root.named(&plan.name).fork(engine.tick());
            let moment = VoiceFrame { engine, voice: v as u8, plan, rng };
            (voices::of(plan.kind).score)(&knobs.now, &moment, &mut self.reader, orders);
        }
        orders.push(SynthCommand::Tick(tick));
    }

    fn tell_knobs(&mut self, voice: usize, now: &[f64], orders: &mut Vec<SynthCommand>) {
        for (k, &value) in now.iter().enumerate() {
            if self.sent[voice].get(k) != Some(&value) {
                orders.push(SynthCommand::Knob { voice: voice as u8, knob: k as u8, value: value as f32 });
            }
        }
        self.sent[voice] = now.to_vec();
    }
}

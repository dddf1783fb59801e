//! The score reads the worlds after each tick and writes orders for the synth: what the voices declare, as it is now.
//! It draws by address (seed, voice, tick), so the same show gives the same sound.

mod fields;
mod grains;

use world::engine::Engine;
use world::params::Spec;
use world::rng::Rng;
use world::voice::{Ear, VoicePlan};

use super::order::Order;
use super::voices::Bank;
use fields::Reader;

/// Seconds in which the voices of another scene take over, at least.
const FADE: f32 = 0.05;

/// Reads an engine, tick after tick.
#[derive(Default)]
pub struct Score {
    plans: Vec<VoicePlan>,
    sent: Vec<Vec<f64>>,
    reader: Reader,
    stale: bool,
    started: bool,
}

/// One voice at one tick.
struct Moment<'a> {
    engine: &'a Engine,
    voice: u8,
    plan: &'a VoicePlan,
    knobs: &'a [f64],
    rng: Rng,
}

impl Moment<'_> {
    /// The value of a knob in force; 0 if the kind has none of that name.
    fn knob(&self, name: &str) -> f32 {
        let specs: &[Spec] = self.plan.kind.knobs;
        specs.iter().position(|s| s.name == name).map_or(0.0, |i| self.knobs[i] as f32)
    }
}

impl Score {
    /// Everything is told anew with the next tick: the synth is another one.
    pub fn refresh(&mut self) {
        self.stale = true;
    }

    /// Orders of the tick that the engine has just made. `tick` is its number in the show, from 0; `rate` is the synth's, Hz; `passage` the seconds that a
    /// change of scenes takes.
    pub fn read(&mut self, engine: &Engine, tick: u64, rate: u32, passage: f32, orders: &mut Vec<Order>) {
        let scene = engine.scene();
        let same = |a: &VoicePlan, b: &VoicePlan| (&a.name, a.kind.name) == (&b.name, b.kind.name);
        let changed = self.plans.len() != scene.voices.len()
            || self.plans.iter().zip(&scene.voices).any(|(a, b)| !same(a, b));
        if changed || self.stale || !self.started {
            self.plans.clone_from(&scene.voices);
            self.sent = vec![Vec::new(); scene.voices.len()];
            let fade = if self.started { passage.max(FADE) } else { FADE };
            orders.push(Order::Bank(Bank::new(&scene.voices, rate as f32), fade));
            (self.started, self.stale) = (true, false);
        }
        let root = Rng::new(engine.seed()).named("voice");
        self.reader.begin();
        for (v, (plan, knobs)) in scene.voices.iter().zip(engine.voices()).enumerate() {
            self.tell_knobs(v, &knobs.now, orders);
            let rng = root.named(&plan.name).fork(engine.tick());
            let moment = Moment { engine, voice: v as u8, plan, knobs: &knobs.now, rng };
            match plan.kind.name {
                "grains" => grains::plucks(&moment, &mut self.reader, orders),
                "water" => grains::bubbles(&moment, &mut self.reader, orders),
                "wind" => fields::regions(&moment, &mut self.reader, orders),
                "partials" => fields::partials(&moment, &mut self.reader, orders),
                _ => tones(&moment, orders),
            }
        }
        orders.push(Order::Tick(tick));
    }

    fn tell_knobs(&mut self, voice: usize, now: &[f64], orders: &mut Vec<Order>) {
        for (k, &value) in now.iter().enumerate() {
            if self.sent[voice].get(k) != Some(&value) {
                orders.push(Order::Knob { voice: voice as u8, knob: k as u8, value: value as f32 });
            }
        }
        self.sent[voice] = now.to_vec();
    }
}

/// Each signal within its range is the strength of a tone.
fn tones(m: &Moment, orders: &mut Vec<Order>) {
    let gain = m.knob("gain");
    for (i, ear) in m.plan.ears.iter().enumerate() {
        let Ear::Signal(name, [lo, hi]) = ear else { continue };
        let value = if hi > lo { (m.engine.signals().get(name) - lo) / (hi - lo) } else { 0.0 };
        let value = (value as f32 * gain).clamp(0.0, 1.0);
        orders.push(Order::Level { voice: m.voice, part: i as u8, value, place: 0.0 });
    }
}

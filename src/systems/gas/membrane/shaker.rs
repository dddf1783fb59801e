//! The shaker: a tone at one place, which roams from pitch to pitch and turns to where the skin answers.
//!
//! Below a resonance the skin moves with the force, above it against it, at it a quarter of a turn behind. So the part of
//! the motion that is in phase with the force says which way to turn.

use super::knobs::MembraneKnobs;
use world::rng::Rng;

/// Pitch and phase of the shaker.
pub struct Shaker {
    rng: Rng,
    /// Which tone of the roaming it plays, and the knobs that it came from.
    tone: u64,
    asked: [f32; 3],
    /// Octaves above the knob's pitch that it goes to, and where it is.
    goal: f64,
    at: f64,
    phase: f64,
    seconds: f64,
    /// How fast it turns: less where it turns to and fro.
    eager: f64,
    last: f32,
}

impl Shaker {
    /// A shaker whose tones are at the addresses of `rng`.
    pub fn new(rng: Rng) -> Self {
        Self {
            rng,
            tone: 0,
            asked: [0.0; 3],
            goal: 0.0,
            at: 0.0,
            phase: 0.0,
            seconds: 0.0,
            eager: 1.0,
            last: 0.0,
        }
    }

    /// Lets a tick pass. `answer` is how much of the skin's motion under the shaker was in phase with it, −1..1.
    pub fn tick(&mut self, knobs: &MembraneKnobs, seconds: f32, answer: f32) {
        let asked = [knobs.shake_pitch, knobs.roam, knobs.roam_span];
        if asked != self.asked {
            (self.asked, self.goal, self.at) = (asked, 0.0, 0.0);
        }
        self.seconds += seconds as f64;
        if knobs.roam > 0.0 && self.seconds >= knobs.roam as f64 {
            self.seconds = 0.0;
            self.tone += 1;
            self.goal = knobs.roam_span as f64 * (self.rng.fork(self.tone).unit64(0) - 0.5);
            self.eager = 1.0;
        }
        self.eager *= if answer * self.last < 0.0 { 0.6 } else { 1.008 };
        self.eager = self.eager.clamp(0.01, 1.0);
        self.last = answer;
        self.goal += self.eager * knobs.seek as f64 * seconds as f64 * answer as f64;
        self.goal = self.goal.clamp(-4.0, 4.0);
        // Glides there within a fifth of a second or so.
        self.at += (self.goal - self.at) * (1.0 - libm::exp(-8.0 * seconds as f64));
    }

    /// Its pitch now, Hz.
    pub fn pitch(&self, knobs: &MembraneKnobs) -> f64 {
        (knobs.shake_pitch as f64 * libm::exp2(self.at)).clamp(0.5, 20_000.0)
    }

    /// Moves on by a step of a tone and returns sine and cosine of its phase.
    pub fn turn(&mut self, pitch: f64, seconds: f64) -> [f32; 2] {
        self.phase = (self.phase + pitch * seconds).fract();
        let (sin, cos) = libm::sincos(core::f64::consts::TAU * self.phase);
        [sin as f32, cos as f32]
    }
}

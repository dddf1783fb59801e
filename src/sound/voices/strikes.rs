//! `strikes`: bodies that are struck. Each event of a world sets a few damped modes ringing: the larger the body the
//! lower, the harder the hit the brighter.

use super::Voice;
use crate::command::SynthCommand;
use crate::grain::Grain;
use crate::math::pan;
use crate::sonify::fields::Reader;
use crate::sonify::voice_frame::VoiceFrame;
use world::voice::Reads;

world::choices! {
    /// Bodies, by the ratios of their modes.
    pub enum Body {
        /// A free bar (Fletcher and Rossing 1998).
        Bar: "bar",
        /// A wine glass (French 1983).
        Glass: "glass",
        /// A circular membrane: zeros of Bessel functions.
        Drum: "drum",
        /// A string: harmonics.
        String: "string",
    }
}

world::params! {
    /// Knobs of `strikes`.
    pub struct StrikeKnobs {
        /// Loudness.
        level: f32 = -9.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.25 in 0.0..=1.0;
        /// Input gain: the strength of each strike is multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Least strength that sounds.
        threshold: f32 = 0.02 in 0.0..=1.0;
        /// Most strikes a second; of more, the strongest of each tick.
        rate: f32 = 400.0 in 1.0..=2000.0, Log, unit "1/s";
        /// What is struck.
        body: Choice of Body = "glass";
        /// Pitch of a body whose size is the knob `size`; others are inversely proportional to theirs.
        root: f32 = 880.0 in 20.0..=8000.0, Log, unit "Hz";
        /// Size of the body that sounds at `root`.
        size: f32 = 3.0 in 0.1..=200.0, Log, unit "cells";
        /// How much higher the same body sounds at the top of the picture than at its bottom.
        spread: f32 = 0.5 in 0.0..=4.0, unit "octaves";
        /// Decay time of the lowest mode to −60 dB.
        decay: f32 = 0.6 in 0.02..=12.0, Log, unit "s";
        /// Brightness of a strike of full strength.
        bright: f32 = 0.5 in 0.0..=1.0;
    }
}

/// Polyphony: a new strike steals the weakest.
const BODIES: usize = 64;
/// Modes of a body.
const MODES: usize = 5;
/// Fade-out of a stolen body, s.
const DAMP: f32 = 0.003;
/// Amplitude below which a mode rests.
const SILENCE: f32 = 1e-5;

/// Frequencies of the modes, in units of the lowest.
const fn ratios(body: Body) -> [f32; MODES] {
    match body {
        Body::Bar => [1.0, 2.757, 5.404, 8.933, 13.344],
        Body::Glass => [1.0, 2.32, 4.25, 6.63, 9.38],
        Body::Drum => [1.0, 1.593, 2.136, 2.295, 2.653],
        Body::String => [1.0, 2.0, 3.0, 4.0, 5.0],
    }
}

/// A mode: a rotating, shrinking pair of numbers, of which the first is heard.
#[derive(Clone, Copy, Default)]
struct Mode {
    state: [f32; 2],
    turn: [f32; 2],
}

#[derive(Clone, Copy)]
struct Struck {
    modes: [Mode; MODES],
    pan: [f32; 2],
    /// 1 while it sounds, falling to 0 while it is faded out.
    room: f32,
    amplitude: f32,
    fall: f32,
    next: Option<(Grain, u32)>,
}

const REST: Struck = Struck {
    modes: [Mode { state: [0.0; 2], turn: [0.0; 2] }; MODES],
    pan: [0.0; 2],
    room: 0.0,
    amplitude: 0.0,
    fall: 0.0,
    next: None,
};

/// The voice `strikes`.
pub struct Strikes {
    all: Vec<Struck>,
    knobs: StrikeKnobs,
    rate: f32,
    damp: f32,
}

impl Strikes {
    fn strike(&self, grain: &Grain) -> Struck {
        let k = &self.knobs;
        let mut struck = REST;
        // A soft hit excites little but the lowest mode: amplitudes fall as ratio to the power −3 … −½.
        let tilt = 3.0 - 2.5 * (k.bright * (0.4 + 0.6 * grain.loud)).clamp(0.0, 1.0);
        let mut sum = 0.0;
        for (mode, ratio) in struck.modes.iter_mut().zip(ratios(k.body)) {
            let pitch = grain.pitch * ratio;
            if pitch > 0.45 * self.rate {
                break;
            }
            // Higher modes die sooner.
            let radius = libm::expf(-6.907_755 * ratio / (k.decay.max(0.01) * self.rate));
            let angle = core::f32::consts::TAU * pitch / self.rate;
            mode.turn = [radius * libm::cosf(angle), radius * libm::sinf(angle)];
            let amplitude = libm::powf(ratio, -tilt);
            mode.state = [0.0, amplitude];
            sum += amplitude;
        }
        let level = 0.5 * grain.loud / sum.max(1e-6);
        struck.modes.iter_mut().for_each(|m| m.state[1] *= level);
        struck.pan = pan(grain.pan);
        (struck.room, struck.amplitude) = (1.0, 0.5 * grain.loud);
        struck.fall = libm::expf(-6.907_755 / (k.decay.max(0.01) * self.rate));
        struck
    }
}

impl Voice for Strikes {
    const NAME: &'static str = "strikes";
    const ABOUT: &'static str = "Each collision that a world reports strikes a body, whose modes ring (van den Doel and Pai 1998): \
                                 the larger the lower, the harder the brighter, from where it happened.";
    const READS: Reads = Reads::Soundings;
    type Knobs = StrikeKnobs;

    fn new(rate: f32) -> Self {
        Self { all: vec![REST; BODIES], knobs: StrikeKnobs::default(), rate, damp: 1.0 / (DAMP * rate) }
    }
    fn tune(&mut self, knobs: &StrikeKnobs) {
        self.knobs = knobs.clone();
    }

    fn grain(&mut self, grain: &Grain, wait: u32) {
        let free = self.all.iter_mut().filter(|b| b.next.is_none());
        if let Some(body) = free.min_by(|a, b| a.amplitude.total_cmp(&b.amplitude)) {
            body.next = Some((*grain, wait));
        }
    }

    fn sample(&mut self) -> [f32; 2] {
        let mut out = [0.0f32; 2];
        for i in 0..self.all.len() {
            if let Some((grain, wait)) = self.all[i].next {
                let b = &mut self.all[i];
                if wait > 0 {
                    b.next = Some((grain, wait - 1));
                } else if b.amplitude > SILENCE && b.room > 0.0 {
                    b.room -= self.damp;
                } else {
                    self.all[i] = self.strike(&grain);
                }
            }
            let b = &mut self.all[i];
            if b.amplitude <= SILENCE {
                continue;
            }
            let mut x = 0.0;
            for mode in &mut b.modes {
                let ([re, im], [c, s]) = (mode.state, mode.turn);
                mode.state = [re * c + im * s, im * c - re * s];
                x += mode.state[0];
            }
            x *= b.room.max(0.0);
            b.amplitude *= b.fall;
            out[0] += x * b.pan[0];
            out[1] += x * b.pan[1];
        }
        out
    }

    /// The strongest strikes of the tick, as many as the rate allows.
    fn score(k: &StrikeKnobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        let wanted = k.rate * frame.engine.scene().dt() as f32;
        let most = (wanted + frame.rng.named("count").unit(0)) as usize;
        let mut hits: Vec<_> =
            reader.soundings(frame).iter().filter(|s| s.strength * k.gain >= k.threshold.max(1e-6)).collect();
        // Stable: of equals, those that happened first.
        hits.sort_by(|a, b| b.strength.total_cmp(&a.strength));
        commands.extend(hits.into_iter().take(most).map(|hit| {
            // A wall or an obstacle is a larger body than what strikes it.
            let larger = if hit.kind == 0 { 1.0 } else { 1.5 };
            let higher = libm::exp2f(k.spread * (0.5 - hit.y));
            SynthCommand::Grain(Grain {
                voice: frame.voice,
                at: hit.at,
                pitch: (k.root * higher * k.size / (hit.size.max(0.05) * larger)).clamp(20.0, 16_000.0),
                loud: (hit.strength * k.gain).min(1.0),
                pan: (2.0 * hit.x - 1.0) * 0.9,
                seed: hit.kind as u32,
            })
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::strength;

    const RATE: f32 = 48_000.0;

    fn struck(knobs: StrikeKnobs, pitch: f32, loud: f32, seconds: f32) -> Vec<f32> {
        let mut voice = Strikes::new(RATE);
        voice.tune(&knobs);
        voice.grain(&Grain { voice: 0, at: 0.0, pitch, loud, pan: 0.0, seed: 0 }, 0);
        (0..(RATE * seconds) as usize).map(|_| voice.sample()[0]).collect()
    }

    #[test]
    fn each_body_rings_in_its_own_modes() {
        for body in [Body::Bar, Body::Glass, Body::Drum, Body::String] {
            let x =
                struck(StrikeKnobs { body, bright: 1.0, decay: 4.0, ..Default::default() }, 300.0, 1.0, 1.0);
            for ratio in ratios(body) {
                let at = |off: f64| strength(&x, 300.0 * ratio as f64 + off);
                assert!(at(0.0) > 20.0 * at(35.0).max(at(-35.0)), "{body:?} {ratio}");
            }
        }
    }

    #[test]
    fn a_strike_decays_by_sixty_decibels_in_its_decay_time() {
        let x = struck(StrikeKnobs { bright: 0.0, decay: 1.0, ..Default::default() }, 440.0, 0.3, 1.0);
        let peak = |from: usize| x[from..from + 480].iter().fold(0.0f32, |m, v| m.max(v.abs()));
        let fall = 20.0 * (peak(38_400) / peak(14_400)).log10();
        assert!((fall + 30.0).abs() < 1.0, "{fall} dB in half the time");
    }

    #[test]
    fn a_harder_hit_is_brighter_and_louder() {
        let ring = |loud| struck(StrikeKnobs { bright: 1.0, ..Default::default() }, 440.0, loud, 0.5);
        let bright = |x: &[f32]| strength(x, 440.0 * 4.25) / strength(x, 440.0);
        let (soft, hard) = (ring(0.1), ring(1.0));
        assert!(bright(&hard) > 2.0 * bright(&soft), "{} {}", bright(&soft), bright(&hard));
        assert!(strength(&hard, 440.0) > 4.0 * strength(&soft, 440.0));
    }

    #[test]
    fn a_stolen_body_does_not_click() {
        let mut voice = Strikes::new(RATE);
        voice.tune(&StrikeKnobs { decay: 8.0, bright: 0.0, ..Default::default() });
        let (mut last, mut step) = (0.0f32, 0.0f32);
        for n in 0..48_000u32 {
            if n % 100 == 0 {
                voice.grain(&Grain { voice: 0, at: 0.0, pitch: 60.0, loud: 0.5, pan: 0.0, seed: n }, 0);
            }
            let x = voice.sample()[0];
            step = step.max((x - last).abs());
            last = x;
        }
        // 64 bodies of a quarter at 60 Hz move by at most 0.13 a sample together; one cut at its peak steps by more.
        assert!(last.is_finite() && step < 0.15, "{step}");
    }
}

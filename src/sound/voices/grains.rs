//! `grains`: plucked strings where a field is above a threshold. A string is a delay line fed back through an averaging
//! filter (Karplus and Strong 1983), tuned by an allpass and with a set decay (Jaffe and Smith 1983).

use super::Voice;
use crate::command::SynthCommand;
use crate::grain::Grain;
use crate::math::pan;
use crate::sonify::fields::{FINE, Reader};
use crate::sonify::voice_frame::{MOST, VoiceFrame};
use world::rng::Rng;
use world::voice::Reads;

world::choices! {
    /// Scales of `grains`, by their steps within the octave.
    pub enum Steps {
        /// Major pentatonic.
        Pentatonic: "pentatonic",
        /// Natural minor.
        Minor: "minor",
        /// Major.
        Major: "major",
        /// Whole tones.
        Whole: "whole",
        /// All twelve semitones.
        Chromatic: "chromatic",
        /// Harmonics 8 to 15.
        Harmonic: "harmonic",
        /// Any pitch.
        Free: "free",
    }
}

world::params! {
    /// Knobs of `grains`.
    pub struct GrainKnobs {
        /// Loudness.
        level: f32 = -12.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.3 in 0.0..=1.0;
        /// Input gain: the field is multiplied by this before the threshold.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Least value that plucks, 0 to 1 of the field's range.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Most grains a second.
        rate: f32 = 60.0 in 0.5..=600.0, Log, unit "1/s";
        /// Pitch at the bottom of the picture.
        root: f32 = 110.0 in 20.0..=2000.0, Log, unit "Hz";
        /// Pitch range from the bottom of the picture to the top.
        octaves: f32 = 3.0 in 0.0..=6.0, unit "octaves";
        /// Scale that pitches are quantised to.
        scale: Choice of Steps = "pentatonic";
        /// Decay time of a grain to −60 dB.
        decay: f32 = 1.2 in 0.02..=12.0, Log, unit "s";
        /// Brightness: from a soft finger to a hard pick.
        bright: f32 = 0.5 in 0.0..=1.0;
    }
}

/// Polyphony: a new string steals the oldest.
const STRINGS: usize = 48;
/// Fade-out of a stolen string, s.
const DAMP: f32 = 0.004;
/// Lowest pitch, Hz.
const LOWEST: f32 = 20.0;

struct DelayLine {
    data: Vec<f32>,
    length: usize,
    at: usize,
    last: f32,
    tune: f32,
    allpass: [f32; 2],
    loss: f32,
    soft: f32,
    pan: [f32; 2],
    /// 1 while it sounds, falling to 0 while it is faded out.
    damp: f32,
    left: u64,
    age: u64,
    waiting: Option<(Grain, u32)>,
}

impl DelayLine {
    fn new(rate: f32) -> Self {
        Self {
            data: vec![0.0; (rate / LOWEST) as usize + 4],
            length: 2,
            at: 0,
            last: 0.0,
            tune: 0.0,
            allpass: [0.0; 2],
            loss: 0.0,
            soft: 0.5,
            pan: [0.0; 2],
            damp: 0.0,
            left: 0,
            age: 0,
            waiting: None,
        }
    }

    /// Fills the string with one period of low-pass noise without its mean.
    fn pluck(&mut self, grain: &Grain, how: &Pluck) {
        let pitch = grain.pitch.clamp(LOWEST, how.rate * 0.22);
        let period = how.rate / pitch;
        self.soft = 0.5 - 0.4 * how.bright;
        // The averaging filter delays by `soft`, the allpass by the remaining fraction of the period.
        let whole = libm::floorf(period - self.soft - 0.2).max(2.0);
        let rest = period - self.soft - whole;
        self.tune = (1.0 - rest) / (1.0 + rest);
        self.length = (whole as usize).min(self.data.len());
        self.loss = libm::powf(10.0, -3.0 / (pitch * how.decay));
        self.fill(grain, how.bright);
        (self.at, self.last, self.allpass) = (0, 0.0, [0.0; 2]);
        self.pan = pan(grain.pan);
        self.damp = 1.0;
        self.left = (1.5 * how.decay * how.rate) as u64;
        self.age = 0;
    }

    fn fill(&mut self, grain: &Grain, bright: f32) {
        let rng = Rng::new(grain.seed as u64).named("pluck");
        let line = &mut self.data[..self.length];
        let (mut low, pole) = (0.0f32, 0.08 + 0.92 * bright * bright);
        for (i, v) in line.iter_mut().enumerate() {
            low += (rng.range(i as u64, -1.0, 1.0) - low) * pole;
            *v = low;
        }
        let n = line.len() as f32;
        let mean = line.iter().sum::<f32>() / n;
        line.iter_mut().for_each(|v| *v -= mean);
        let power = line.iter().map(|v| v * v).sum::<f32>() / n;
        let gain = 0.35 * grain.loud / power.sqrt().max(1e-6);
        line.iter_mut().for_each(|v| *v *= gain);
    }

    #[inline(always)]
    fn sample(&mut self) -> f32 {
        let x = self.data[self.at];
        let soft = (1.0 - self.soft) * x + self.soft * self.last;
        self.last = x;
        let soft = soft * self.loss;
        let tuned = self.tune * soft + self.allpass[0] - self.tune * self.allpass[1];
        self.allpass = [soft, tuned];
        self.data[self.at] = tuned;
        self.at += 1;
        if self.at >= self.length {
            self.at = 0;
        }
        self.left = self.left.saturating_sub(1);
        self.age += 1;
        x
    }
}

/// Parameters of a pluck.
struct Pluck {
    rate: f32,
    decay: f32,
    bright: f32,
}

/// The voice `grains`.
pub struct Grains {
    lines: Vec<DelayLine>,
    pluck: Pluck,
    damping: f32,
}

impl Voice for Grains {
    const NAME: &'static str = "grains";
    const ABOUT: &'static str = "Each cell above the threshold plucks a string (Karplus and Strong 1983), \
                                 panned and pitched by its position.";
    const READS: Reads = Reads::Field;
    type Knobs = GrainKnobs;

    fn new(rate: f32) -> Self {
        Self {
            lines: (0..STRINGS).map(|_| DelayLine::new(rate)).collect(),
            pluck: Pluck { rate, decay: 1.0, bright: 0.5 },
            damping: 1.0 / (DAMP * rate),
        }
    }

    fn tune(&mut self, knobs: &GrainKnobs) {
        self.pluck.decay = knobs.decay.max(0.01);
        self.pluck.bright = knobs.bright.clamp(0.0, 1.0);
    }

    fn grain(&mut self, grain: &Grain, wait: u32) {
        let free = self.lines.iter_mut().filter(|l| l.waiting.is_none());
        // A free string first, then the oldest.
        if let Some(line) = free.max_by_key(|l| if l.left == 0 { u64::MAX } else { l.age }) {
            line.waiting = Some((*grain, wait));
        }
    }

    fn sample(&mut self) -> [f32; 2] {
        let mut out = [0.0f32; 2];
        for line in &mut self.lines {
            if let Some((grain, wait)) = line.waiting {
                line.damp = if line.left == 0 { 0.0 } else { line.damp };
                if wait > 0 {
                    line.waiting = Some((grain, wait - 1));
                } else if line.damp > 0.0 {
                    line.damp -= self.damping;
                } else {
                    line.pluck(&grain, &self.pluck);
                    line.waiting = None;
                }
            }
            if line.left == 0 {
                continue;
            }
            let x = line.sample() * line.damp.max(0.0);
            out[0] += x * line.pan[0];
            out[1] += x * line.pan[1];
        }
        out
    }

    /// Each cell above the threshold may pluck; where there are more than the rate allows, all are equally likely.
    fn score(k: &GrainKnobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        let field = reader.field(frame, FINE);
        let (w, h) = field.size;
        let least = k.threshold.max(1e-6) / k.gain;
        let above = field.values.iter().filter(|v| **v >= least).count();
        let wanted = k.rate * frame.engine.scene().dt() as f32;
        let chance = wanted / above.max(1) as f32;
        let (pick, when) = (frame.rng.named("pick"), frame.rng.named("when"));
        let cells = field.values.iter().enumerate().filter(|(_, v)| **v >= least);
        for (i, v) in cells.filter(|(i, _)| pick.unit(*i as u64) < chance).take(MOST) {
            let (x, y) = ((i % w) as f32 + 0.5, (i / w) as f32 + 0.5);
            let height = k.octaves * (1.0 - y / h as f32);
            commands.push(SynthCommand::Grain(Grain {
                voice: frame.voice,
                at: when.unit(i as u64),
                pitch: k.root * libm::exp2f(quantised(height, k.scale)),
                loud: 0.3 + 0.7 * (v * k.gain).min(1.0),
                pan: 2.0 * x / w as f32 - 1.0,
                seed: pick.bits(i as u64) as u32,
            }));
        }
    }
}

/// Steps of a scale within the octave, in octaves; none where pitch is continuous.
const fn steps(scale: Steps) -> Option<&'static [f32]> {
    Some(match scale {
        Steps::Pentatonic => &[0.0, 2.0 / 12.0, 4.0 / 12.0, 7.0 / 12.0, 9.0 / 12.0],
        Steps::Minor => &[0.0, 2.0 / 12.0, 3.0 / 12.0, 5.0 / 12.0, 7.0 / 12.0, 8.0 / 12.0, 10.0 / 12.0],
        Steps::Major => &[0.0, 2.0 / 12.0, 4.0 / 12.0, 5.0 / 12.0, 7.0 / 12.0, 9.0 / 12.0, 11.0 / 12.0],
        Steps::Whole => &[0.0, 2.0 / 12.0, 4.0 / 12.0, 6.0 / 12.0, 8.0 / 12.0, 10.0 / 12.0],
        Steps::Chromatic => &[
            0.0,
            1.0 / 12.0,
            2.0 / 12.0,
            3.0 / 12.0,
            4.0 / 12.0,
            5.0 / 12.0,
            6.0 / 12.0,
            7.0 / 12.0,
            8.0 / 12.0,
            9.0 / 12.0,
            10.0 / 12.0,
            11.0 / 12.0,
        ],
        // Harmonics 8 to 15 of the pitch three octaves below the root.
        Steps::Harmonic => &[0.0, 0.169_925, 0.321_928, 0.459_432, 0.584_963, 0.700_44, 0.807_355, 0.906_891],
        Steps::Free => return None,
    })
}

/// Quantises a pitch, in octaves, down to the nearest step of a scale.
fn quantised(octaves: f32, scale: Steps) -> f32 {
    let Some(steps) = steps(scale) else { return octaves };
    let whole = libm::floorf(octaves);
    let rest = octaves - whole + 1e-4;
    whole + steps.iter().rev().find(|s| **s <= rest).unwrap_or(&0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(pitch: f32, seconds: f32) -> Vec<f32> {
        let mut s = Grains::new(48_000.0);
        s.tune(&GrainKnobs { decay: 2.0, ..Default::default() });
        s.grain(&Grain { voice: 0, at: 0.0, pitch, loud: 1.0, pan: 0.0, seed: 3 }, 0);
        (0..(48_000.0 * seconds) as usize).map(|_| s.sample()[0]).collect()
    }

    /// The pitch from the autocorrelation peak near the expected lag, refined by a parabola.
    fn pitch_of(x: &[f32], near: f32) -> f32 {
        let lag = 48_000.0 / near;
        let part = &x[12_000..12_000 + 16_384];
        let r = |l: usize| part[..8192].iter().zip(&part[l..]).map(|(a, b)| (a * b) as f64).sum::<f64>();
        let (lo, hi) = ((lag * 0.94) as usize, (lag * 1.06) as usize + 2);
        let best = (lo..=hi).max_by(|&a, &b| r(a).total_cmp(&r(b))).unwrap();
        let (a, b, c) = (r(best - 1), r(best), r(best + 1));
        (48_000.0 / (best as f64 + 0.5 * (a - c) / (a - 2.0 * b + c))) as f32
    }

    #[test]
    fn strings_are_in_tune() {
        for pitch in [55.0, 110.0, 196.0, 440.0, 987.8] {
            let found = pitch_of(&played(pitch, 0.8), pitch);
            let cents = 1200.0 * (found / pitch).log2();
            assert!(cents.abs() < 5.0, "{pitch} Hz sounds at {found}: {cents} cent");
        }
    }

    #[test]
    fn a_string_decays_by_sixty_decibels_in_its_decay_time() {
        let x = played(110.0, 2.5);
        let power = |from: usize| x[from..from + 4800].iter().map(|v| v * v).sum::<f32>();
        let fall = 10.0 * (power(48_000) / power(0)).log10();
        // One second of two: 30 dB for the root, more for its harmonics.
        assert!((-48.0..-27.0).contains(&fall), "{fall} dB");
    }

    #[test]
    fn a_stolen_string_does_not_click() {
        let mut s = Grains::new(48_000.0);
        s.tune(&GrainKnobs { bright: 0.0, decay: 1.0, ..Default::default() });
        let mut last = 0.0;
        let mut step = 0.0f32;
        for n in 0..48_000u32 {
            if n % 100 == 0 {
                s.grain(&Grain { voice: 0, at: 0.0, pitch: 60.0, loud: 0.5, pan: 0.0, seed: n }, 0);
            }
            let x = s.sample()[0];
            step = step.max((x - last).abs());
            last = x;
        }
        // 48 strings of 0.12 rms; a hard cut of one alone would step by its own peak, over and over.
        assert!(last.is_finite() && step < 1.0, "{step}");
    }

    #[test]
    fn pitches_are_quantised_to_the_scale() {
        assert_eq!(quantised(1.0, Steps::Pentatonic), 1.0);
        assert!((quantised(1.99, Steps::Major) - (1.0 + 11.0 / 12.0)).abs() < 1e-6);
        assert!((quantised(0.35, Steps::Minor) - 3.0 / 12.0).abs() < 1e-6);
        assert_eq!(quantised(0.777, Steps::Free), 0.777);
    }
}

//! `grains`: plucked strings where a field is above a threshold. A string is a delay line that feeds itself through an
//! averaging filter (Karplus and Strong 1983), tuned by an allpass and with a set decay (Jaffe and Smith 1983).

use super::Voice;
use crate::command::{Grain, SynthCommand};
use crate::math::pan;
use crate::sonify::{FINE, MOST, Reader, VoiceFrame};
use world::rng::Rng;
use world::voice::{GrainKnobs, Steps};

/// Strings that sound at the same time; a new one takes the place of the oldest.
const STRINGS: usize = 48;
/// Seconds in which a string that is taken over falls silent.
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
    /// 1 while it sounds, falling to 0 while it is damped.
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

    /// Noise of one period is put upon the string, its mean taken off, softened by a finger.
    fn pluck(&mut self, grain: &Grain, how: &Pluck) {
        let pitch = grain.pitch.clamp(LOWEST, how.rate * 0.22);
        let period = how.rate / pitch;
        self.soft = 0.5 - 0.4 * how.bright;
        // The averaging filter delays by `soft`, the allpass by what is then left of the period.
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

/// How a string is plucked.
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
        // A string at rest first, then the one that has sounded longest.
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

    /// Each cell above the threshold may pluck; where there are more than the rate allows, each is as likely as any other.
    fn score(k: &GrainKnobs, m: &VoiceFrame, reader: &mut Reader, orders: &mut Vec<SynthCommand>) {
        let heard = reader.field(m, FINE);
        let (w, h) = heard.size;
        let least = k.threshold.max(1e-6) / k.gain;
        let above = heard.values.iter().filter(|v| **v >= least).count();
        let wanted = k.rate * m.engine.scene().dt() as f32;
        let chance = wanted / above.max(1) as f32;
        let (pick, when) = (m.rng.named("pick"), m.rng.named("when"));
        let cells = heard.values.iter().enumerate().filter(|(_, v)| **v >= least);
        for (i, v) in cells.filter(|(i, _)| pick.unit(*i as u64) < chance).take(MOST) {
            let (x, y) = ((i % w) as f32 + 0.5, (i / w) as f32 + 0.5);
            let height = k.octaves * (1.0 - y / h as f32);
            orders.push(SynthCommand::Grain(Grain {
                voice: m.voice,
                at: when.unit(i as u64),
                pitch: k.root * libm::exp2f(on_scale(height, k.scale)),
                loud: 0.3 + 0.7 * (v * k.gain).min(1.0),
                pan: 2.0 * x / w as f32 - 1.0,
                seed: pick.bits(i as u64) as u32,
            }));
        }
    }
}

/// Steps of a scale within the octave, in octaves; none where any pitch is one.
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
        // Harmonics 8 to 15 of the root's third octave below.
        Steps::Harmonic => &[0.0, 0.169_925, 0.321_928, 0.459_432, 0.584_963, 0.700_44, 0.807_355, 0.906_891],
        Steps::Free => return None,
    })
}

/// A height in octaves, on the nearest step of a scale below it.
fn on_scale(octaves: f32, scale: Steps) -> f32 {
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

    /// The lag of the greatest autocorrelation around the expected one, refined by a parabola.
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
    fn a_string_falls_by_sixty_decibels_in_its_decay_time_at_its_root() {
        let x = played(110.0, 2.5);
        let power = |from: usize| x[from..from + 4800].iter().map(|v| v * v).sum::<f32>();
        let fall = 10.0 * (power(48_000) / power(0)).log10();
        // One second of two: 30 dB for the root, more for what lies above it.
        assert!((-48.0..-27.0).contains(&fall), "{fall} dB");
    }

    #[test]
    fn a_string_that_is_taken_over_does_not_click() {
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
    fn scales_hold_their_steps() {
        assert_eq!(on_scale(1.0, Steps::Pentatonic), 1.0);
        assert!((on_scale(1.99, Steps::Major) - (1.0 + 11.0 / 12.0)).abs() < 1e-6);
        assert!((on_scale(0.35, Steps::Minor) - 3.0 / 12.0).abs() < 1e-6);
        assert_eq!(on_scale(0.777, Steps::Free), 0.777);
    }
}

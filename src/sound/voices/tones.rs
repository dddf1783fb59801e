//! Tones that go on: intervals in just intonation, and the partials of one tone.

use super::Sounding;
use crate::math::{Glide, from_db, pan, sine};
use world::voice::MOST_SIGNALS;

/// Ratios within the octave of each chord, in the order of the knob `chord`; tones beyond the list go an octave up.
pub const CHORDS: [&[f32]; 6] = [
    &[1.0, 9.0 / 8.0, 5.0 / 4.0, 3.0 / 2.0, 5.0 / 3.0],
    &[1.0],
    &[1.0, 5.0 / 4.0, 3.0 / 2.0],
    &[1.0, 6.0 / 5.0, 3.0 / 2.0],
    &[1.0, 3.0 / 2.0],
    &[1.0, 4.0 / 3.0, 16.0 / 9.0],
];
/// The chord whose tones are the whole multiples of the root.
const HARMONICS: usize = 1;
/// Overtones of a tone.
const OVERTONES: usize = 6;

/// Ratio of tone `i` of a chord to the root.
fn ratio(chord: usize, i: usize) -> f32 {
    let list = CHORDS[chord.min(CHORDS.len() - 1)];
    match chord {
        HARMONICS => (i + 1) as f32,
        _ => list[i % list.len()] * (1u32 << (i / list.len()).min(8)) as f32,
    }
}

struct Tone {
    level: Glide,
    turn: Glide,
    phase: [f32; 2],
    pan: [f32; 2],
}

/// The voice `intervals`.
pub struct Intervals {
    tones: Vec<Tone>,
    rate: f32,
    root: f32,
    chord: usize,
    bright: Glide,
    detune: Glide,
}

impl Intervals {
    /// All tones silent.
    pub fn new(rate: f32) -> Self {
        let tone = |i: usize| Tone {
            level: Glide::new(0.0, 0.2, rate),
            turn: Glide::new(110.0 * ratio(0, i) / rate, 0.03, rate),
            phase: [0.0, 0.37],
            pan: pan(if i.is_multiple_of(2) { -0.5 } else { 0.5 } * (i as f32 / MOST_SIGNALS as f32).sqrt()),
        };
        Self {
            tones: (0..MOST_SIGNALS).map(tone).collect(),
            rate,
            root: 110.0,
            chord: 0,
            bright: Glide::new(0.3, 0.03, rate),
            detune: Glide::new(0.0, 0.03, rate),
        }
    }

    fn retune(&mut self) {
        for (i, t) in self.tones.iter_mut().enumerate() {
            t.turn.to((self.root * ratio(self.chord, i) / self.rate).min(0.45));
        }
    }
}

impl Sounding for Intervals {
    fn knob(&mut self, name: &'static str, value: f32) {
        match name {
            "root" => self.root = value,
            "chord" => self.chord = value as usize,
            "bright" => self.bright.to(value),
            "detune" => self.detune.to(libm::exp2f(value / 2400.0) - 1.0),
            "glide" => self.tones.iter_mut().for_each(|t| t.level.within(value, self.rate)),
            _ => {}
        }
        self.retune();
    }

    fn level(&mut self, part: usize, value: f32, _: f32) {
        if let Some(tone) = self.tones.get_mut(part) {
            tone.level.to(value);
        }
    }

    fn sample(&mut self) -> [f32; 2] {
        let mut out = [0.0f32; 2];
        let (bright, detune) = (self.bright.next(), self.detune.next());
        for t in &mut self.tones {
            let (level, turn) = (t.level.next(), t.turn.next());
            if t.level.is_silent() {
                continue;
            }
            let strings = [turn * (1.0 - detune), turn * (1.0 + detune)];
            for (c, turn) in strings.into_iter().enumerate() {
                t.phase[c] += turn;
                t.phase[c] -= libm::floorf(t.phase[c]);
                let x = overtones(t.phase[c], turn, bright) * level;
                out[c] += x * (0.35 + 0.65 * t.pan[c]);
            }
        }
        [out[0] * 0.5, out[1] * 0.5]
    }
}

/// A tone with overtones of 1/n, by the recurrence of sines of multiples; none above the half of the sample rate.
#[inline(always)]
fn overtones(phase: f32, turn: f32, bright: f32) -> f32 {
    let (one, twice) = (sine(phase), 2.0 * sine(phase + 0.25));
    let (mut before, mut now, mut sum) = (0.0, one, one);
    for n in 2..=OVERTONES {
        (before, now) = (now, twice * now - before);
        if n as f32 * turn < 0.45 {
            sum += bright * now / n as f32;
        }
    }
    sum
}

/// Partials of the voice `partials`.
pub const PARTIALS: usize = 24;

struct Partial {
    level: Glide,
    turn: Glide,
    tilt: Glide,
    phase: f32,
    pan: [f32; 2],
}

/// The voice `partials`.
pub struct Partials {
    all: Vec<Partial>,
    rate: f32,
    root: f32,
    stretch: f32,
    tilt: f32,
}

impl Partials {
    /// All partials silent.
    pub fn new(rate: f32) -> Self {
        let partial = |i: usize| Partial {
            level: Glide::new(0.0, 0.3, rate),
            turn: Glide::new(0.0, 0.03, rate),
            tilt: Glide::new(1.0, 0.03, rate),
            phase: (i as f32 * 0.618).fract(),
            pan: pan(if i.is_multiple_of(2) { -0.6 } else { 0.6 } * (i as f32 / PARTIALS as f32)),
        };
        let mut voice =
            Self { all: (0..PARTIALS).map(partial).collect(), rate, root: 55.0, stretch: 1.0, tilt: 4.0 };
        voice.retune();
        voice.all.iter_mut().for_each(|p| p.turn.jump());
        voice
    }

    fn retune(&mut self) {
        for (i, p) in self.all.iter_mut().enumerate() {
            let n = (i + 1) as f32;
            let turn = self.root * libm::powf(n, self.stretch) / self.rate;
            p.turn.to(turn.min(0.45));
            // What would lie above hearing is silent, not folded back.
            let heard = if turn < 0.42 { 1.0 } else { 0.0 };
            p.tilt.to(heard * from_db(-self.tilt * libm::log2f(n)));
        }
    }
}

impl Sounding for Partials {
    fn knob(&mut self, name: &'static str, value: f32) {
        match name {
            "root" => self.root = value,
            "stretch" => self.stretch = value,
            "tilt" => self.tilt = value,
            "glide" => self.all.iter_mut().for_each(|p| p.level.within(value, self.rate)),
            _ => {}
        }
        self.retune();
    }

    fn level(&mut self, part: usize, value: f32, _: f32) {
        if let Some(partial) = self.all.get_mut(part) {
            partial.level.to(value);
        }
    }

    fn sample(&mut self) -> [f32; 2] {
        let mut out = [0.0f32; 2];
        for p in &mut self.all {
            let (level, turn, tilt) = (p.level.next(), p.turn.next(), p.tilt.next());
            if p.level.is_silent() {
                continue;
            }
            p.phase += turn;
            p.phase -= libm::floorf(p.phase);
            let x = sine(p.phase) * level * tilt * 0.7;
            out[0] += x * p.pan[0];
            out[1] += x * p.pan[1];
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strength of a frequency in a sound (Goertzel 1958).
    fn strength(x: &[f32], pitch: f64) -> f64 {
        let w = core::f64::consts::TAU * pitch / 48_000.0;
        let (mut a, mut b) = (0.0, 0.0);
        for (n, v) in x.iter().enumerate() {
            let window = 0.5 - 0.5 * (core::f64::consts::TAU * n as f64 / x.len() as f64).cos();
            a += *v as f64 * window * (w * n as f64).cos();
            b += *v as f64 * window * (w * n as f64).sin();
        }
        4.0 * (a * a + b * b).sqrt() / x.len() as f64
    }

    #[test]
    fn signals_sound_as_just_intervals() {
        let mut v = Intervals::new(48_000.0);
        [("chord", 2.0), ("root", 220.0), ("bright", 0.0), ("detune", 0.0)]
            .iter()
            .for_each(|(n, x)| v.knob(n, *x));
        v.level(0, 1.0, 0.0);
        v.level(2, 0.5, 0.0);
        let x: Vec<f32> = (0..144_000).map(|_| v.sample()[0]).collect();
        let x = &x[96_000..];
        assert!(strength(x, 220.0) > 0.2 && strength(x, 330.0) > 0.1);
        assert!(strength(x, 275.0) < 1e-3 && strength(x, 440.0) < 1e-3);
    }

    #[test]
    fn partials_stand_where_the_stretch_puts_them() {
        let mut v = Partials::new(48_000.0);
        [("root", 100.0), ("stretch", 1.1), ("tilt", 6.0)].iter().for_each(|(n, x)| v.knob(n, *x));
        v.level(0, 1.0, 0.0);
        v.level(3, 1.0, 0.0);
        let x: Vec<f32> = (0..144_000).map(|_| v.sample()[0]).collect();
        let x = &x[96_000..];
        let fourth = 100.0 * 4f64.powf(1.1);
        assert!(strength(x, fourth) > 0.03 && strength(x, 400.0) < 2e-3);
        // Two octaves up: 12 dB less, and a little more to the right.
        let fall = 20.0 * (strength(x, fourth) / strength(x, 100.0)).log10();
        assert!((-13.5..-10.5).contains(&fall), "{fall}");
    }
}

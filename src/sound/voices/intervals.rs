//! `intervals`: each signal is a tone in just intonation.

use super::Voice;
use crate::command::SynthCommand;
use crate::math::{SmoothedValue, pan, sine};
use crate::sonify::{Reader, VoiceFrame};
use world::voice::{Chord, IntervalKnobs, MOST_SIGNALS, VoiceInput};

/// Overtones of a tone.
const OVERTONES: usize = 6;

/// Ratios of a chord within the octave; tones beyond the list go an octave up.
const fn ratios(chord: Chord) -> &'static [f32] {
    match chord {
        Chord::Pentatonic => &[1.0, 9.0 / 8.0, 5.0 / 4.0, 3.0 / 2.0, 5.0 / 3.0],
        Chord::Harmonics => &[1.0],
        Chord::Major => &[1.0, 5.0 / 4.0, 3.0 / 2.0],
        Chord::Minor => &[1.0, 6.0 / 5.0, 3.0 / 2.0],
        Chord::Fifths => &[1.0, 3.0 / 2.0],
        Chord::Fourths => &[1.0, 4.0 / 3.0, 16.0 / 9.0],
    }
}

/// Ratio of tone `i` of a chord to the root.
fn ratio(chord: Chord, i: usize) -> f32 {
    let list = ratios(chord);
    match chord {
        Chord::Harmonics => (i + 1) as f32,
        _ => list[i % list.len()] * (1u32 << (i / list.len()).min(8)) as f32,
    }
}

struct Oscillator {
    level: SmoothedValue,
    turn: SmoothedValue,
    phase: [f32; 2],
    pan: [f32; 2],
}

/// The voice `intervals`.
pub struct Intervals {
    tones: Vec<Oscillator>,
    rate: f32,
    bright: SmoothedValue,
    detune: SmoothedValue,
}

impl Voice for Intervals {
    const NAME: &'static str = "intervals";
    type Knobs = IntervalKnobs;

    fn new(rate: f32) -> Self {
        let tone = |i: usize| Oscillator {
            level: SmoothedValue::new(0.0, 0.2, rate),
            turn: SmoothedValue::new(110.0 * ratio(Chord::Pentatonic, i) / rate, 0.03, rate),
            phase: [0.0, 0.37],
            pan: pan(if i.is_multiple_of(2) { -0.5 } else { 0.5 } * (i as f32 / MOST_SIGNALS as f32).sqrt()),
        };
        Self {
            tones: (0..MOST_SIGNALS).map(tone).collect(),
            rate,
            bright: SmoothedValue::new(0.3, 0.03, rate),
            detune: SmoothedValue::new(0.0, 0.03, rate),
        }
    }

    fn tune(&mut self, knobs: &IntervalKnobs) {
        self.bright.to(knobs.bright);
        self.detune.to(libm::exp2f(knobs.detune / 2400.0) - 1.0);
        for (i, t) in self.tones.iter_mut().enumerate() {
            t.level.within(knobs.glide, self.rate);
            t.turn.to((knobs.root * ratio(knobs.chord, i) / self.rate).min(0.45));
        }
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

    /// Each signal within its range is the strength of a tone.
    fn score(k: &IntervalKnobs, m: &VoiceFrame, _: &mut Reader, orders: &mut Vec<SynthCommand>) {
        for (i, input) in m.plan.inputs.iter().enumerate() {
            let VoiceInput::Signal(name, [lo, hi]) = input else { continue };
            let value = if hi > lo { (m.engine.signals().get(name) - lo) / (hi - lo) } else { 0.0 };
            let value = (value as f32 * k.gain).clamp(0.0, 1.0);
            orders.push(SynthCommand::Level { voice: m.voice, part: i as u8, value, place: 0.0 });
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::strength;

    #[test]
    fn signals_sound_as_just_intervals() {
        let mut v = Intervals::new(48_000.0);
        let knobs = IntervalKnobs {
            root: 220.0,
            chord: Chord::Major,
            bright: 0.0,
            detune: 0.0,
            ..Default::default()
        };
        v.tune(&knobs);
        v.level(0, 1.0, 0.0);
        v.level(2, 0.5, 0.0);
        let x: Vec<f32> = (0..144_000).map(|_| v.sample()[0]).collect();
        let x = &x[96_000..];
        assert!(strength(x, 220.0) > 0.2 && strength(x, 330.0) > 0.1);
        assert!(strength(x, 275.0) < 1e-3 && strength(x, 440.0) < 1e-3);
    }
}

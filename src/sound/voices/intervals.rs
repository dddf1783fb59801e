//! `intervals`: each signal is the level of a tone in just intonation.

use super::Voice;
use crate::command::SynthCommand;
use crate::math::{SmoothedValue, pan, sine};
use crate::sonify::fields::Reader;
use crate::sonify::voice_frame::VoiceFrame;
use world::voice::{MOST_SIGNALS, Reads, VoiceInput};

world::choices! {
    /// Chords of `intervals`, by ratios to the first tone.
    pub enum Chord {
        /// Pentatonic, in just intonation.
        Pentatonic: "pentatonic",
        /// The harmonic series.
        Harmonics: "harmonics",
        /// Major triad, in just intonation.
        Major: "major",
        /// Minor triad, in just intonation.
        Minor: "minor",
        /// Fifths and octaves.
        Fifths: "fifths",
        /// Stacked fourths.
        Fourths: "fourths",
    }
}

world::params! {
    /// Knobs of `intervals`.
    pub struct IntervalKnobs {
        /// Loudness.
        level: f32 = -15.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.4 in 0.0..=1.0;
        /// Input gain: the signals are multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Pitch of the first signal.
        root: f32 = 110.0 in 20.0..=2000.0, Log, unit "Hz";
        /// Ratios of the other tones to it.
        chord: Choice of Chord = "pentatonic";
        /// Brightness: no overtones at 0, overtones falling as 1/n at 1.
        bright: f32 = 0.3 in 0.0..=1.0;
        /// Detuning between the two oscillators of a tone.
        detune: f32 = 4.0 in 0.0..=50.0, unit "cent";
        /// Smoothing time of the levels.
        glide: f32 = 0.2 in 0.01..=5.0, Log, unit "s";
    }
}

/// Overtones of a tone.
const OVERTONES: usize = 6;

/// Ratios of a chord within the octave; further tones repeat them an octave up.
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
    const ABOUT: &'static str =
        "Each signal is the level of a tone in just intonation, so one hears which layers are active.";
    const READS: Reads = Reads::Signals;
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
            let detuned = [turn * (1.0 - detune), turn * (1.0 + detune)];
            for (c, turn) in detuned.into_iter().enumerate() {
                t.phase[c] += turn;
                t.phase[c] -= libm::floorf(t.phase[c]);
                let x = overtones(t.phase[c], turn, bright) * level;
                out[c] += x * (0.35 + 0.65 * t.pan[c]);
            }
        }
        [out[0] * 0.5, out[1] * 0.5]
    }

    /// Each signal, normalised to its range, is the level of a tone.
    fn score(k: &IntervalKnobs, frame: &VoiceFrame, _: &mut Reader, commands: &mut Vec<SynthCommand>) {
        for (i, input) in frame.plan.inputs.iter().enumerate() {
            let VoiceInput::Signal(name, [lo, hi]) = input else { continue };
            let value = if hi > lo { (frame.engine.signals().get(name) - lo) / (hi - lo) } else { 0.0 };
            let value = (value as f32 * k.gain).clamp(0.0, 1.0);
            commands.push(SynthCommand::Level { voice: frame.voice, part: i as u8, value, place: 0.0 });
        }
    }
}

/// A tone with overtones of 1/n, by the recurrence for sines of multiples; none above the Nyquist frequency.
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

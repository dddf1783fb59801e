//! `partials`: the histogram of a field's values is the spectrum of one tone.

use super::Voice;
use crate::command::SynthCommand;
use crate::math::{SmoothedValue, from_db, pan, sine};
use crate::sonify::fields::{COARSE, Reader};
use crate::sonify::voice_frame::VoiceFrame;
use world::voice::Reads;

world::params! {
    /// Knobs of `partials`.
    pub struct PartialKnobs {
        /// Loudness.
        level: f32 = -15.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.4 in 0.0..=1.0;
        /// Input gain: the field is multiplied by this before it is counted.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Pitch of the first partial.
        root: f32 = 55.0 in 20.0..=1000.0, Log, unit "Hz";
        /// Exponent of the series: partial n has the frequency n to this power times the root.
        stretch: f32 = 1.0 in 0.5..=1.5;
        /// Spectral tilt: attenuation per octave.
        tilt: f32 = 4.0 in 0.0..=12.0, unit "dB";
        /// Smoothing time of the levels.
        glide: f32 = 0.3 in 0.01..=5.0, Log, unit "s";
    }
}

/// Partials of the tone, and bins of the histogram.
const PARTIALS: usize = 24;

struct Partial {
    level: SmoothedValue,
    turn: SmoothedValue,
    tilt: SmoothedValue,
    phase: f32,
    pan: [f32; 2],
}

/// The voice `partials`.
pub struct Partials {
    all: Vec<Partial>,
    rate: f32,
}

impl Partials {
    /// Sets the frequency and level of every partial from the root, Hz, the exponent of the series, and the tilt, dB
    /// per octave.
    fn retune(&mut self, root: f32, stretch: f32, tilt: f32) {
        for (i, p) in self.all.iter_mut().enumerate() {
            let n = (i + 1) as f32;
            let turn = root * libm::powf(n, stretch) / self.rate;
            p.turn.to(turn.min(0.45));
            // A partial near the Nyquist frequency is muted, not aliased.
            let audible = if turn < 0.42 { 1.0 } else { 0.0 };
            p.tilt.to(audible * from_db(-tilt * libm::log2f(n)));
        }
    }
}

impl Voice for Partials {
    const NAME: &'static str = "partials";
    const ABOUT: &'static str =
        "The histogram of the field's values, in 24 bins, sets the levels of 24 partials of one tone.";
    const READS: Reads = Reads::Field;
    type Knobs = PartialKnobs;

    fn new(rate: f32) -> Self {
        let partial = |i: usize| Partial {
            level: SmoothedValue::new(0.0, 0.3, rate),
            turn: SmoothedValue::new(0.0, 0.03, rate),
            tilt: SmoothedValue::new(1.0, 0.03, rate),
            phase: (i as f32 * 0.618).fract(),
            pan: pan(if i.is_multiple_of(2) { -0.6 } else { 0.6 } * (i as f32 / PARTIALS as f32)),
        };
        let mut voice = Self { all: (0..PARTIALS).map(partial).collect(), rate };
        voice.retune(55.0, 1.0, 4.0);
        voice.all.iter_mut().for_each(|p| p.turn.jump());
        voice
    }

    fn tune(&mut self, knobs: &PartialKnobs) {
        self.all.iter_mut().for_each(|p| p.level.within(knobs.glide, self.rate));
        self.retune(knobs.root, knobs.stretch, knobs.tilt);
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

    /// The share of the field in each of 24 bins; values close to 0 are left out.
    fn score(k: &PartialKnobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        let field = reader.field(frame, COARSE);
        let mut count = [0u32; PARTIALS];
        for v in &field.values {
            let bin = v * k.gain * PARTIALS as f32;
            if bin >= 0.5 {
                count[(bin as usize).min(PARTIALS - 1)] += 1;
            }
        }
        let n = field.values.len().max(1) as f32;
        for (i, c) in count.iter().enumerate() {
            let value = libm::sqrtf(*c as f32 / n);
            commands.push(SynthCommand::Level { voice: frame.voice, part: i as u8, value, place: 0.0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::strength;

    #[test]
    fn partials_have_the_frequencies_and_levels_of_stretch_and_tilt() {
        let mut v = Partials::new(48_000.0);
        v.tune(&PartialKnobs { root: 100.0, stretch: 1.1, tilt: 6.0, ..Default::default() });
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

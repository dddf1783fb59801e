//! `partials`: the distribution of a field's values is the spectrum of one tone.

use super::Voice;
use crate::command::SynthCommand;
use crate::math::{SmoothedValue, from_db, pan, sine};
use crate::sonify::{COARSE, Reader, VoiceFrame};
use world::voice::PartialKnobs;

/// Partials of the tone, and classes in which values are counted.
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
    /// Pitch and loudness of every partial: of a root, Hz, an exponent of the series, and the fall with each octave, dB.
    fn retune(&mut self, root: f32, stretch: f32, tilt: f32) {
        for (i, p) in self.all.iter_mut().enumerate() {
            let n = (i + 1) as f32;
            let turn = root * libm::powf(n, stretch) / self.rate;
            p.turn.to(turn.min(0.45));
            // What would lie above hearing is silent, not folded back.
            let heard = if turn < 0.42 { 1.0 } else { 0.0 };
            p.tilt.to(heard * from_db(-tilt * libm::log2f(n)));
        }
    }
}

impl Voice for Partials {
    const NAME: &'static str = "partials";
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

    /// How much of the field lies in each of 24 classes; what is next to nothing is not heard.
    fn score(k: &PartialKnobs, m: &VoiceFrame, reader: &mut Reader, orders: &mut Vec<SynthCommand>) {
        let heard = reader.field(m, COARSE);
        let mut count = [0u32; PARTIALS];
        for v in &heard.values {
            let class = v * k.gain * PARTIALS as f32;
            if class >= 0.5 {
                count[(class as usize).min(PARTIALS - 1)] += 1;
            }
        }
        let n = heard.values.len().max(1) as f32;
        for (i, c) in count.iter().enumerate() {
            let value = libm::sqrtf(*c as f32 / n);
            orders.push(SynthCommand::Level { voice: m.voice, part: i as u8, value, place: 0.0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::strength;

    #[test]
    fn partials_stand_where_the_stretch_puts_them() {
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

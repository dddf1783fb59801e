//! `wind`: noise through resonators panned from left to right, each driven by its part of the field.

use fundsp::prelude32::resonator;
use fundsp::typenum::U3;

use super::Voice;
use crate::command::SynthCommand;
use crate::math::{SmoothedValue, pan};
use crate::sonify::fields::{COARSE, Reader};
use crate::sonify::strips::strips;
use crate::sonify::voice_frame::VoiceFrame;
use world::rng::Rng;
use world::voice::Reads;

world::params! {
    /// Knobs of `wind`.
    pub struct WindKnobs {
        /// Loudness.
        level: f32 = -12.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.3 in 0.0..=1.0;
        /// Input gain: the field is multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Centre frequency where the field is at its minimum.
        low: f32 = 150.0 in 20.0..=4000.0, Log, unit "Hz";
        /// Centre frequency where the field is at its maximum.
        high: f32 = 1800.0 in 40.0..=12000.0, Log, unit "Hz";
        /// Quality factor (Q) of the resonators: centre frequency over bandwidth.
        resonance: f32 = 4.0 in 0.5..=80.0, Log;
        /// Smoothing time.
        glide: f32 = 0.15 in 0.01..=5.0, Log, unit "s";
    }
}

/// Resonators, from left to right.
const REGIONS: usize = 8;

type Resonator = fundsp::combinator::An<fundsp::biquad::Resonator<f32, U3>>;

struct Region {
    filter: Resonator,
    level: SmoothedValue,
    centre: SmoothedValue,
    place: f32,
    pan: [f32; 2],
}

/// The voice `wind`.
pub struct Wind {
    regions: Vec<Region>,
    rate: f32,
    low: f32,
    high: f32,
    q: SmoothedValue,
    noise: Rng,
    at: u64,
}

impl Wind {
    fn retune(&mut self) {
        for r in &mut self.regions {
            let ratio = (self.high / self.low).max(1e-3);
            r.centre.to((self.low * libm::powf(ratio, r.place)).clamp(20.0, 0.45 * self.rate));
        }
    }
}

impl Voice for Wind {
    const NAME: &'static str = "wind";
    const ABOUT: &'static str = "Noise through eight resonators from left to right; the stronger the field \
                                 there, the louder and higher each.";
    const READS: Reads = Reads::Field;
    type Knobs = WindKnobs;

    fn new(rate: f32) -> Self {
        let region = |i: usize| {
            let mut filter = resonator();
            filter.set_sample_rate(rate as f64);
            Region {
                filter,
                level: SmoothedValue::new(0.0, 0.15, rate),
                centre: SmoothedValue::new(150.0, 0.15, rate),
                place: 0.0,
                pan: pan(2.0 * (i as f32 + 0.5) / REGIONS as f32 - 1.0),
            }
        };
        Self {
            regions: (0..REGIONS).map(region).collect(),
            rate,
            low: 150.0,
            high: 1800.0,
            q: SmoothedValue::new(4.0, 0.03, rate),
            noise: Rng::new(0).named("wind"),
            at: 0,
        }
    }

    fn tune(&mut self, knobs: &WindKnobs) {
        (self.low, self.high) = (knobs.low.max(1.0), knobs.high.max(1.0));
        self.q.to(knobs.resonance.max(0.1));
        for r in &mut self.regions {
            r.level.within(knobs.glide, self.rate);
            r.centre.within(knobs.glide, self.rate);
        }
        self.retune();
    }

    fn level(&mut self, part: usize, value: f32, place: f32) {
        let Some(region) = self.regions.get_mut(part) else { return };
        region.level.to(value);
        region.place = place;
        self.retune();
        let region = &mut self.regions[part];
        if region.level.is_silent() {
            region.centre.jump();
        }
    }

    fn sample(&mut self) -> [f32; 2] {
        let mut out = [0.0f32; 2];
        let q = self.q.next();
        for (i, r) in self.regions.iter_mut().enumerate() {
            let (level, centre) = (r.level.next(), r.centre.next());
            if r.level.is_silent() {
                continue;
            }
            let noise = self.noise.range(self.at * REGIONS as u64 + i as u64, -1.0, 1.0);
            // The third input is Q; the filter keeps the power of noise at any Q.
            let x = r.filter.tick(&[noise, centre, q].into())[0] * level;
            out[0] += x * r.pan[0];
            out[1] += x * r.pan[1];
        }
        self.at += 1;
        out
    }

    /// The mean of each of eight vertical strips is a resonator's level; its root mean square sets the pitch.
    fn score(k: &WindKnobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        let field = reader.field(frame, COARSE);
        for (r, [value, place]) in strips(field, k.gain, REGIONS).enumerate() {
            commands.push(SynthCommand::Level { voice: frame.voice, part: r as u8, value, place });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wind_on_the_left_is_heard_on_the_left_at_its_pitch() {
        let mut wind = Wind::new(48_000.0);
        wind.tune(&WindKnobs { resonance: 80.0, ..Default::default() });
        wind.level(0, 1.0, 1.0);
        let x: Vec<[f32; 2]> = (0..96_000).map(|_| wind.sample()).collect();
        let power = |c: usize| x[48_000..].iter().map(|v| v[c] * v[c]).sum::<f32>() / 48_000.0;
        assert!(power(0) > 20.0 * power(1));
        let ups = x[48_000..].windows(2).filter(|w| w[0][0] < 0.0 && w[1][0] >= 0.0).count();
        assert!((1700..1930).contains(&ups), "{ups} Hz, expected about 1800");
        assert!((0.05..1.0).contains(&power(0).sqrt()), "{}", power(0).sqrt());
    }
}

//! `wind`: noise through resonators, from left to right: what moves through the air is heard where it moves.

use fundsp::prelude32::resonator;
use fundsp::typenum::U3;

use super::Voice;
use crate::command::SynthCommand;
use crate::math::{SmoothedValue, pan};
use crate::sonify::{COARSE, Reader, VoiceFrame};
use world::rng::Rng;
use world::voice::WindKnobs;

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
    sharp: SmoothedValue,
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
            sharp: SmoothedValue::new(4.0, 0.03, rate),
            noise: Rng::new(0).named("wind"),
            at: 0,
        }
    }

    fn tune(&mut self, knobs: &WindKnobs) {
        (self.low, self.high) = (knobs.low.max(1.0), knobs.high.max(1.0));
        self.sharp.to(knobs.resonance.max(0.1));
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
        let sharp = self.sharp.next();
        for (i, r) in self.regions.iter_mut().enumerate() {
            let (level, centre) = (r.level.next(), r.centre.next());
            if r.level.is_silent() {
                continue;
            }
            let noise = self.noise.range(self.at * REGIONS as u64 + i as u64, -1.0, 1.0);
            // The third input is the sharpness; the filter keeps the power of noise whatever it is.
            let x = r.filter.tick(&[noise, centre, sharp].into())[0] * level;
            out[0] += x * r.pan[0];
            out[1] += x * r.pan[1];
        }
        self.at += 1;
        out
    }

    /// The mean of each of eight upright strips is a resonator's strength; the swifter half of it, its pitch.
    fn score(k: &WindKnobs, m: &VoiceFrame, reader: &mut Reader, orders: &mut Vec<SynthCommand>) {
        let heard = reader.field(m, COARSE);
        let (w, h) = heard.size;
        for r in 0..REGIONS {
            let (from, to) = (r * w / REGIONS, ((r + 1) * w / REGIONS).max(r * w / REGIONS + 1).min(w));
            let from = from.min(to - 1);
            let (mut sum, mut squares) = (0.0f64, 0.0f64);
            for y in 0..h {
                for v in &heard.values[y * w + from..y * w + to] {
                    let v = (v * k.gain).min(1.0) as f64;
                    sum += v;
                    squares += v * v;
                }
            }
            let n = ((to - from) * h).max(1) as f64;
            let (value, place) = ((sum / n) as f32, libm::sqrt(squares / n) as f32);
            orders.push(SynthCommand::Level { voice: m.voice, part: r as u8, value, place });
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

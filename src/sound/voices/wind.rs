//! Noise through resonators, from left to right: what moves through the air is heard where it moves.

use fundsp::prelude32::resonator;
use fundsp::typenum::U3;

use super::Sounding;
use crate::math::{Glide, pan};
use world::rng::Rng;

/// Resonators, from left to right.
pub const REGIONS: usize = 8;

type Resonator = fundsp::combinator::An<fundsp::biquad::Resonator<f32, U3>>;

struct Region {
    filter: Resonator,
    level: Glide,
    centre: Glide,
    place: f32,
    pan: [f32; 2],
}

/// The voice `wind`.
pub struct Wind {
    regions: Vec<Region>,
    rate: f32,
    low: f32,
    high: f32,
    sharp: Glide,
    noise: Rng,
    at: u64,
}

impl Wind {
    /// Still air.
    pub fn new(rate: f32) -> Self {
        let region = |i: usize| {
            let mut filter = resonator();
            filter.set_sample_rate(rate as f64);
            Region {
                filter,
                level: Glide::new(0.0, 0.15, rate),
                centre: Glide::new(150.0, 0.15, rate),
                place: 0.0,
                pan: pan(2.0 * (i as f32 + 0.5) / REGIONS as f32 - 1.0),
            }
        };
        Self {
            regions: (0..REGIONS).map(region).collect(),
            rate,
            low: 150.0,
            high: 1800.0,
            sharp: Glide::new(4.0, 0.03, rate),
            noise: Rng::new(0).named("wind"),
            at: 0,
        }
    }

    fn retune(&mut self) {
        for r in &mut self.regions {
            let ratio = (self.high / self.low).max(1e-3);
            r.centre.to((self.low * libm::powf(ratio, r.place)).clamp(20.0, 0.45 * self.rate));
        }
    }
}

impl Sounding for Wind {
    fn knob(&mut self, name: &'static str, value: f32) {
        match name {
            "low" => self.low = value.max(1.0),
            "high" => self.high = value.max(1.0),
            "resonance" => self.sharp.to(value.max(0.1)),
            _ => {
                let rate = self.rate;
                self.regions.iter_mut().for_each(|r| {
                    r.level.within(value, rate);
                    r.centre.within(value, rate);
                });
            }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wind_on_the_left_is_heard_on_the_left_at_its_pitch() {
        let mut wind = Wind::new(48_000.0);
        wind.knob("resonance", 80.0);
        wind.level(0, 1.0, 1.0);
        let x: Vec<[f32; 2]> = (0..96_000).map(|_| wind.sample()).collect();
        let power = |c: usize| x[48_000..].iter().map(|v| v[c] * v[c]).sum::<f32>() / 48_000.0;
        assert!(power(0) > 20.0 * power(1));
        let ups = x[48_000..].windows(2).filter(|w| w[0][0] < 0.0 && w[1][0] >= 0.0).count();
        assert!((1700..1930).contains(&ups), "{ups} Hz, expected about 1800");
        assert!((0.05..1.0).contains(&power(0).sqrt()), "{}", power(0).sqrt());
    }
}

//! `aeolian`: the tones that wind draws from a wire or an edge.

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
    /// Knobs of `aeolian`.
    pub struct AeolianKnobs {
        /// Loudness.
        level: f32 = -9.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.3 in 0.0..=1.0;
        /// Input gain: the field is multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Speed of the air where the field is at its maximum.
        speed: f32 = 15.0 in 0.5..=80.0, Log, unit "m/s";
        /// Diameter of the wire.
        diameter: f32 = 6.0 in 0.2..=200.0, Log, unit "mm";
        /// Turbulence: bandwidth of the tone over its frequency.
        turbulence: f32 = 0.06 in 0.0125..=1.0, Log;
        /// Smoothing time.
        glide: f32 = 0.1 in 0.01..=5.0, Log, unit "s";
    }
}

/// Wires, from left to right.
const WIRES: usize = 8;
/// Kinematic viscosity of air at 20 °C, m²/s.
const VISCOSITY: f32 = 1.5e-5;
/// Reynolds number below which no eddies are shed (Williamson 1996).
const CALM: f32 = 47.0;
/// Drag pulsates at twice the frequency of the lift, with a tenth of its force (Phillips 1956).
const DRAG: f32 = 0.1;

/// Frequency, Hz, at which a wire of a diameter, m, sheds eddies into air of a speed, m/s; none where the air is too
/// slow. Strouhal's number is that of Roshko (1954): 0.198 (1 − 19.7/Re).
pub fn shedding(speed: f32, diameter: f32) -> Option<f32> {
    let reynolds = speed * diameter / VISCOSITY;
    (reynolds > CALM).then(|| 0.198 * (1.0 - 19.7 / reynolds) * speed / diameter)
}

type Resonator = fundsp::combinator::An<fundsp::biquad::Resonator<f32, U3>>;

struct Wire {
    lift: Resonator,
    drag: Resonator,
    level: SmoothedValue,
    pitch: SmoothedValue,
    /// Speed, as a fraction of the knob's.
    place: f32,
    pan: [f32; 2],
}

/// The voice `aeolian`.
pub struct Aeolian {
    wires: Vec<Wire>,
    rate: f32,
    speed: f32,
    diameter: f32,
    q: SmoothedValue,
    noise: Rng,
    at: u64,
}

impl Aeolian {
    fn retune(&mut self, part: usize) {
        let wire = &mut self.wires[part];
        // A wire in calm air keeps its pitch while it fades.
        if let Some(pitch) = shedding(self.speed * wire.place, self.diameter) {
            wire.pitch.to(pitch.clamp(20.0, 0.22 * self.rate));
        }
    }
}

impl Voice for Aeolian {
    const NAME: &'static str = "aeolian";
    const ABOUT: &'static str = "Wires in the wind, eight from left to right: each sounds at the frequency at which it \
                                 sheds eddies (Strouhal 1878), with a power that grows as the sixth power of the speed \
                                 (Curle 1955).";
    const READS: Reads = Reads::Field;
    type Knobs = AeolianKnobs;

    fn new(rate: f32) -> Self {
        let filter = || {
            let mut filter: Resonator = resonator();
            filter.set_sample_rate(rate as f64);
            filter
        };
        let wire = |i: usize| Wire {
            lift: filter(),
            drag: filter(),
            level: SmoothedValue::new(0.0, 0.1, rate),
            pitch: SmoothedValue::new(200.0, 0.1, rate),
            place: 0.0,
            pan: pan(2.0 * (i as f32 + 0.5) / WIRES as f32 - 1.0),
        };
        Self {
            wires: (0..WIRES).map(wire).collect(),
            rate,
            speed: 15.0,
            diameter: 0.006,
            q: SmoothedValue::new(16.0, 0.03, rate),
            noise: Rng::new(0).named("aeolian"),
            at: 0,
        }
    }

    fn tune(&mut self, knobs: &AeolianKnobs) {
        (self.speed, self.diameter) = (knobs.speed.max(0.01), 1e-3 * knobs.diameter.max(0.01));
        self.q.to(1.0 / knobs.turbulence.max(0.01));
        for w in &mut self.wires {
            w.level.within(knobs.glide, self.rate);
            w.pitch.within(knobs.glide, self.rate);
        }
        (0..WIRES).for_each(|part| self.retune(part));
    }

    fn level(&mut self, part: usize, value: f32, place: f32) {
        if part >= WIRES {
            return;
        }
        self.wires[part].place = place;
        self.retune(part);
        let sounds = shedding(self.speed * place, self.diameter).is_some();
        let wire = &mut self.wires[part];
        wire.level.to(if sounds { value } else { 0.0 });
        if wire.level.is_silent() {
            wire.pitch.jump();
        }
    }

    fn sample(&mut self) -> [f32; 2] {
        let mut out = [0.0f32; 2];
        let q = self.q.next();
        for (i, w) in self.wires.iter_mut().enumerate() {
            let (level, pitch) = (w.level.next(), w.pitch.next());
            if w.level.is_silent() {
                continue;
            }
            let noise = self.noise.range(self.at * WIRES as u64 + i as u64, -1.0, 1.0);
            let lift = w.lift.tick(&[noise, pitch, q].into())[0];
            let drag = w.drag.tick(&[noise, 2.0 * pitch, q].into())[0];
            let x = (lift + DRAG * drag) * level;
            out[0] += x * w.pan[0];
            out[1] += x * w.pan[1];
        }
        self.at += 1;
        out
    }

    /// The root mean square of each of eight vertical strips is the speed at a wire; its amplitude is the cube of that.
    fn score(k: &AeolianKnobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        let field = reader.field(frame, COARSE);
        for (r, [_, speed]) in strips(field, k.gain, WIRES).enumerate() {
            let value = speed * speed * speed;
            commands.push(SynthCommand::Level { voice: frame.voice, part: r as u8, value, place: speed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::strength;

    /// Roshko's measurements: 0.18 at a Reynolds number of 200, 0.198 to 0.21 from 1,000 on; nothing below 47.
    #[test]
    fn eddies_are_shed_at_the_measured_strouhal_numbers() {
        let strouhal = |reynolds: f32| {
            let (d, speed) = (0.01, reynolds * VISCOSITY / 0.01);
            shedding(speed, d).map(|f| f * d / speed)
        };
        assert!((strouhal(200.0).unwrap() - 0.18).abs() < 0.005);
        assert!((0.19..0.21).contains(&strouhal(5_000.0).unwrap()));
        assert_eq!(strouhal(40.0), None);
    }

    #[test]
    fn a_wire_in_the_wind_sounds_at_that_frequency_where_it_is() {
        let mut voice = Aeolian::new(48_000.0);
        voice.tune(&AeolianKnobs { speed: 20.0, diameter: 4.0, turbulence: 0.0125, ..Default::default() });
        voice.level(7, 1.0, 1.0);
        let x: Vec<[f32; 2]> = (0..96_000).map(|_| voice.sample()).collect();
        let power = |c: usize| x[48_000..].iter().map(|v| v[c] * v[c]).sum::<f32>() / 48_000.0;
        assert!(power(1) > 20.0 * power(0));
        let expected = f64::from(shedding(20.0, 0.004).unwrap());
        let right: Vec<f32> = x[48_000..].iter().map(|v| v[1]).collect();
        let around = (-40..=40).map(|i| expected * (1.0 + 0.005 * f64::from(i)));
        let loudest = around.max_by(|a, b| strength(&right, *a).total_cmp(&strength(&right, *b))).unwrap();
        assert!((loudest / expected - 1.0).abs() < 0.03, "{loudest} Hz, expected about {expected}");
        // Calm air is silent, whatever its level.
        voice.level(7, 1.0, 1e-4);
        (0..96_000).for_each(|_| {
            voice.sample();
        });
        assert_eq!(voice.sample(), [0.0; 2]);
    }
}

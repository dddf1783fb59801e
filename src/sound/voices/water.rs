//! `water`: bubbles; the higher the field, the more and the smaller. Each rings at its resonance, damped by radiation
//! and heat.

use super::Voice;
use crate::command::SynthCommand;
use crate::grain::Grain;
use crate::math::{pan, sine};
use crate::sonify::fields::{COARSE, Reader};
use crate::sonify::voice_frame::{MOST, VoiceFrame};
use world::voice::Reads;

world::params! {
    /// Knobs of `water`.
    pub struct WaterKnobs {
        /// Loudness.
        level: f32 = -9.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.25 in 0.0..=1.0;
        /// Input gain: the field is multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Bubbles where the whole field is at its maximum.
        rate: f32 = 250.0 in 1.0..=2000.0, Log, unit "1/s";
        /// Hinze radius where the field is at one half: the size above which turbulence breaks bubbles up.
        radius: f32 = 2.0 in 0.3..=20.0, Log, unit "mm";
        /// How much a bubble's pitch rises as it nears the surface.
        rise: f32 = 0.1 in 0.0..=1.0;
    }
}

/// Polyphony, bubbles.
const BUBBLES: usize = 128;
/// Adiabatic exponent of air, atmospheric pressure (Pa), density of water (kg/m³).
const AIR_AND_WATER: (f32, f32, f32) = (1.4, 101_325.0, 998.0);
/// Fade-out of a stolen bubble, s.
const DAMP: f32 = 0.002;

/// Resonance, Hz, of a bubble by its radius, m (Minnaert 1933).
pub fn minnaert(radius: f32) -> f32 {
    let (gamma, pressure, density) = AIR_AND_WATER;
    libm::sqrtf(3.0 * gamma * pressure / density) / (core::f32::consts::TAU * radius)
}

/// Damping, 1/s, by radiation and heat (van den Doel 2005).
fn damping(radius: f32) -> f32 {
    0.13 / radius + 0.0072 / (radius * libm::sqrtf(radius))
}

#[derive(Clone, Copy, Default)]
struct Bubble {
    phase: f32,
    turn: f32,
    /// Growth of `turn` per sample.
    rise: f32,
    amplitude: f32,
    fall: f32,
    pan: [f32; 2],
    wait: u32,
    room: f32,
    next: Option<Grain>,
}

/// The voice `water`.
pub struct Water {
    all: Vec<Bubble>,
    rate: f32,
    rise: f32,
    damp: f32,
}

impl Water {
    /// How much a bubble's pitch rises as it nears the surface, 0..1.
    pub(super) fn set_rise(&mut self, rise: f32) {
        self.rise = rise;
    }

    fn bubble(&self, grain: &Grain) -> Bubble {
        let radius = grain.pitch.clamp(1e-4, 0.05);
        let pitch = minnaert(radius).min(0.45 * self.rate);
        let d = damping(radius);
        let turn = pitch / self.rate;
        Bubble {
            phase: 0.0,
            turn,
            rise: turn * self.rise * d / self.rate,
            amplitude: grain.loud,
            fall: libm::expf(-d / self.rate),
            pan: pan(grain.pan),
            wait: 0,
            room: 1.0,
            next: None,
        }
    }
}

impl Voice for Water {
    const NAME: &'static str = "water";
    const ABOUT: &'static str = "Bubbles ringing at their resonance (Minnaert 1933, van den Doel 2005): the \
                                 higher the field, the more and the smaller (Deane and Stokes 2002).";
    const READS: Reads = Reads::Field;
    type Knobs = WaterKnobs;

    fn new(rate: f32) -> Self {
        Self { all: vec![Bubble::default(); BUBBLES], rate, rise: 0.1, damp: 1.0 / (DAMP * rate) }
    }

    fn tune(&mut self, knobs: &WaterKnobs) {
        self.rise = knobs.rise;
    }

    fn grain(&mut self, grain: &Grain, wait: u32) {
        let free = self.all.iter_mut().filter(|b| b.next.is_none());
        if let Some(bubble) = free.min_by(|a, b| a.amplitude.total_cmp(&b.amplitude)) {
            (bubble.next, bubble.wait) = (Some(*grain), wait);
        }
    }

    fn sample(&mut self) -> [f32; 2] {
        let mut out = [0.0f32; 2];
        for i in 0..self.all.len() {
            if let Some(grain) = self.all[i].next {
                let b = &mut self.all[i];
                if b.wait > 0 {
                    b.wait -= 1;
                } else if b.amplitude > 1e-5 && b.room > 0.0 {
                    b.room -= self.damp;
                } else {
                    self.all[i] = self.bubble(&grain);
                }
            }
            let b = &mut self.all[i];
            if b.amplitude <= 1e-5 {
                b.amplitude = 0.0;
                continue;
            }
            let x = sine(b.phase) * b.amplitude * b.room.max(0.0);
            b.phase += b.turn;
            b.phase -= libm::floorf(b.phase);
            b.turn = (b.turn + b.rise).min(0.45);
            b.amplitude *= b.fall;
            out[0] += x * b.pan[0];
            out[1] += x * b.pan[1];
        }
        out
    }

    /// Bubbles start at a rate proportional to the field, at places drawn from it, and are smallest where it is
    /// highest: below the Hinze radius their number falls as r^(−3/2), above it as r^(−10/3) (Deane and Stokes 2002).
    /// That radius scales as dissipation to the power −2/5 (Hinze 1955), and dissipation as the square of the field.
    fn score(k: &WaterKnobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        let hinze = k.radius * 1e-3;
        let field = reader.field(frame, COARSE);
        let w = field.size.0;
        let value = |v: &f32| (v * k.gain).min(1.0);
        let total: f64 = field.values.iter().map(|v| value(v) as f64).sum();
        let mean = total / field.values.len().max(1) as f64;
        let wanted = mean as f32 * k.rate * frame.engine.scene().dt() as f32;
        let (how_many, where_, size) =
            (frame.rng.named("count"), frame.rng.named("where"), frame.rng.named("size"));
        let n = (wanted + how_many.unit(0)) as usize;
        let mut places: Vec<(f64, u64)> =
            (0..n.min(MOST) as u64).map(|b| (where_.unit64(b) * total, b)).collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut sum, mut next) = (0.0, places.into_iter().peekable());
        for (i, v) in field.values.iter().enumerate() {
            sum += value(v) as f64;
            while let Some((_, b)) = next.next_if(|p| p.0 < sum) {
                let broken = hinze * libm::powf(0.5 / value(v).max(0.02), 0.8);
                let radius = radius(broken, size.unit(b)).clamp(2e-4, 0.03);
                let [x, when] = [(i % w) as f32 + 0.5, size.unit(b + 1000)];
                commands.push(SynthCommand::Grain(Grain {
                    voice: frame.voice,
                    at: when,
                    pitch: radius,
                    loud: (0.35 * libm::sqrtf(radius / 0.003)).min(0.8) * (0.4 + 0.6 * size.unit(b + 2000)),
                    pan: (2.0 * x / w as f32 - 1.0) * 0.9,
                    seed: 0,
                }));
            }
        }
    }
}

/// A radius drawn from the two power laws that meet at the Hinze radius, between an eighth and four times it.
fn radius(hinze: f32, u: f32) -> f32 {
    let (a, b) = (0.125f32, 4.0f32);
    // ∫ x^(−3/2) from a to 1, and ∫ x^(−10/3) from 1 to b.
    let below = 2.0 * (1.0 / libm::sqrtf(a) - 1.0);
    let above = 3.0 / 7.0 * (1.0 - libm::powf(b, -7.0 / 3.0));
    let at = u * (below + above);
    let x = if at < below {
        let root = 1.0 / libm::sqrtf(a) - 0.5 * at;
        1.0 / (root * root)
    } else {
        libm::powf(1.0 - 7.0 / 3.0 * (at - below), -3.0 / 7.0)
    };
    hinze * x.clamp(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bubble_of_a_millimetre_rings_at_three_kilohertz() {
        // Minnaert's own result: 3.26 m/s over the radius.
        assert!((minnaert(0.001) - 3260.0).abs() < 30.0, "{}", minnaert(0.001));
        let mut water = Water::new(48_000.0);
        water.rise = 0.0;
        water.grain(&Grain { voice: 0, at: 0.0, pitch: 0.003, loud: 1.0, pan: -1.0, seed: 0 }, 10);
        let x: Vec<f32> = (0..2400).map(|_| water.sample()[0]).collect();
        assert!(x[..10].iter().all(|v| *v == 0.0));
        let ups = x.windows(2).take(960).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count() as f32;
        assert!((ups / 0.0198 - minnaert(0.003)).abs() < 60.0, "{}", ups / 0.0198);
        let peak = |part: &[f32]| part.iter().fold(0.0f32, |m, v| m.max(v.abs()));
        let fell = (peak(&x[970..1050]) / peak(&x[10..90])).ln() / -0.02;
        assert!((fell / damping(0.003) - 1.0).abs() < 0.1, "{fell} {}", damping(0.003));
    }

    #[test]
    fn radii_follow_both_power_laws() {
        let n = 200_000;
        let drawn: Vec<f32> = (0..n).map(|i| radius(1.0, (i as f32 + 0.5) / n as f32)).collect();
        let between = |lo: f32, hi: f32| drawn.iter().filter(|r| (lo..hi).contains(*r)).count() as f32;
        // Slope in log-log of counts in equal ratios: the exponent plus one.
        let below = (between(0.4, 0.8) / between(0.2, 0.4)).log2();
        let above = (between(2.0, 2.8) / between(1.2, 1.68)).log2() / (2.0f32 / 1.2).log2();
        assert!((below + 0.5).abs() < 0.05, "{below}");
        assert!((above + 7.0 / 3.0).abs() < 0.15, "{above}");
    }
}

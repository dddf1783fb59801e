//! Water one can hear: each bubble rings at its resonance and falls silent as it radiates and warms.

use super::Sounding;
use crate::math::{pan, sine};
use crate::order::Grain;

/// Bubbles that ring at the same time.
const BUBBLES: usize = 128;
/// Adiabatic exponent of air, pressure of the atmosphere (Pa), density of water (kg/m³).
const AIR_AND_WATER: (f32, f32, f32) = (1.4, 101_325.0, 998.0);
/// Seconds in which a bubble that must make room falls silent.
const DAMP: f32 = 0.002;

/// Resonance of a bubble of a radius in metres, Hz (Minnaert 1933).
pub fn minnaert(radius: f32) -> f32 {
    let (gamma, pressure, density) = AIR_AND_WATER;
    libm::sqrtf(3.0 * gamma * pressure / density) / (core::f32::consts::TAU * radius)
}

/// Damping of its ringing, 1/s: radiation and heat (van den Doel 2005).
fn damping(radius: f32) -> f32 {
    0.13 / radius + 0.0072 / (radius * libm::sqrtf(radius))
}

#[derive(Clone, Copy, Default)]
struct Bubble {
    phase: f32,
    turn: f32,
    /// Growth of `turn` in a sample.
    rise: f32,
    amplitude: f32,
    fall: f32,
    pan: [f32; 2],
    wait: u32,
    room: f32,
    next: Option<Grain>,
}

/// The voice `water`.
pub struct Bubbles {
    all: Vec<Bubble>,
    rate: f32,
    rise: f32,
    damp: f32,
}

impl Bubbles {
    /// Still water.
    pub fn new(rate: f32) -> Self {
        Self { all: vec![Bubble::default(); BUBBLES], rate, rise: 0.1, damp: 1.0 / (DAMP * rate) }
    }

    fn born(&self, grain: &Grain) -> Bubble {
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

impl Sounding for Bubbles {
    fn knob(&mut self, name: &'static str, value: f32) {
        if name == "rise" {
            self.rise = value;
        }
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
                    self.all[i] = self.born(&grain);
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bubble_of_a_millimetre_rings_at_three_kilohertz() {
        // Minnaert's own figure: 3.26 m/s over the radius.
        assert!((minnaert(0.001) - 3260.0).abs() < 30.0, "{}", minnaert(0.001));
        let mut water = Bubbles::new(48_000.0);
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
}

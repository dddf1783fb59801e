//! What is seen of a tick of sound: how strongly each cell moved, and its motion slowed down.
//!
//! Displacement at the end of a tick is one of hundreds and looks like chance. Multiplied by the shaker's tone and summed
//! over the tick, it gives amplitude and phase of that tone in each cell, from which a slow copy of the motion is drawn.

use super::outline::Outline;
use super::skin::Skin;

/// Steps from one look to the next.
const EVERY: usize = 3;
/// Turns a second of the slow motion.
const SLOW: f64 = 0.55;

/// Planes as of the outline.
#[derive(Default)]
pub struct Seen {
    sums: [Vec<f32>; 4],
    looks: usize,
    steps: usize,
    /// Root mean square of displacement, of speed over a threshold, and the slow motion.
    pub envelope: Vec<f32>,
    /// Speed, root mean square, per second.
    pub speed: Vec<f32>,
    /// The shaker's tone, slowed down.
    pub slow: Vec<f32>,
    turn: f64,
}

impl Seen {
    /// Begins a tick.
    pub fn begin(&mut self, outline: &Outline) {
        let n = outline.floats();
        for plane in &mut self.sums {
            plane.clear();
            plane.resize(n, 0.0);
        }
        for plane in [&mut self.envelope, &mut self.speed, &mut self.slow] {
            plane.resize(n, 0.0);
        }
        (self.looks, self.steps) = (0, 0);
    }

    /// Looks at a step; `tone` is sine and cosine of the shaker's phase.
    pub fn look(&mut self, skin: &Skin, tone: [f32; 2]) {
        if self.steps.is_multiple_of(EVERY) {
            skin.watch(tone, &mut self.sums);
            self.looks += 1;
        }
        self.steps += 1;
    }

    /// Finishes a tick of steps at this rate.
    pub fn finish(&mut self, seconds: f32, rate: f32) {
        if self.looks == 0 {
            return;
        }
        self.turn = (self.turn + SLOW * seconds as f64).fract();
        let (sin, cos) = libm::sincos(core::f64::consts::TAU * self.turn);
        let (sin, cos, per) = (sin as f32, cos as f32, 1.0 / self.looks as f32);
        let [square, shaking, inphase, quadrature] = &self.sums;
        for i in 0..square.len() {
            self.envelope[i] = (per * square[i]).sqrt();
            self.speed[i] = rate * (per * shaking[i]).sqrt();
            self.slow[i] = 2.0 * per * (sin * inphase[i] + cos * quadrature[i]);
        }
    }

    /// Part of the motion of these cells that was in phase with the shaker, −1..1.
    pub fn answer(&self, spot: &super::spot::Spot) -> f32 {
        let (p, q) = (spot.read(&self.sums[2]), spot.read(&self.sums[3]));
        let size = (p * p + q * q).sqrt();
        if size > 1e-12 { p / size } else { 0.0 }
    }
}

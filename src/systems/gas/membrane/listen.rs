//! What two points of the skin sound like: their speed, as a microphone close to it would hear, limited softly.

use super::outline::Outline;
use super::spot::Spot;

/// Frequency below which nothing is heard, Hz.
const LOWEST: f32 = 20.0;

/// Two listening points.
#[derive(Default)]
pub struct Ears {
    spots: [Spot; 2],
    places: [f32; 4],
    last: [f32; 2],
    /// Output before the present step, for the samples between two steps.
    from: [f32; 2],
    to: [f32; 2],
    /// State of the filters that take away what does not move.
    still: [f32; 2],
    heard: Vec<[f32; 2]>,
    loudness: f64,
}

impl Ears {
    /// Begins a tick, with ears at these places (left x, y, right x, y).
    pub fn begin(&mut self, outline: &Outline, places: [f32; 4]) {
        self.heard.clear();
        self.loudness = 0.0;
        if places != self.places || self.spots[0].cells.is_empty() {
            self.places = places;
            let [a, b, c, d] = places;
            self.spots = [Spot::point(outline, a, b), Spot::point(outline, c, d)];
        }
    }

    /// Hears a step of the skin. `gain` turns a change of displacement into sound; `rate` is that of the steps.
    pub fn hear(&mut self, displacement: &[f32], gain: f32, rate: f32) {
        let keep = (1.0 - core::f32::consts::TAU * LOWEST / rate).clamp(0.0, 1.0);
        self.from = self.to;
        for k in 0..2 {
            let now = self.spots[k].read(displacement);
            let speed = gain * (now - self.last[k]);
            self.last[k] = now;
            self.still[k] += (1.0 - keep) * (speed - self.still[k]);
            self.to[k] = soft(speed - self.still[k]);
        }
    }

    /// Adds a sample that lies `part` of the way through the present step.
    pub fn sample(&mut self, part: f32) {
        let pair = [0, 1].map(|k| self.from[k] + part * (self.to[k] - self.from[k]));
        self.loudness += (pair[0] * pair[0] + pair[1] * pair[1]) as f64;
        self.heard.push(pair);
    }

    /// The samples of the tick.
    pub fn heard(&self) -> &[[f32; 2]] {
        &self.heard
    }

    /// Root mean square of the tick.
    pub fn loudness(&self) -> f32 {
        libm::sqrt(self.loudness / (2 * self.heard.len()).max(1) as f64) as f32
    }
}

/// Nearly x while small, never beyond ±1 (a Padé form of the hyperbolic tangent).
pub fn soft(x: f32) -> f32 {
    let x = x.clamp(-3.0, 3.0);
    x * (27.0 + x * x) / (27.0 + 9.0 * x * x)
}

//! What units respond to: pictures that excite a unit, a layer or a class most (Erhan et al. 2009; Olah et al. 2017).

use super::dream::jitter;
use super::{Objective, Observer};
use world::rng::Rng;

/// Gradient ascent from noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ascent {
    /// Steps.
    pub steps: usize,
    /// Mean change of a value in the first step; it falls to a tenth.
    pub rate: f32,
    /// Pixels by which the picture is shifted at most before a step.
    pub jitter: usize,
    /// How much of each pixel is its neighbours' mean after a step, 0..1, in the first; it falls to nothing.
    pub blur: f32,
}

impl Ascent {
    /// Enough for the judge's units.
    pub const USUAL: Self = Self { steps: 48, rate: 0.03, jitter: 4, blur: 0.35 };

    /// A picture in 0..1, channels last, in the observer's size, and the objective's value for it.
    pub fn climb(&self, observer: &mut Observer, objective: Objective, rng: Rng) -> (Vec<f32>, f32) {
        let ((height, width), channels) = (observer.size(), observer.channels());
        let noise = rng.named("start");
        let start = |i: usize| (0.5 + 0.06 * noise.normal(i as u64)).clamp(0.0, 1.0);
        let mut x: Vec<f32> = (0..height * width * channels).map(start).collect();
        for step in 0..self.steps {
            let left = 1.0 - step as f32 / self.steps as f32;
            let shift = jitter(self.jitter, rng.fork(step as u64));
            observer.excite(&mut x, objective, self.rate * (0.1 + 0.9 * left), shift);
            blur(&mut x, (height, width), channels, self.blur * left);
        }
        let (value, _) = observer.gradient(&x, objective);
        (x, value)
    }
}

/// Each pixel moved by `share` towards the mean of its four neighbours, those beyond the edge being itself.
fn blur(x: &mut [f32], (height, width): (usize, usize), channels: usize, share: f32) {
    let before = x.to_vec();
    let at = |y: usize, u: usize, c: usize| before[(y * width + u) * channels + c];
    for (i, v) in x.iter_mut().enumerate() {
        let (y, u, c) = (i / channels / width, i / channels % width, i % channels);
        let across = at(y, u.saturating_sub(1), c) + at(y, (u + 1).min(width - 1), c);
        let down = at(y.saturating_sub(1), u, c) + at((y + 1).min(height - 1), u, c);
        *v += share * (0.25 * (across + down) - *v);
    }
}

/// The channels of a layer with the greatest mean activation for a picture, the greatest first.
pub fn strongest(activations: &[f32], channels: usize, most: usize) -> Vec<usize> {
    let mut means = vec![0f64; channels];
    for pixel in activations.chunks_exact(channels) {
        means.iter_mut().zip(pixel).for_each(|(m, v)| *m += *v as f64);
    }
    let mut order: Vec<usize> = (0..channels).collect();
    order.sort_by(|a, b| means[*b].total_cmp(&means[*a]));
    order.truncate(most);
    order
}

/// Planes of a layer as bytes, each from its least (black) to its greatest value (white); a plane of one value is black.
pub fn planes(activations: &[f32], channels: usize) -> Vec<Vec<u8>> {
    let plane = |c: usize| {
        let values = || activations.iter().skip(c).step_by(channels);
        let (low, high) = values().fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        let scale = if high > low { 255.0 / (high - low) } else { 0.0 };
        values().map(|v| ((v - low) * scale + 0.5) as u8).collect()
    };
    (0..channels).map(plane).collect()
}

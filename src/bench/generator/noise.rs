//! Noise: the uninformed baseline.

use super::{Clip, Cost, Generator, GeneratorError, SampleSpec, Stopwatch};
use world::rng::Rng;

/// Every value of every frame is uniform and independent.
pub struct Noise;

impl Generator for Noise {
    fn name(&self) -> &str {
        "noise"
    }
    fn about(&self) -> String {
        "Noise: every value of every frame uniform over 0 to 255, and independent.".into()
    }
    fn cost(&self) -> Cost {
        Cost::default()
    }
    fn hash(&self) -> u64 {
        super::hash_of([&b"noise"[..]])
    }
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        let mut clock = Stopwatch::start();
        let values = (spec.side * spec.side * spec.channels) as u64;
        let mut clip = Clip {
            frames: Vec::new(),
            side: spec.side,
            channels: spec.channels,
            label: None,
            milliseconds: Vec::new(),
        };
        for frame in 0..spec.frames as u64 {
            let rng = Rng::new(seed).named("noise").fork(frame);
            clip.frames.push((0..values).map(|i| (rng.bits(i) >> 56) as u8).collect());
            clip.milliseconds.push(clock.lap());
        }
        Ok(clip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_uniform_and_seeds_and_frames_differ() {
        let spec = SampleSpec { side: 64, channels: 3, frames: 2, every: 1, warm_up: 0 };
        let (a, b) = (Noise.sample(1, &spec).unwrap(), Noise.sample(2, &spec).unwrap());
        assert_eq!(a.frames, Noise.sample(1, &spec).unwrap().frames);
        assert!(a.frames != b.frames && a.frames[0] != a.frames[1]);
        // χ² of 255 degrees of freedom: mean 255, deviation √510.
        let mut counts = [0f64; 256];
        a.frames.iter().chain(&b.frames).flatten().for_each(|v| counts[*v as usize] += 1.0);
        let expected = (4 * 64 * 64 * 3) as f64 / 256.0;
        let chi2: f64 = counts.iter().map(|c| (c - expected).powi(2) / expected).sum();
        assert!((chi2 - 255.0).abs() < 5.0 * 510f64.sqrt(), "{chi2}");
    }
}

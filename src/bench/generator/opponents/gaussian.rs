//! Gaussian: a normal distribution with the mean and the covariance of the training frames.

use std::sync::Arc;

use super::frames::{FrameSets, TrainingFrames};
use super::trivial::{FrameMaker, Trivial};
use world::rng::Rng;

/// The opponent.
pub const TRIVIAL: Trivial = Trivial {
    name: "gaussian",
    words: "a normal distribution on principal components of training frames",
    about: "Gaussian: a normal distribution on all principal components of the training frames (Pearson 1901), with their mean and covariance.",
    make: |sets| Ok(Box::new(Gaussian::new(sets)?)),
};

/// The n frames span n − 1 principal components. A normal vector on all of them, each with the variance along it, is
/// distributed like the mean plus Σ zᵢ (xᵢ − mean) / √(n − 1) with standard normal zᵢ, which has the same mean and
/// covariance and needs no decomposition: its bits are those of sums in a fixed order.
struct Gaussian {
    frames: Arc<TrainingFrames>,
    mean: Vec<f64>,
}

impl Gaussian {
    fn new(sets: &FrameSets) -> Result<Self, String> {
        let frames = Arc::clone(&sets.training);
        let pixels = &frames.pictures().pixels;
        if pixels.len() < 2 {
            return Err(format!("expected at least two training frames, found {}", pixels.len()));
        }
        let mut mean = vec![0.0; pixels[0].len()];
        for picture in pixels {
            mean.iter_mut().zip(picture).for_each(|(m, v)| *m += f64::from(*v));
        }
        mean.iter_mut().for_each(|m| *m /= pixels.len() as f64);
        Ok(Self { mean, frames })
    }

    /// A picture before it is rounded and clamped.
    fn values(&self, rng: Rng) -> Vec<f64> {
        let pixels = &self.frames.pictures().pixels;
        let scale = 1.0 / ((pixels.len() - 1) as f64).sqrt();
        let weights: Vec<f64> = (0..pixels.len()).map(|i| f64::from(rng.normal(i as u64)) * scale).collect();
        let rest = 1.0 - weights.iter().sum::<f64>();
        let mut values: Vec<f64> = self.mean.iter().map(|m| rest * m).collect();
        for (picture, w) in pixels.iter().zip(&weights) {
            values.iter_mut().zip(picture).for_each(|(v, p)| *v += w * f64::from(*p));
        }
        values
    }
}

impl FrameMaker for Gaussian {
    fn frame(&self, seed: u64, frame: u64) -> Vec<u8> {
        let values = self.values(Rng::new(seed).named("gaussian").fork(frame));
        // The cast clamps.
        values.iter().map(|v| (v + 0.5) as u8).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::frames::waves;
    use super::*;

    #[test]
    fn many_pictures_have_the_mean_and_the_covariance_of_the_frames() {
        const DRAWN: usize = 4000;
        let frames = Arc::new(waves(12, 6, 1, 3));
        let sets = FrameSets::new(Arc::clone(&frames), Arc::clone(&frames)).unwrap();
        let gaussian = Gaussian::new(&sets).unwrap();
        let drawn: Vec<Vec<f64>> = (0..DRAWN).map(|i| gaussian.values(Rng::new(1).fork(i as u64))).collect();
        let own: Vec<Vec<f64>> =
            frames.pictures().pixels.iter().map(|p| p.iter().map(|v| f64::from(*v)).collect()).collect();
        // Along random directions, and between them.
        let direction =
            |d: u64| -> Vec<f64> { (0..36).map(|i| f64::from(Rng::new(2).fork(d).normal(i))).collect() };
        let project = |rows: &[Vec<f64>], d: u64| -> Vec<f64> {
            let along = direction(d);
            let rows: Vec<f64> =
                rows.iter().map(|r| r.iter().zip(&along).map(|(a, b)| a * b).sum()).collect();
            let mean = rows.iter().sum::<f64>() / rows.len() as f64;
            rows.iter().map(|v| v - mean).collect()
        };
        let covariance = |rows: &[Vec<f64>], d: u64, e: u64| {
            let (a, b) = (project(rows, d), project(rows, e));
            a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>() / (rows.len() - 1) as f64
        };
        for d in 0..6 {
            for e in 0..=d {
                let (expected, found) = (covariance(&own, d, e), covariance(&drawn, d, e));
                // The deviation of a covariance estimate is at most √(2 σ²σ² / N).
                let scale = (covariance(&own, d, d) * covariance(&own, e, e)).sqrt();
                let room = 5.0 * scale * (2.0 / DRAWN as f64).sqrt();
                assert!((found - expected).abs() < room, "{d}, {e}: {found}, expected {expected} ± {room}");
            }
        }
        for i in 0..36 {
            let mean = |rows: &[Vec<f64>]| rows.iter().map(|r| r[i]).sum::<f64>() / rows.len() as f64;
            let variance = own.iter().map(|r| (r[i] - mean(&own)).powi(2)).sum::<f64>() / 11.0;
            assert!((mean(&drawn) - mean(&own)).abs() < 5.0 * (variance / DRAWN as f64).sqrt());
        }
    }

    #[test]
    fn pictures_lie_in_the_span_of_the_frames_and_one_frame_is_too_few() {
        // Two frames span one line through their mean.
        let frames = Arc::new(waves(2, 6, 1, 3));
        let sets = FrameSets::new(Arc::clone(&frames), Arc::clone(&frames)).unwrap();
        let values = Gaussian::new(&sets).unwrap().values(Rng::new(5));
        let [a, b] = [0, 1].map(|i| &frames.pictures().pixels[i]);
        let apart: Vec<f64> = a.iter().zip(b).map(|(a, b)| f64::from(*a) - f64::from(*b)).collect();
        let off: Vec<f64> = values
            .iter()
            .zip(a.iter().zip(b))
            .map(|(v, (a, b))| v - (f64::from(*a) + f64::from(*b)) / 2.0)
            .collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        assert!(
            (dot(&apart, &off).powi(2) - dot(&apart, &apart) * dot(&off, &off)).abs()
                < 1e-6 * dot(&apart, &apart)
        );
        let lone = Arc::new(waves(1, 6, 1, 3));
        let lone = FrameSets::new(Arc::clone(&lone), lone).unwrap();
        assert!((TRIVIAL.make)(&lone).err().unwrap().contains("at least two"));
    }
}

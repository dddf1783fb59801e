//! Phase: training frames whose Fourier phases are randomised.

use std::sync::Arc;

use rustfft::FftDirection;
use rustfft::num_complex::Complex;

use super::fourier::transform;
use super::frames::TrainingFrames;
use super::trivial::{FrameMaker, Trivial};
use world::rng::Rng;

/// The opponent.
pub const TRIVIAL: Trivial = Trivial {
    name: "phase",
    words: "training frames with randomised phases",
    about: "Phase: a training frame with the same random phases added in all colours, which keeps every spectrum and cross-spectrum (Prichard and Theiler 1994; Galerne, Gousseau and Morel 2011).",
    make: |sets| Ok(Box::new(Phase(Arc::clone(&sets.training)))),
};

struct Phase(Arc<TrainingFrames>);

/// Random factors of modulus one for every frequency, odd under reflection: those of white noise, so that what was real
/// stays real. The mean is kept.
fn factors(side: usize, rng: Rng) -> Vec<Complex<f64>> {
    let noise = (0..side * side).map(|i| Complex::new(f64::from(rng.normal(i as u64)), 0.0));
    let mut noise: Vec<Complex<f64>> = noise.collect();
    transform(side, FftDirection::Forward, &mut noise);
    let unit = |v: &Complex<f64>| match v.norm_sqr() {
        0.0 => Complex::new(1.0, 0.0),
        square => v / square.sqrt(),
    };
    let mut factors: Vec<Complex<f64>> = noise.iter().map(unit).collect();
    factors[0] = Complex::new(1.0, 0.0);
    factors
}

/// A picture (channels last) with its phases moved by `factors`, before it is rounded and clamped.
fn moved(picture: &[u8], side: usize, channels: usize, factors: &[Complex<f64>]) -> Vec<f64> {
    let mut out = vec![0.0; picture.len()];
    for c in 0..channels {
        let plane = picture.iter().skip(c).step_by(channels);
        let mut values: Vec<Complex<f64>> = plane.map(|v| Complex::new(f64::from(*v), 0.0)).collect();
        transform(side, FftDirection::Forward, &mut values);
        values.iter_mut().zip(factors).for_each(|(v, f)| *v *= f);
        transform(side, FftDirection::Inverse, &mut values);
        let scale = 1.0 / (side * side) as f64;
        out[c..].iter_mut().step_by(channels).zip(&values).for_each(|(o, v)| *o = v.re * scale);
    }
    out
}

impl FrameMaker for Phase {
    fn frame(&self, seed: u64, frame: u64) -> Vec<u8> {
        let pictures = self.0.pictures();
        let factors = factors(pictures.side, Rng::new(seed).named("phase").fork(frame));
        let values = moved(self.0.at(seed, frame), pictures.side, pictures.channels, &factors);
        // The cast clamps.
        values.iter().map(|v| (v + 0.5) as u8).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::frames::waves;
    use super::*;

    /// |F|² by the definition, as an independent transform.
    fn power(plane: &[f64], side: usize) -> Vec<f64> {
        let one = |k: usize| {
            let sum = plane.iter().enumerate().fold([0.0f64; 2], |[re, im], (i, v)| {
                let turn = (k % side * (i % side) + k / side * (i / side)) as f64 / side as f64;
                let (sin, cos) = (std::f64::consts::TAU * turn).sin_cos();
                [re + v * cos, im - v * sin]
            });
            sum[0] * sum[0] + sum[1] * sum[1]
        };
        (0..side * side).map(one).collect()
    }

    fn plane(values: &[f64], c: usize) -> Vec<f64> {
        values.iter().skip(c).step_by(3).copied().collect()
    }

    #[test]
    fn the_spectrum_of_each_colour_is_kept_and_the_histogram_is_not() {
        for side in [12, 15] {
            // A block of one colour on another.
            let value = |i: usize| match i / 3 % side < side / 3 && i / 3 / side < side / 2 {
                true => 220 - 10 * (i % 3) as u8,
                false => 30 + 20 * (i % 3) as u8,
            };
            let picture: Vec<u8> = (0..side * side * 3).map(value).collect();
            let before: Vec<f64> = picture.iter().map(|v| f64::from(*v)).collect();
            let after = moved(&picture, side, 3, &factors(side, Rng::new(4)));
            let most = power(&plane(&before, 0), side).iter().skip(1).fold(0.0, |a: f64, b| a.max(*b));
            for c in 0..3 {
                let (a, b) = (power(&plane(&before, c), side), power(&plane(&after, c), side));
                for (k, (a, b)) in a.iter().zip(&b).enumerate() {
                    assert!((a - b).abs() <= 1e-3 * a + 1e-9 * most, "frequency {k} of colour {c}: {a} {b}");
                }
            }
            // Sorted values are a histogram without bins.
            let sorted = |mut v: Vec<f64>| {
                v.sort_by(f64::total_cmp);
                v
            };
            let (a, b) = (sorted(before.clone()), sorted(after.clone()));
            let apart = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(apart > 20.0, "{apart}");
            assert!(
                before.iter().zip(&after).any(|(a, b)| (a - b).abs() > 20.0),
                "the picture is another one"
            );
        }
    }

    /// A grey picture stays grey: all colours are moved alike.
    #[test]
    fn colours_stay_together() {
        let side = 16;
        let grey: Vec<u8> = waves(1, side, 1, 2).at(0, 0).iter().flat_map(|v| [*v; 3]).collect();
        let after = moved(&grey, side, 3, &factors(side, Rng::new(1)));
        assert!(after.chunks(3).all(|p| (p[0] - p[1]).abs() < 1e-9 && (p[0] - p[2]).abs() < 1e-9));
    }
}

//! The colours of one picture with the mean and the covariance of another's: a linear map (Gatys et al. 2016, after Reinhard
//! et al. 2001), by Cholesky factors.

use super::colours::{ColourMoments, MOST};

/// Added to variances, so that a picture of one colour has an inverse.
const LEAST: f64 = 1e-4;
/// Mean of the channels, and the lower Cholesky factor of their covariance.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Factored {
    mean: [f64; MOST],
    factor: [[f64; MOST]; MOST],
}

/// A picture, channels last (one or three), whose colours have the mean and the covariance of those of a model, as far as
/// values stay in 0..1.
pub fn transferred(picture: &[f32], model: &[f32], channels: usize) -> Vec<f32> {
    let (own, wanted) = (factored(picture, channels), factored(model, channels));
    let one = |pixel: &[f32]| {
        let mut white = [0f64; MOST];
        for i in 0..channels {
            let known: f64 = (0..i).map(|k| own.factor[i][k] * white[k]).sum();
            white[i] = (pixel[i] as f64 - own.mean[i] - known) / own.factor[i][i];
        }
        let value = |i: usize| wanted.mean[i] + (0..=i).map(|k| wanted.factor[i][k] * white[k]).sum::<f64>();
        (0..channels).map(|i| value(i).clamp(0.0, 1.0) as f32).collect::<Vec<f32>>()
    };
    picture.chunks_exact(channels).flat_map(one).collect()
}

fn factored(x: &[f32], channels: usize) -> Factored {
    let ColourMoments { mean, covariance } = ColourMoments::of(x, channels);
    let mut factor = [[0f64; MOST]; MOST];
    for i in 0..channels {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            factor[i][j] = match i == j {
                true => libm::sqrt((covariance[i][i] + LEAST - known).max(LEAST * LEAST)),
                false => (covariance[i][j] - known) / factor[j][j],
            };
        }
    }
    Factored { mean, factor }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    #[test]
    fn mean_and_covariance_are_those_of_the_model() {
        for channels in [1, 3] {
            let noise = |seed: u64, scale: f32| -> Vec<f32> {
                let r = Rng::new(seed);
                let value = |i: u64| 0.5 + scale * (r.normal(i) + 0.5 * r.normal(i / 3));
                (0..3000).map(|i| value(i).clamp(0.0, 1.0)).collect()
            };
            let (picture, model) = (noise(1, 0.02), noise(2, 0.06));
            let moved = factored(&transferred(&picture, &model, channels), channels);
            let wanted = factored(&model, channels);
            for i in 0..channels {
                assert!((moved.mean[i] - wanted.mean[i]).abs() < 2e-3);
                for j in 0..=i {
                    assert!((moved.factor[i][j] - wanted.factor[i][j]).abs() < 1e-2, "{moved:?}, {wanted:?}");
                }
            }
            let flat = transferred(&[0.5; 30], &model, channels);
            assert!(flat.iter().all(|v| v.is_finite()), "a picture of one colour");
        }
    }
}

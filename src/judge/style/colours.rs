//! Mean and covariance of a picture's colours, and how far they are from another's, with the gradient.

/// Channels at most.
pub(super) const MOST: usize = 3;
/// Least variance that differences are measured by.
const LEAST: f64 = 1e-4;

/// Mean and covariance of up to three channels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColourMoments {
    /// Mean of each channel.
    pub mean: [f64; MOST],
    /// Covariance of every two, symmetric.
    pub covariance: [[f64; MOST]; MOST],
}

impl ColourMoments {
    /// Of a picture, channels last (one or three).
    pub fn of(picture: &[f32], channels: usize) -> Self {
        let n = (picture.len() / channels).max(1) as f64;
        let mut mean = [0f64; MOST];
        for pixel in picture.chunks_exact(channels) {
            mean.iter_mut().zip(pixel).for_each(|(m, v)| *m += *v as f64 / n);
        }
        let mut covariance = [[0f64; MOST]; MOST];
        for pixel in picture.chunks_exact(channels) {
            let off: [f64; MOST] = std::array::from_fn(|i| pixel.get(i).map_or(0.0, |v| *v as f64 - mean[i]));
            for (line, a) in covariance.iter_mut().zip(off) {
                line.iter_mut().zip(off).for_each(|(c, b)| *c += a * b / n);
            }
        }
        Self { mean, covariance }
    }

    /// How far a picture's are from these: half of the squared distance of the means over the variance here, and half of
    /// that of the covariances over the square of these. 0 if they are the same. Adds the gradient of `weight` times it.
    pub fn descend(&self, picture: &[f32], channels: usize, weight: f64, gradient: &mut [f32]) -> f64 {
        let found = Self::of(picture, channels);
        let variance = (0..channels).map(|i| self.covariance[i][i]).sum::<f64>() + LEAST;
        let square = self.covariance.iter().flatten().map(|v| v * v).sum::<f64>() + LEAST * LEAST;
        let off = |i: usize, j: usize| found.covariance[i][j] - self.covariance[i][j];
        let n = (picture.len() / channels).max(1) as f64;
        let away = |i: usize| found.mean[i] - self.mean[i];
        let means: f64 = (0..MOST).map(|i| away(i) * away(i)).sum();
        let squares: f64 = (0..MOST * MOST).map(|k| off(k / MOST, k % MOST)).map(|v| v * v).sum();
        let shift: [f64; MOST] = std::array::from_fn(|i| weight * away(i) / (variance * n));
        let slope: [[f64; MOST]; MOST] =
            std::array::from_fn(|i| std::array::from_fn(|j| 2.0 * weight * off(i, j) / (square * n)));
        for (pixel, into) in picture.chunks_exact(channels).zip(gradient.chunks_exact_mut(channels)) {
            for (i, d) in into.iter_mut().enumerate() {
                let along = (0..channels).map(|j| slope[i][j] * (pixel[j] as f64 - found.mean[j]));
                *d += (shift[i] + along.sum::<f64>()) as f32;
            }
        }
        0.5 * (means / variance + squares / square)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    fn noise(seed: u64, channels: usize) -> Vec<f32> {
        let r = Rng::new(seed);
        (0..50 * channels as u64).map(|i| r.unit(i) * r.unit(99 + i % channels as u64)).collect()
    }

    #[test]
    fn the_gradient_matches_central_differences() {
        for channels in [1, 3] {
            let (picture, wanted) = (noise(1, channels), ColourMoments::of(&noise(2, channels), channels));
            let mut gradient = vec![0f32; picture.len()];
            let loss = wanted.descend(&picture, channels, 3.0, &mut gradient);
            assert!(loss > 0.0);
            for i in 0..picture.len() {
                let at = |by: f32| {
                    let mut there = picture.clone();
                    there[i] += by;
                    let moved = (there[i] - picture[i]) as f64;
                    (wanted.descend(&there, channels, 0.0, &mut vec![0.0; there.len()]), moved)
                };
                let ((above, up), (below, down)) = (at(1e-3), at(-1e-3));
                let numeric = 3.0 * (above - below) / (up - down);
                let off = (gradient[i] as f64 - numeric).abs();
                assert!(off < 1e-3 * numeric.abs() + 1e-5, "{i}: {}, {numeric}", gradient[i]);
            }
            let own = ColourMoments::of(&picture, channels);
            assert_eq!(own.descend(&picture, channels, 1.0, &mut gradient), 0.0);
        }
    }
}

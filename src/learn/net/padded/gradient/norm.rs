//! The gradient of a group normalisation's input.

use super::activation::slope;
use crate::net::padded::PaddedImages;
use crate::net::padded::norm::{EPSILON, GroupNorm};

/// Sums of one picture's channels.
type Sums = Vec<f64>;

impl GroupNorm {
    /// Turns the gradient of the normalised and activated channels of `dy`, from `first` on, into that of the inputs `x`,
    /// which have these channels only.
    ///
    /// With x̂ = (x − μ) / σ in a group and g = γ · slope · dy, the gradient is (g − mean(g) − x̂ · mean(g · x̂)) / σ.
    pub fn descend(&self, x: &PaddedImages, dy: &mut PaddedImages, first: usize) {
        let channels = self.gamma.len();
        let each = channels / self.groups;
        assert!(x.channels == channels && x.count == dy.count, "inputs of this normalisation");
        let n = (each * x.height * x.width) as f64;
        let of_groups = |sums: &Sums| -> Sums {
            let mean = |c: usize| sums[c / each * each..][..each].iter().sum::<f64>() / n;
            (0..channels).map(mean).collect()
        };
        let pitch = dy.channels;
        for p in 0..x.count {
            let mut sums = vec![0f64; channels];
            over(x, p, |c, v| sums[c] += v as f64);
            let means = of_groups(&sums);
            let mut squares = vec![0f64; channels];
            over(x, p, |c, v| squares[c] += (v as f64 - means[c]) * (v as f64 - means[c]));
            let inverse: Vec<f64> =
                of_groups(&squares).iter().map(|v| 1.0 / libm::sqrt(v + EPSILON)).collect();
            let whitened = |c: usize, v: f32| ((v as f64 - means[c]) * inverse[c]) as f32;
            let (mut g, mut gx) = (vec![0f64; channels], vec![0f64; channels]);
            for y in 0..x.height {
                let row = dy.row_mut(p, y)[first..].chunks_mut(pitch);
                for (dy, x) in row.zip(x.row(p, y).chunks_exact(channels)) {
                    for c in 0..channels {
                        let white = whitened(c, x[c]);
                        let z = white * self.gamma[c] + self.beta[c];
                        dy[c] *= self.gamma[c] * self.activation.map_or(1.0, |a| slope(a, z));
                        g[c] += dy[c] as f64;
                        gx[c] += dy[c] as f64 * white as f64;
                    }
                }
            }
            let (g, gx) = (of_groups(&g), of_groups(&gx));
            for y in 0..x.height {
                let row = dy.row_mut(p, y)[first..].chunks_mut(pitch);
                for (dy, x) in row.zip(x.row(p, y).chunks_exact(channels)) {
                    for c in 0..channels {
                        let rest = dy[c] as f64 - g[c] - whitened(c, x[c]) as f64 * gx[c];
                        dy[c] = (rest * inverse[c]) as f32;
                    }
                }
            }
        }
    }
}

/// Calls `f` with the channel and the value of every value of a picture.
fn over(x: &PaddedImages, picture: usize, mut f: impl FnMut(usize, f32)) {
    for y in 0..x.height {
        for pixel in x.row(picture, y).chunks_exact(x.channels) {
            pixel.iter().enumerate().for_each(|(c, v)| f(c, *v));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::activation::Activation;
    use crate::net::weights::{WeightArray, Weights};
    use world::rng::Rng;

    /// Against central differences, in some channels of the gradient; the others stay.
    #[test]
    fn it_matches_central_differences() {
        let (channels, height, width) = (6, 3, 4);
        let normals =
            |n: usize, key: u64| -> Vec<f32> { (0..n as u64).map(|i| Rng::new(key).normal(i)).collect() };
        for (groups, activation) in [(1, None), (3, Some(Activation::Silu)), (2, Some(Activation::Elu))] {
            let mut weights = Weights::default();
            for (key, name) in ["n.gamma", "n.beta"].into_iter().enumerate() {
                let values = normals(channels, key as u64);
                weights.insert(name, WeightArray { dims: vec![channels], values });
            }
            let norm = GroupNorm::of(&weights, "n", groups, channels, activation).unwrap();
            let mut x = PaddedImages::bordered(channels, height, width, 1, 0);
            x.values_mut().copy_from_slice(&normals(channels * height * width, 5));
            let mut dy = PaddedImages::bordered(channels + 3, height, width, 1, 0);
            dy.values_mut().copy_from_slice(&normals((channels + 3) * height * width, 6));
            let loss = |x: &PaddedImages| -> f64 {
                let mut y = x.clone();
                norm.apply(&mut y, 0);
                let pixels = y.values().chunks_exact(channels).zip(dy.values().chunks_exact(channels + 3));
                let products = pixels.flat_map(|(y, d)| y.iter().zip(&d[2..]));
                products.map(|(y, d)| *y as f64 * *d as f64).sum()
            };
            let mut ours = dy.clone();
            norm.descend(&x, &mut ours, 2);
            for i in 0..channels * height * width {
                let at = |by: f32| {
                    let mut there = x.clone();
                    there.values_mut()[i] += by;
                    loss(&there)
                };
                let numeric = (at(0.01) - at(-0.01)) / 0.02;
                let own = ours.values()[i / channels * (channels + 3) + 2 + i % channels] as f64;
                assert!(
                    (own - numeric).abs() < 3e-3 * (1.0 + numeric.abs()),
                    "{groups}, {i}: {own}, {numeric}"
                );
            }
            let others = |x: &PaddedImages| {
                let kept = x.values().iter().enumerate();
                let outside = |i: usize| ![2, 3, 4, 5, 6, 7].contains(&(i % (channels + 3)));
                kept.filter(|(i, _)| outside(*i)).map(|(_, v)| *v).collect::<Vec<f32>>()
            };
            assert_eq!(others(&ours), others(&dy));
        }
    }
}

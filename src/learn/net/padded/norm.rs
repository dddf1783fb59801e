//! Group normalisation of padded pictures (Wu and He 2018); with one group, layer normalisation (Ba et al. 2016).

use super::PaddedImages;
use crate::net::activation::{Activation, scaled};
use crate::net::weights::Weights;
use world::widest;

/// Each group of channels of a picture minus its mean, over its deviation, scaled and shifted a channel, and activated.
#[derive(Clone, Debug)]
pub struct GroupNorm {
    pub(super) groups: usize,
    pub(super) gamma: Vec<f32>,
    pub(super) beta: Vec<f32>,
    pub(super) activation: Option<Activation>,
}

pub(super) const EPSILON: f64 = 1e-5;

impl GroupNorm {
    /// Reads `name.gamma` and `name.beta`.
    ///
    /// # Errors
    /// They are missing or of another shape.
    pub fn of(
        w: &Weights,
        name: &str,
        groups: usize,
        channels: usize,
        activation: Option<Activation>,
    ) -> Result<Self, String> {
        let get = |part: &str| w.get(&format!("{name}.{part}"), &[channels]);
        Ok(Self { groups, gamma: get("gamma")?, beta: get("beta")?, activation })
    }

    /// Normalises the channels of every picture from `first` on, in place.
    pub fn apply(&self, x: &mut PaddedImages, first: usize) {
        let channels = self.gamma.len();
        let (each, pitch) = (channels / self.groups, x.channels);
        let mut means = vec![0f32; channels];
        let mut scale = vec![0f32; channels];
        for p in 0..x.count {
            let n = (each * x.height * x.width) as f64;
            means.fill(0.0);
            let sums = totals(x, p, first, &means, false);
            let mean = |c: usize| sums[c / each * each..][..each].iter().sum::<f64>() / n;
            means.iter_mut().enumerate().for_each(|(c, m)| *m = mean(c) as f32);
            let squares = totals(x, p, first, &means, true);
            let variance = |c: usize| squares[c / each * each..][..each].iter().sum::<f64>() / n;
            let mut shift = self.beta.clone();
            for c in 0..channels {
                scale[c] = self.gamma[c] * (1.0 / libm::sqrt(variance(c) + EPSILON)) as f32;
                shift[c] -= means[c] * scale[c];
            }
            for y in 0..x.height {
                scaled(&mut x.row_mut(p, y)[first..], pitch, &scale, &shift, self.activation);
            }
        }
    }
}

/// The sum of each channel of a picture less its mean, or of its square, row by row.
fn totals(x: &PaddedImages, picture: usize, first: usize, means: &[f32], squares: bool) -> Vec<f64> {
    let mut all = vec![0f64; means.len()];
    let mut sums = vec![0f32; means.len()];
    for y in 0..x.height {
        sums.fill(0.0);
        row_sums(&x.row(picture, y)[first..], x.channels, means, squares, &mut sums);
        all.iter_mut().zip(&sums).for_each(|(a, s)| *a += *s as f64);
    }
    all
}

widest! {
    fn row_sums(row: &[f32], pitch: usize, means: &[f32], squares: bool, sums: &mut [f32]) {
        for pixel in row.chunks(pitch) {
            let values = pixel.iter().zip(means);
            match squares {
                true => sums.iter_mut().zip(values).for_each(|(s, (v, m))| *s += (v - m) * (v - m)),
                false => sums.iter_mut().zip(values).for_each(|(s, (v, m))| *s += v - m),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::weights::WeightArray;
    use world::rng::Rng;
    use world::vectors::Vectors;

    /// Against the definition in double precision, and the same bits at every width.
    #[test]
    fn groups_are_normalised_alone_and_other_channels_stay() {
        let (channels, height, width) = (12, 5, 7);
        for groups in [1, 3, 12] {
            let normals =
                |n: usize, key: u64| (0..n as u64).map(|i| Rng::new(key).normal(i)).collect::<Vec<f32>>();
            let mut weights = Weights::default();
            weights.insert("n.gamma", WeightArray { dims: vec![channels], values: normals(channels, 1) });
            weights.insert("n.beta", WeightArray { dims: vec![channels], values: normals(channels, 2) });
            let norm = GroupNorm::of(&weights, "n", groups, channels, Some(Activation::Leaky)).unwrap();
            let mut x = PaddedImages::new(channels + 5, height, width, 2);
            for i in 0..2 * height {
                let values = normals(width * (channels + 5), 10 + i as u64);
                x.row_mut(i / height, i % height).copy_from_slice(&values);
            }
            let made = |v: Vectors| {
                let mut y = x.clone();
                v.run(|| norm.apply(&mut y, 3)).unwrap();
                y
            };
            let y = made(Vectors::Plain);
            assert!(Vectors::available().all(|v| made(v).values() == y.values()));
            let value = |x: &PaddedImages, p: usize, i: usize, c: usize| {
                x.row(p, i / width)[i % width * (channels + 5) + c] as f64
            };
            for (p, c) in (0..2 * (channels + 5)).map(|i| (i / (channels + 5), i % (channels + 5))) {
                let is_ours = (3..3 + channels).contains(&c);
                let each = channels / groups;
                let begin = if is_ours { 3 + (c - 3) / each * each } else { 0 };
                let group: Vec<f64> = (0..height * width)
                    .flat_map(|i| (begin..begin + each).map(move |c| (i, c)))
                    .map(|(i, c)| value(&x, p, i, c))
                    .collect();
                let mean = group.iter().sum::<f64>() / group.len() as f64;
                let variance = group.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / group.len() as f64;
                for i in 0..height * width {
                    let mut wanted = value(&x, p, i, c);
                    if is_ours {
                        let (gamma, beta) = (norm.gamma[c - 3] as f64, norm.beta[c - 3] as f64);
                        wanted = (wanted - mean) / (variance + 1e-5).sqrt() * gamma + beta;
                        wanted = wanted.max(0.01 * wanted);
                    }
                    assert!((value(&y, p, i, c) - wanted).abs() < 1e-5, "{groups}: {p} {i} {c}");
                }
            }
        }
    }
}

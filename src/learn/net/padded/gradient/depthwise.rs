//! The gradient of a depthwise convolution's input.

use crate::net::padded::PaddedImages;
use crate::net::padded::depthwise::Depthwise;
use world::widest;

impl Depthwise {
    /// Overwrites the gradient `dx` of the input, from that of the output.
    pub fn descend(&self, dy: &PaddedImages, dx: &mut PaddedImages) {
        let (stride, c) = (self.stride, dx.channels);
        assert!(dy.channels == c && dy.count == dx.count, "gradients of this convolution");
        for (p, y) in dx.rows() {
            dx.row_mut(p, y).fill(0.0);
        }
        for (p, v) in dy.rows() {
            for ky in 0..3 {
                let Some(y) = (v * stride + ky).checked_sub(1).filter(|y| *y < dx.height) else { continue };
                spread(dy.row(p, v), dx.row_mut(p, y), &self.taps[3 * ky * c..][..3 * c], c, stride);
            }
        }
    }
}

widest! {
    /// Adds a row of output gradients, through one row of taps, to a row of input gradients.
    fn spread(dy: &[f32], dx: &mut [f32], taps: &[f32], c: usize, stride: usize) {
        let width = dx.len() / c;
        for (u, dy) in dy.chunks_exact(c).enumerate() {
            for (kx, taps) in taps.chunks_exact(c).enumerate() {
                let Some(x) = (u * stride + kx).checked_sub(1).filter(|x| *x < width) else { continue };
                let into = dx[x * c..(x + 1) * c].iter_mut();
                into.zip(dy.iter().zip(taps)).for_each(|(d, (g, w))| *d += g * w);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::weights::{WeightArray, Weights};
    use world::rng::Rng;
    use world::vectors::Vectors;

    /// ⟨dy, conv(x)⟩ = ⟨gradient(dy), x⟩, and the same bits at every width.
    #[test]
    fn it_is_the_transposed_convolution() {
        for (channels, h, w, stride) in [(16, 5, 6, 1), (35, 7, 4, 2), (3, 1, 1, 1), (48, 8, 9, 2)] {
            let rng = Rng::new(channels as u64);
            let mut weights = Weights::default();
            let values = (0..9 * channels as u64).map(|i| rng.normal(i)).collect();
            weights.insert("d.weight", WeightArray { dims: vec![channels, 1, 3, 3], values });
            let layer = Depthwise::of(&weights, "d", channels, stride).unwrap();
            let filled = |mut x: PaddedImages, key: u64| {
                for (p, y) in x.rows() {
                    let rng = rng.fork(key + (p * 100 + y) as u64);
                    x.row_mut(p, y).iter_mut().enumerate().for_each(|(i, v)| *v = rng.normal(i as u64));
                }
                x
            };
            let x = filled(PaddedImages::new(channels, h, w, 2), 0);
            let mut y = PaddedImages::new(channels, (h - 1) / stride + 1, (w - 1) / stride + 1, 2);
            layer.apply(&x, &mut y);
            let dy = filled(y.clone(), 1000);
            let made = |v: Vectors| {
                let mut dx = x.clone();
                v.run(|| layer.descend(&dy, &mut dx)).unwrap();
                dx
            };
            let dx = made(Vectors::Plain);
            assert!(Vectors::available().all(|v| made(v).values() == dx.values()));
            let product = |a: &PaddedImages, b: &PaddedImages| -> f64 {
                a.values().iter().zip(b.values()).map(|(a, b)| *a as f64 * *b as f64).sum()
            };
            let (left, right) = (product(&dy, &y), product(&dx, &x));
            assert!((left - right).abs() < 1e-4 * (1.0 + left.abs()), "{channels}: {left}, {right}");
        }
    }
}

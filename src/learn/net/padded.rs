//! Activations between layers: channels last, zero-padded by one, so that a 3 × 3 convolution reads them in place and
//! writes where the next one reads.

use super::convolution::tile::{Rows, Run, product_rounded};
use super::layers::Conv3;

/// Pictures of one size.
#[derive(Clone, Debug)]
pub struct PaddedImages {
    /// Values per pixel.
    pub channels: usize,
    /// Rows without the border.
    pub height: usize,
    /// Columns without the border.
    pub width: usize,
    /// How many pictures.
    pub count: usize,
    data: Vec<f32>,
}

impl PaddedImages {
    /// Black pictures.
    pub fn new(channels: usize, height: usize, width: usize, count: usize) -> Self {
        let data = vec![0.0; count * (height + 2) * (width + 2) * channels];
        Self { channels, height, width, count, data }
    }

    /// Offset of a pixel's first value; `y` and `x` count from 0 within the border.
    fn place(&self, picture: usize, y: usize, x: usize) -> usize {
        ((picture * (self.height + 2) + y + 1) * (self.width + 2) + x + 1) * self.channels
    }

    /// A row of a picture, `[width][channels]`.
    pub fn row(&self, picture: usize, y: usize) -> &[f32] {
        let at = self.place(picture, y, 0);
        &self.data[at..at + self.width * self.channels]
    }

    /// A row of a picture to fill.
    pub fn row_mut(&mut self, picture: usize, y: usize) -> &mut [f32] {
        let at = self.place(picture, y, 0);
        &mut self.data[at..at + self.width * self.channels]
    }

    /// Every row, picture after picture.
    fn each_row(&mut self, mut f: impl FnMut(&mut [f32])) {
        (0..self.count * self.height).for_each(|i| f(self.row_mut(i / self.height, i % self.height)));
    }

    /// Max pooling by 2; `into` has half the rows and columns, rounded down.
    pub fn pool(&self, into: &mut Self) {
        assert!(into.channels == self.channels && into.count == self.count);
        assert!(into.height == self.height / 2 && into.width == self.width / 2);
        let c = self.channels;
        for i in 0..into.count * into.height {
            let (p, y) = (i / into.height, i % into.height);
            let (upper, lower) = (self.row(p, 2 * y), self.row(p, 2 * y + 1));
            let pairs = upper.chunks_exact(2 * c).zip(lower.chunks_exact(2 * c));
            for (out, (upper, lower)) in into.row_mut(p, y).chunks_exact_mut(c).zip(pairs) {
                for (i, out) in out.iter_mut().enumerate() {
                    *out = greater(greater(upper[i], upper[c + i]), greater(lower[i], lower[c + i]));
                }
            }
        }
    }

    /// Appends mean and maximum of each channel of a picture to `out`: all means, then all maxima.
    pub fn mean_and_max(&self, picture: usize, out: &mut Vec<f32>) {
        let mut sums = vec![0f32; self.channels];
        let mut maxima = vec![f32::NEG_INFINITY; self.channels];
        for y in 0..self.height {
            for pixel in self.row(picture, y).chunks_exact(self.channels) {
                for ((sum, max), v) in sums.iter_mut().zip(&mut maxima).zip(pixel) {
                    *sum += v;
                    *max = greater(*v, *max);
                }
            }
        }
        let n = (self.height * self.width) as f32;
        out.extend(sums.iter().map(|s| s / n));
        out.extend(maxima);
    }
}

/// The greater of two numbers; which of two zeros is returned does not depend on the machine.
#[inline(always)]
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// A 3 × 3 convolution and ReLU, prepared for pictures of one size.
#[derive(Clone, Debug)]
pub struct ConvRelu {
    /// `[3 × 3][from][to]`.
    right: Vec<f32>,
    bias: Vec<f32>,
    runs: [Run; 3],
    /// Where the window of each output pixel begins, and the pixel's own place in pixels.
    windows: Vec<usize>,
    places: Vec<usize>,
}

impl ConvRelu {
    /// From pictures like `x` to pictures like `y`.
    ///
    /// # Errors
    /// They do not fit the convolution.
    pub fn new(conv: &Conv3, x: &PaddedImages, y: &PaddedImages) -> Result<Self, String> {
        let (height, width) = conv.out(x.height, x.width);
        let (found, expected) = ((y.channels, y.height, y.width, y.count), (conv.to, height, width, x.count));
        if found != expected || x.channels != conv.from {
            return Err(format!("expected pictures of {expected:?}, found {found:?}"));
        }
        let line = (x.width + 2) * x.channels;
        let runs = [0, 1, 2].map(|ky| Run { from: ky * line, row: ky * 3 * x.channels, len: 3 * x.channels });
        let pixels =
            || (0..x.count).flat_map(|p| (0..height).flat_map(move |v| (0..width).map(move |u| (p, v, u))));
        // A window begins a row and a column before its centre.
        let window = |(p, v, u)| x.place(p, v * conv.stride, u * conv.stride) - line - x.channels;
        Ok(Self {
            right: conv.taps().to_vec(),
            bias: conv.bias.clone(),
            runs,
            windows: pixels().map(window).collect(),
            places: pixels().map(|(p, v, u)| y.place(p, v, u) / y.channels).collect(),
        })
    }

    /// Convolves every picture.
    pub fn apply(&self, x: &PaddedImages, y: &mut PaddedImages) {
        let rows = Rows { data: &x.data, bases: &self.windows, runs: &self.runs };
        let to = self.bias.len();
        product_rounded(rows, &self.right, to, &self.places, &mut y.data);
        y.each_row(|row| {
            for pixel in row.chunks_exact_mut(to) {
                pixel.iter_mut().zip(&self.bias).for_each(|(v, b)| *v = greater(*v + b, 0.0));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::weights::{WeightArray, Weights};
    use world::rng::Rng;

    /// One output by the definition, taps in their order.
    fn reference(
        conv: &Conv3,
        picture: &[f32],
        (h, w): (usize, usize),
        (v, u, t): (usize, usize, usize),
    ) -> f32 {
        let taps = conv.taps();
        let mut sum = 0f32;
        for (ky, kx, c) in (0..9 * conv.from).map(|i| (i / 3 / conv.from, i / conv.from % 3, i % conv.from)) {
            let (y, x) = ((v * conv.stride + ky).wrapping_sub(1), (u * conv.stride + kx).wrapping_sub(1));
            let inside = y < h && x < w;
            let value = if inside { picture[(c * h + y) * w + x] } else { 0.0 };
            sum += value * taps[((ky * 3 + kx) * conv.from + c) * conv.to + t];
        }
        (sum + conv.bias[t]).max(0.0)
    }

    /// At every size and stride, and nothing is written on the border.
    #[test]
    fn it_is_a_convolution_to_the_bit() {
        for (k, (from, to, h, w, stride)) in
            [(3, 24, 9, 7, 2), (1, 5, 4, 4, 1), (8, 17, 6, 11, 1), (24, 48, 8, 8, 2)].into_iter().enumerate()
        {
            let rng = Rng::new(k as u64);
            let noise = |name: &str, dims: &[usize]| {
                let n: usize = dims.iter().product();
                let values = (0..n as u64).map(|i| rng.named(name).normal(i)).collect();
                WeightArray { dims: dims.to_vec(), values }
            };
            let mut weights = Weights::default();
            weights.insert("c.weight", noise("weight", &[to, from, 3, 3]));
            weights.insert("c.bias", noise("bias", &[to]));
            let conv = Conv3::of(&weights, "c", from, to, stride).unwrap();
            let (oh, ow) = conv.out(h, w);
            let (mut x, mut y) = (PaddedImages::new(from, h, w, 3), PaddedImages::new(to, oh, ow, 3));
            let pictures: Vec<Vec<f32>> =
                (0..3).map(|p| noise(&format!("{p}"), &[from, h, w]).values).collect();
            for (p, v, u, c) in all(3, h, w, from) {
                x.row_mut(p, v)[u * from + c] = pictures[p][(c * h + v) * w + u];
            }
            ConvRelu::new(&conv, &x, &y).unwrap().apply(&x, &mut y);
            let mut inner = 0;
            for (p, v, u, t) in all(3, oh, ow, to) {
                let (ours, wanted) =
                    (y.row(p, v)[u * to + t], reference(&conv, &pictures[p], (h, w), (v, u, t)));
                assert_eq!(ours, wanted, "{from} → {to}: {p} {v} {u} {t}");
                inner += (ours > 0.0) as usize;
            }
            assert!(inner > oh * ow * to / 2);
            assert_eq!(y.data.iter().filter(|v| **v > 0.0).count(), inner, "the border stays zero");
            assert!(ConvRelu::new(&conv, &y, &x).is_err());
        }
    }

    fn all(a: usize, b: usize, c: usize, d: usize) -> impl Iterator<Item = (usize, usize, usize, usize)> {
        (0..a * b * c * d).map(move |i| (i / (b * c * d), i / (c * d) % b, i / d % c, i % d))
    }

    #[test]
    fn pooling_and_means_are_those_of_each_channel() {
        let mut x = PaddedImages::new(2, 3, 5, 1);
        for y in 0..3 {
            for u in 0..5 {
                let pixel = &mut x.row_mut(0, y)[u * 2..u * 2 + 2];
                pixel.copy_from_slice(&[(y * 5 + u) as f32, -((y * 5 + u) as f32)]);
            }
        }
        let mut half = PaddedImages::new(2, 1, 2, 1);
        x.pool(&mut half);
        assert_eq!(half.row(0, 0), [6.0, 0.0, 8.0, -2.0]);
        let mut out = Vec::new();
        x.mean_and_max(0, &mut out);
        assert_eq!(out, [7.0, -7.0, 14.0, 0.0]);
    }
}

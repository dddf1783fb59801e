//! Depthwise convolution of padded pictures: one 3 × 3 filter a channel (Sifre 2014).

use super::PaddedImages;
use crate::net::weights::Weights;
use world::widest;

/// A depthwise 3 × 3 convolution with a border of one and no bias.
#[derive(Clone, Debug)]
pub struct Depthwise {
    pub(super) stride: usize,
    /// `[3 × 3][channels]`.
    pub(super) taps: Vec<f32>,
}

impl Depthwise {
    /// Reads `name.weight`, `[channels][1][3][3]`.
    ///
    /// # Errors
    /// The weight is missing or of another shape.
    pub fn of(w: &Weights, name: &str, channels: usize, stride: usize) -> Result<Self, String> {
        let weight = w.get(&format!("{name}.weight"), &[channels, 1, 3, 3])?;
        let taps = (0..9 * channels).map(|i| weight[i % channels * 9 + i / channels]).collect();
        Ok(Self { stride, taps })
    }

    /// Convolves every picture; `y` has one row and column for each `stride` of `x`, which has a border.
    pub fn apply(&self, x: &PaddedImages, y: &mut PaddedImages) {
        let out = |side: usize| (side - 1) / self.stride + 1;
        assert!(x.border > 0 && x.channels == y.channels && x.count == y.count);
        assert!(y.height == out(x.height) && y.width == out(x.width));
        let across = y.width * y.channels;
        let lines =
            Lines { channels: x.channels, stride: self.stride, read: x.line(), written: y.line(), across };
        for p in 0..x.count {
            // A window begins one row and one column before its centre.
            let from = x.place(p, 0, 0) - x.line() - x.channels;
            let (to, end) = (y.place(p, 0, 0), y.place(p, y.height - 1, 0) + across);
            picture(&x.data[from..], &mut y.data[to..end], &self.taps, &lines);
        }
    }
}

/// Sizes of a picture, in values.
struct Lines {
    channels: usize,
    stride: usize,
    /// A line of the input, with its border.
    read: usize,
    /// A line of the output, with its border, and without.
    written: usize,
    across: usize,
}

widest! {
    /// A picture; `x` begins with the first window, `y` with the first pixel.
    fn picture(x: &[f32], y: &mut [f32], taps: &[f32], lines: &Lines) {
        let mut c = 0;
        while c + 16 <= lines.channels {
            lanes::<16>(x, y, taps, lines, c);
            c += 16;
        }
        while c < lines.channels {
            lanes::<1>(x, y, taps, lines, c);
            c += 1;
        }
    }
}

/// Channels `c..c + N` of a picture.
#[inline(always)]
fn lanes<const N: usize>(x: &[f32], y: &mut [f32], taps: &[f32], lines: &Lines, c: usize) {
    let channels = lines.channels;
    let taps: [[f32; N]; 9] = std::array::from_fn(|t| std::array::from_fn(|i| taps[t * channels + c + i]));
    let step = lines.stride * channels;
    for (v, line) in y.chunks_mut(lines.written).enumerate() {
        let begin = v * lines.stride * lines.read + c;
        let rows: [&[f32]; 3] = std::array::from_fn(|ky| &x[begin + ky * lines.read..]);
        let reach = (lines.across / channels - 1) * step + 2 * channels + N;
        assert!(rows.iter().all(|row| row.len() >= reach));
        for (u, out) in line[..lines.across].chunks_exact_mut(channels).enumerate() {
            let mut sum = [0f32; N];
            for (t, taps) in taps.iter().enumerate() {
                let at = u * step + t % 3 * channels;
                // SAFETY: `at + N` is at most `reach`, which was just asserted.
                let v = unsafe { rows[t / 3].get_unchecked(at..at + N) };
                for i in 0..N {
                    sum[i] += v[i] * taps[i];
                }
            }
            out[c..c + N].copy_from_slice(&sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::weights::WeightArray;
    use world::rng::Rng;
    use world::vectors::Vectors;

    /// Against a sum over single pixels, to the bit, at every width.
    #[test]
    fn each_channel_is_convolved_alone_to_the_bit() {
        for (channels, h, w, stride, border) in
            [(16, 5, 6, 1, 1), (35, 7, 4, 2, 2), (3, 1, 1, 1, 1), (48, 8, 9, 2, 1)]
        {
            let rng = Rng::new(channels as u64);
            let values: Vec<f32> = (0..9 * channels as u64).map(|i| rng.normal(i)).collect();
            let mut weights = Weights::default();
            let array = WeightArray { dims: vec![channels, 1, 3, 3], values: values.clone() };
            weights.insert("d.weight", array);
            let mut x = PaddedImages::bordered(channels, h, w, 2, border);
            for (p, v) in (0..2 * h).map(|i| (i / h, i % h)) {
                let rng = rng.fork((p * h + v) as u64);
                x.row_mut(p, v).iter_mut().enumerate().for_each(|(i, x)| *x = rng.normal(i as u64));
            }
            let (oh, ow) = ((h - 1) / stride + 1, (w - 1) / stride + 1);
            let layer = Depthwise::of(&weights, "d", channels, stride).unwrap();
            for vectors in Vectors::available() {
                let mut y = PaddedImages::new(channels, oh, ow, 2);
                vectors.run(|| layer.apply(&x, &mut y)).unwrap();
                for i in 0..2 * oh * ow * channels {
                    let (p, v, u) = (i / (oh * ow * channels), i / (ow * channels) % oh, i / channels % ow);
                    let c = i % channels;
                    let mut sum = 0f32;
                    for t in 0..9 {
                        let (row, column) =
                            ((v * stride + t / 3).wrapping_sub(1), (u * stride + t % 3).wrapping_sub(1));
                        let inside = row < h && column < w;
                        let value = if inside { x.row(p, row)[column * channels + c] } else { 0.0 };
                        sum += value * values[c * 9 + t];
                    }
                    assert_eq!(y.row(p, v)[u * channels + c], sum, "{vectors} {channels}: {p} {v} {u} {c}");
                }
                let inner: usize = y.rows().map(|(p, v)| y.row(p, v).len()).sum();
                assert!(y.data.iter().filter(|v| **v != 0.0).count() <= inner, "the border stays zero");
            }
        }
        assert!(Depthwise::of(&Weights::default(), "d", 4, 1).unwrap_err().contains("d.weight"));
    }
}

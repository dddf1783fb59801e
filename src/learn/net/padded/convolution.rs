//! Convolutions of padded pictures, with bias and activation.

use super::PaddedImages;
use crate::net::activation::{Activation, shifted};
use crate::net::convolution::compute::taps_first;
use crate::net::convolution::tile::{Rows, Run, Target, product_fused, product_rounded};
use crate::net::layers::{bias, folded};
use crate::net::weights::Weights;

/// Weights of a convolution with an odd kernel and a border of half of it.
#[derive(Clone, Debug)]
pub struct Filters {
    pub(super) from: usize,
    pub(super) kernel: usize,
    pub(super) stride: usize,
    /// The weight as `[kernel × kernel][from][to]`.
    pub(super) taps: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Filters {
    /// Reads `name.weight`, `[to][from][kernel][kernel]`, and, if there is one, `name.bias`.
    ///
    /// # Errors
    /// The weight is missing or of another shape.
    pub fn of(
        w: &Weights,
        name: &str,
        (from, to): (usize, usize),
        kernel: usize,
        stride: usize,
    ) -> Result<Self, String> {
        let weight = w.get(&format!("{name}.weight"), &[to, from, kernel, kernel])?;
        let taps = taps_first(&weight, to, from);
        Ok(Self { from, kernel, stride, taps, bias: bias(w, name, to)? })
    }

    /// With the batch normalisation after it folded in, as in inference: `name.gamma`, `.beta`, `.running_mean`,
    /// `.running_var` (Ioffe and Szegedy 2015).
    ///
    /// # Errors
    /// A weight is missing or of another shape.
    pub fn with_norm(mut self, w: &Weights, name: &str) -> Result<Self, String> {
        folded(w, name, &mut self.taps, &mut self.bias)?;
        Ok(self)
    }
}

/// Pixels from which on each picture is a product of its own: its activations then stay in the cache from the product
/// to the activation. Smaller ones share a product, which reads the weights once.
const ALONE: usize = 128;

/// A convolution, bias and activation, prepared for pictures of one size.
#[derive(Clone, Debug)]
pub struct Convolution {
    right: Vec<f32>,
    bias: Vec<f32>,
    activation: Option<Activation>,
    is_rounded: bool,
    /// Whether anything follows the product.
    is_bare: bool,
    runs: Vec<Run>,
    /// Pictures of a product.
    together: usize,
    /// Where the window of each output pixel of these pictures begins, and the pixel's own place in pixels.
    windows: Vec<usize>,
    places: Vec<usize>,
    /// The first channel that is written.
    first: usize,
}

impl Convolution {
    /// From pictures like `x` to the channels of pictures like `y` from `first` on.
    ///
    /// # Errors
    /// They do not fit the convolution.
    pub fn new(
        filters: Filters,
        activation: Option<Activation>,
        x: &PaddedImages,
        y: &PaddedImages,
        first: usize,
    ) -> Result<Self, String> {
        let Filters { from, kernel, stride, taps, bias } = filters;
        let (height, width) = ((x.height - 1) / stride + 1, (x.width - 1) / stride + 1);
        let (found, expected) = ((y.height, y.width, y.count), (height, width, x.count));
        let is_inside = x.border >= kernel / 2 && first + bias.len() <= y.channels;
        if found != expected || x.channels != from || !is_inside {
            return Err(format!("expected pictures of {expected:?}, found {found:?}"));
        }
        let run = |ky| Run { from: ky * x.line(), row: ky * kernel * from, len: kernel * from };
        let together = if height * width < ALONE { x.count } else { 1 };
        let pixels =
            || (0..together).flat_map(|p| (0..height).flat_map(move |v| (0..width).map(move |u| (p, v, u))));
        // A window begins half a kernel before its centre.
        let before = kernel / 2 * (x.line() + from);
        let window = |(p, v, u)| x.place(p, v * stride, u * stride) - before;
        Ok(Self {
            is_bare: activation.is_none() && bias.iter().all(|b| *b == 0.0),
            is_rounded: false,
            runs: (0..kernel).map(run).collect(),
            windows: pixels().map(window).collect(),
            places: pixels().map(|(p, v, u)| y.place(p, v, u) / y.channels).collect(),
            right: taps,
            bias,
            activation,
            together,
            first,
        })
    }

    /// With every product and every sum rounded: fast on processors without a fused instruction too, and half as fast
    /// on others.
    pub fn rounded(self) -> Self {
        Self { is_rounded: true, ..self }
    }

    /// Convolves every picture.
    pub fn apply(&self, x: &PaddedImages, y: &mut PaddedImages) {
        let product = if self.is_rounded { product_rounded } else { product_fused };
        for p in (0..x.count).step_by(self.together) {
            let data = &x.data[p * x.picture()..];
            let rows = Rows { data, bases: &self.windows, runs: &self.runs };
            let (pitch, at) = (y.channels, p * y.picture());
            let into = Target { data: &mut y.data[at..], places: &self.places, pitch, first: self.first };
            product(rows, &self.right, self.bias.len(), into);
            if self.is_bare {
                continue;
            }
            for (p, v) in y.rows().skip(p * y.height).take(self.together * y.height) {
                shifted(&mut y.row_mut(p, v)[self.first..], pitch, &self.bias, self.activation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::weights::WeightArray;
    use world::rng::Rng;

    const NAMES: [&str; 2] = ["c.weight", "c.bias"];

    /// One output by the definition, taps in their order.
    fn reference(
        f: &Filters,
        x: &PaddedImages,
        (p, v, u, t): (usize, usize, usize, usize),
        round: bool,
    ) -> f32 {
        let (mut sum, to) = (0f32, f.bias.len());
        for (i, row) in f.taps.chunks_exact(to).enumerate() {
            let (ky, kx, c) = (i / f.kernel / f.from, i / f.from % f.kernel, i % f.from);
            let (y, x0) = (v * f.stride + ky, u * f.stride + kx);
            let (y, x0) = (y.wrapping_sub(f.kernel / 2), x0.wrapping_sub(f.kernel / 2));
            let value = if y < x.height && x0 < x.width { x.row(p, y)[x0 * f.from + c] } else { 0.0 };
            sum = if round { sum + value * row[t] } else { value.mul_add(row[t], sum) };
        }
        (sum + f.bias[t]).max(0.0)
    }

    /// At every kernel, size and stride, rounded and fused, some channels only; nothing is written elsewhere.
    #[test]
    fn it_is_a_convolution_to_the_bit() {
        let sizes = [
            (3, 24, 9, 7, 3, 2),
            (1, 5, 4, 4, 3, 1),
            (8, 17, 6, 11, 3, 1),
            (24, 48, 13, 13, 3, 1),
            (9, 16, 12, 15, 1, 1),
            (7, 33, 5, 5, 1, 2),
            (6, 16, 12, 14, 5, 1),
            (2, 3, 7, 3, 5, 2),
        ];
        for (k, (from, to, h, w, kernel, stride)) in sizes.into_iter().enumerate() {
            let rng = Rng::new(k as u64);
            let mut weights = Weights::default();
            for (name, dims) in NAMES.into_iter().zip([vec![to, from, kernel, kernel], vec![to]]) {
                let n: usize = dims.iter().product();
                let values = (0..n as u64).map(|i| rng.named(name).normal(i)).collect();
                weights.insert(name, WeightArray { dims, values });
            }
            let filters = Filters::of(&weights, "c", (from, to), kernel, stride).unwrap();
            let mut x = PaddedImages::bordered(from, h, w, 3, 2);
            for (p, v) in (0..3 * h).map(|i| (i / h, i % h)) {
                let rng = rng.fork((p * h + v) as u64);
                x.row_mut(p, v).iter_mut().enumerate().for_each(|(i, x)| *x = rng.normal(i as u64));
            }
            let (oh, ow) = ((h - 1) / stride + 1, (w - 1) / stride + 1);
            for (first, round) in [(0, true), (4, false)] {
                let mut y = PaddedImages::new(to + 7, oh, ow, 3);
                let conv = Convolution::new(filters.clone(), Some(Activation::Relu), &x, &y, first).unwrap();
                if round { conv.rounded() } else { conv }.apply(&x, &mut y);
                let mut inner = 0;
                for i in 0..3 * oh * ow * to {
                    let (p, v, u, t) = (i / (oh * ow * to), i / (ow * to) % oh, i / to % ow, i % to);
                    let ours = y.row(p, v)[u * (to + 7) + first + t];
                    let wanted = reference(&filters, &x, (p, v, u, t), round);
                    assert_eq!(ours, wanted, "{from} → {to}, {kernel}: {p} {v} {u} {t}");
                    inner += (ours > 0.0) as usize;
                }
                assert!(inner > oh * ow * to / 2);
                let all = y.data.iter().filter(|v| **v != 0.0).count();
                assert_eq!(all, inner, "the border and other channels stay zero");
                assert!(Convolution::new(filters.clone(), None, &y, &x, 0).is_err());
                assert!(Convolution::new(filters.clone(), None, &x, &y, 8).is_err());
            }
        }
    }
}

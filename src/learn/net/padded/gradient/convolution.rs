//! The gradient of a convolution's input.
//!
//! Every input pixel is a sum of taps of the output's gradient: a product whose left matrix is read in place, as
//! forward. At a stride of 2, input pixels of one parity share their taps.

use crate::net::convolution::tile::{Rows, Run, Target, product_fused, product_rounded};
use crate::net::padded::PaddedImages;
use crate::net::padded::convolution::Filters;

/// A convolution's step backward, prepared for pictures of one size.
#[derive(Clone, Debug)]
pub struct ConvolutionGradient {
    /// `[kernel × kernel][to][columns]`.
    right: Vec<f32>,
    /// Channels of the input, or more, where these fill a vector.
    columns: usize,
    is_rounded: bool,
    parities: Vec<Parity>,
}

/// Fewest columns of a product: fewer take as long.
const NARROW: usize = 8;

/// Input pixels that the same taps reach.
#[derive(Clone, Debug)]
struct Parity {
    runs: Vec<Run>,
    /// Where the window of each pixel begins, and the pixel's own place.
    bases: Vec<usize>,
    places: Vec<usize>,
}

impl ConvolutionGradient {
    /// From gradients like `dy`, whose channels from `first` on are the outputs, to gradients like `dx` of the inputs.
    /// `is_rounded`: every product and every sum is rounded, as in [`Convolution::rounded`](super::super::convolution::Convolution::rounded).
    ///
    /// # Errors
    /// They do not fit the convolution.
    pub fn new(
        filters: &Filters,
        (dx, dy): (&PaddedImages, &PaddedImages),
        first: usize,
        is_rounded: bool,
    ) -> Result<Self, String> {
        let Filters { from, kernel, stride, taps, bias } = filters;
        let (from, kernel, stride, to) = (*from, *kernel, *stride, bias.len());
        let expected = ((dx.height - 1) / stride + 1, (dx.width - 1) / stride + 1, dx.count);
        let found = (dy.height, dy.width, dy.count);
        if found != expected || dx.channels != from || dy.border < kernel / 2 || first + to > dy.channels {
            return Err(format!("expected gradients of {expected:?}, found {found:?}"));
        }
        let columns = from.max(NARROW);
        let mut right = vec![0f32; kernel * kernel * to * columns];
        for (i, weight) in taps.iter().enumerate() {
            let (tap, c, t) = (i / to / from, i / to % from, i % to);
            right[(tap * to + t) * columns + c] = *weight;
        }
        let parity = |i: usize| {
            let runs = Parity::runs(kernel, stride, (i / stride, i % stride), (dy, first, to));
            Parity::new(runs, stride, (i / stride, i % stride), (dx, dy, kernel / 2), columns > from)
        };
        let parities = (0..stride * stride).map(parity).collect();
        Ok(Self { right, columns, is_rounded, parities })
    }

    /// Overwrites the gradient of the input.
    pub fn apply(&self, dy: &PaddedImages, dx: &mut PaddedImages) {
        let product = if self.is_rounded { product_rounded } else { product_fused };
        let is_narrow = self.columns > dx.channels;
        let mut wide = vec![0f32; if is_narrow { dx.height * dx.width * self.columns } else { 0 }];
        for p in 0..dx.count {
            let (at, pitch) = (p * dx.picture(), dx.channels);
            for parity in &self.parities {
                let rows =
                    Rows { data: &dy.data[p * dy.picture()..], bases: &parity.bases, runs: &parity.runs };
                let into = match is_narrow {
                    true => Target { data: &mut wide, places: &parity.places, pitch: self.columns, first: 0 },
                    false => Target { data: &mut dx.data[at..], places: &parity.places, pitch, first: 0 },
                };
                product(rows, &self.right, self.columns, into);
            }
            for (y, line) in wide.chunks_exact(dx.width * self.columns).enumerate() {
                let pixels = dx.row_mut(p, y).chunks_exact_mut(pitch).zip(line.chunks_exact(self.columns));
                pixels.for_each(|(to, from)| to.copy_from_slice(&from[..pitch]));
            }
        }
    }
}

impl Parity {
    /// Input row y is reached through tap ky from output row (y + border − ky) / stride, if that is whole; the rows are
    /// counted from half a kernel before the window's own place.
    fn runs(
        kernel: usize,
        stride: usize,
        (py, px): (usize, usize),
        (dy, first, to): (&PaddedImages, usize, usize),
    ) -> Vec<Run> {
        let half = kernel / 2;
        let reached = |p: usize, k: usize| p + half * (1 + stride) - k;
        let taps = |p: usize| (0..kernel).filter(move |k| reached(p, *k).is_multiple_of(stride));
        let mut runs = Vec::new();
        for ky in taps(py) {
            for kx in taps(px) {
                let (down, along) = (reached(py, ky) / stride, reached(px, kx) / stride);
                let from = down * dy.line() + along * dy.channels + first;
                runs.push(Run { from, row: (ky * kernel + kx) * to, len: to });
            }
        }
        runs
    }

    fn new(
        runs: Vec<Run>,
        stride: usize,
        (py, px): (usize, usize),
        (dx, dy, half): (&PaddedImages, &PaddedImages, usize),
        is_narrow: bool,
    ) -> Self {
        let (mut bases, mut places) = (Vec::new(), Vec::new());
        for y in (py..dx.height).step_by(stride) {
            for x in (px..dx.width).step_by(stride) {
                bases.push(dy.place(0, y / stride, x / stride) - half * (dy.line() + dy.channels));
                places.push(if is_narrow { y * dx.width + x } else { dx.place(0, y, x) / dx.channels });
            }
        }
        Self { runs, bases, places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::padded::convolution::Convolution;
    use crate::net::weights::{WeightArray, Weights};
    use world::rng::Rng;
    use world::vectors::Vectors;

    /// ⟨dy, conv(x)⟩ = ⟨gradient(dy), x⟩: the gradient is the transposed map, at every kernel, size and stride, of some
    /// channels, and has the same bits at every width.
    #[test]
    fn it_is_the_transposed_convolution() {
        let sizes = [(3, 24, 9, 7, 3, 2), (1, 5, 4, 4, 3, 1), (24, 48, 13, 10, 3, 1), (9, 16, 6, 7, 1, 1)];
        let more = [(7, 33, 5, 5, 1, 2), (6, 16, 12, 14, 5, 1), (2, 3, 7, 3, 5, 2), (8, 8, 1, 1, 3, 2)];
        for (k, (from, to, h, w, kernel, stride)) in sizes.into_iter().chain(more).enumerate() {
            let rng = Rng::new(k as u64);
            let filled = |mut x: PaddedImages, name: &str| {
                for (p, y) in x.rows() {
                    let rng = rng.named(name).fork((p * 100 + y) as u64);
                    x.row_mut(p, y).iter_mut().enumerate().for_each(|(i, v)| *v = rng.normal(i as u64));
                }
                x
            };
            let mut weights = Weights::default();
            let values = (0..(to * from * kernel * kernel) as u64).map(|i| rng.normal(i)).collect();
            weights.insert("c.weight", WeightArray { dims: vec![to, from, kernel, kernel], values });
            let filters = Filters::of(&weights, "c", (from, to), kernel, stride).unwrap();
            let (oh, ow) = ((h - 1) / stride + 1, (w - 1) / stride + 1);
            let x = filled(PaddedImages::bordered(from, h, w, 2, 2), "x");
            let mut y = PaddedImages::new(to + 5, oh, ow, 2);
            Convolution::new(filters.clone(), None, &x, &y, 3).unwrap().apply(&x, &mut y);
            let dy = filled(PaddedImages::bordered(to + 5, oh, ow, 2, 2), "dy");
            let blank = PaddedImages::new(from, h, w, 2);
            for is_rounded in [false, true] {
                let gradient = ConvolutionGradient::new(&filters, (&blank, &dy), 3, is_rounded).unwrap();
                let made = |v: Vectors| {
                    let mut dx = blank.clone();
                    v.run(|| gradient.apply(&dy, &mut dx)).unwrap();
                    dx
                };
                let dx = made(Vectors::Plain);
                assert!(Vectors::available().all(|v| made(v).values() == dx.values()));
                for p in 0..2 {
                    let product = |a: &PaddedImages, b: &PaddedImages, height: usize| -> f64 {
                        let rows = (0..height).flat_map(|y| a.row(p, y).iter().zip(b.row(p, y)));
                        rows.map(|(a, b)| *a as f64 * *b as f64).sum()
                    };
                    let (left, right) = (product(&dy, &y, oh), product(&dx, &x, h));
                    assert!((left - right).abs() < 1e-4 * (1.0 + left.abs()) + 1e-3, "{k}: {left}, {right}");
                }
                let inner: usize = dx.rows().map(|(p, y)| dx.row(p, y).len()).sum();
                assert!(dx.values().iter().filter(|v| **v != 0.0).count() <= inner, "the border stays zero");
            }
            assert!(ConvolutionGradient::new(&filters, (&blank, &blank), 3, true).is_err());
        }
    }
}

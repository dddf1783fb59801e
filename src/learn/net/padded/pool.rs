//! Pooling of padded pictures. Pixels beyond the picture do not take part.

use super::{PaddedImages, greater};
use world::widest;

/// What becomes of the pixels of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduce {
    /// The greatest of each channel.
    Max,
    /// The mean of each channel.
    Mean,
}

/// Windows over a picture; those of an odd side are centred on their pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// What becomes of a window.
    pub reduce: Reduce,
    /// Pixels a side of a window.
    pub kernel: usize,
    /// Pixels between windows.
    pub stride: usize,
}

impl Pool {
    /// Pixels by which the first window begins before the picture.
    pub fn border(&self) -> usize {
        (self.kernel - 1) / 2
    }

    /// Windows along a side.
    pub fn out(&self, side: usize) -> usize {
        (side + 2 * self.border()).checked_sub(self.kernel).map_or(0, |left| left / self.stride + 1)
    }

    /// The pixels of window `i` along a side.
    pub(super) fn span(&self, i: usize, side: usize) -> (usize, usize) {
        let (begin, border) = (i * self.stride, self.border());
        (begin.saturating_sub(border), (begin + self.kernel - border).min(side))
    }

    /// Pools every picture into the channels of `y` from `first` on.
    pub fn apply(&self, x: &PaddedImages, y: &mut PaddedImages, first: usize) {
        assert!(y.count == x.count && y.height == self.out(x.height) && y.width == self.out(x.width));
        let (c, pitch) = (x.channels, y.channels);
        let mut column = vec![0f32; x.width * c];
        for (p, v) in y.rows() {
            let (top, bottom) = self.span(v, x.height);
            column.copy_from_slice(x.row(p, top));
            (top + 1..bottom).for_each(|row| taken(&mut column, x.row(p, row), self.reduce));
            for (u, out) in y.row_mut(p, v)[first..].chunks_mut(pitch).enumerate() {
                let (left, right) = self.span(u, x.width);
                window(&mut out[..c], &column[left * c..right * c], self.reduce, bottom - top);
            }
        }
    }
}

widest! {
    fn taken(into: &mut [f32], row: &[f32], reduce: Reduce) {
        take(into, row, reduce);
    }
}

widest! {
    /// One pixel of the output from those of a window, of which each stands for a column of `rows`.
    fn window(out: &mut [f32], pixels: &[f32], reduce: Reduce, rows: usize) {
        let c = out.len();
        out.copy_from_slice(&pixels[..c]);
        pixels.chunks_exact(c).skip(1).for_each(|pixel| take(out, pixel, reduce));
        if reduce == Reduce::Mean {
            let n = (pixels.len() / c * rows) as f32;
            out.iter_mut().for_each(|v| *v /= n);
        }
    }
}

#[inline(always)]
fn take(into: &mut [f32], row: &[f32], reduce: Reduce) {
    match reduce {
        Reduce::Max => into.iter_mut().zip(row).for_each(|(a, b)| *a = greater(*a, *b)),
        Reduce::Mean => into.iter_mut().zip(row).for_each(|(a, b)| *a += b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;
    use world::vectors::Vectors;

    #[test]
    fn windows_are_reduced_without_what_lies_outside() {
        for (kernel, stride, side, sides) in
            [(2, 2, 5, 2), (3, 2, 5, 3), (3, 2, 6, 3), (3, 1, 4, 4), (1, 2, 5, 3), (2, 2, 1, 0)]
        {
            for reduce in [Reduce::Max, Reduce::Mean] {
                let pool = Pool { reduce, kernel, stride };
                assert_eq!(pool.out(side), sides);
                let mut x = PaddedImages::new(3, side, side, 2);
                for (p, v) in (0..2 * side).map(|i| (i / side, i % side)) {
                    let rng = Rng::new((p * side + v) as u64);
                    // Below zero, so that the border's zeros would be the greatest.
                    x.row_mut(p, v).iter_mut().enumerate().for_each(|(i, x)| *x = -1.0 - rng.unit(i as u64));
                }
                for vectors in Vectors::available() {
                    let mut y = PaddedImages::new(5, sides, sides, 2);
                    vectors.run(|| pool.apply(&x, &mut y, 2)).unwrap();
                    for (p, v, u, c) in (0..2 * sides * sides * 3)
                        .map(|i| (i / (sides * sides * 3), i / (sides * 3) % sides, i / 3 % sides, i % 3))
                    {
                        let inside = |i: usize, k: usize| {
                            (i * stride + k).checked_sub((kernel - 1) / 2).filter(|i| *i < side)
                        };
                        let all: Vec<f32> = (0..kernel * kernel)
                            .filter_map(|k| Some((inside(v, k / kernel)?, inside(u, k % kernel)?)))
                            .map(|(row, column)| x.row(p, row)[column * 3 + c])
                            .collect();
                        let wanted = match reduce {
                            Reduce::Max => all.iter().copied().fold(f32::NEG_INFINITY, f32::max),
                            Reduce::Mean => all.iter().sum::<f32>() / all.len() as f32,
                        };
                        let pixel = &y.row(p, v)[u * 5..u * 5 + 5];
                        assert!((pixel[2 + c] - wanted).abs() < 1e-6, "{pool:?}: {pixel:?}, {wanted}");
                        assert!(pixel[..2] == [0.0; 2], "other channels stay");
                    }
                }
            }
        }
    }
}

//! A depthwise 3 × 3 convolution (one filter a channel, a border of one zero), forward and backward, on planes (batch,
//! channels, rows, columns). Pictures are shared among threads; sums over the batch are taken in its order, and those of
//! a plane in lanes, so neither threads nor vectors change a bit.

use rayon::prelude::*;

use world::widest;

/// Sizes of a depthwise convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthwiseShape {
    /// Channels, each of which has a filter.
    pub channels: usize,
    /// Rows of the input.
    pub height: usize,
    /// Columns of the input.
    pub width: usize,
    /// 1 or 2.
    pub stride: usize,
}

const LANES: usize = 16;

impl DepthwiseShape {
    /// Rows of the output.
    pub fn out_height(&self) -> usize {
        (self.height - 1) / self.stride + 1
    }
    /// Columns of the output.
    pub fn out_width(&self) -> usize {
        (self.width - 1) / self.stride + 1
    }
    /// Values of an input plane.
    fn plane(&self) -> usize {
        self.height * self.width
    }
    /// Values of an output plane.
    fn out_plane(&self) -> usize {
        self.out_height() * self.out_width()
    }
    /// Values of a row of a padded plane: the last windows of a stride may begin in its last column.
    fn line(&self) -> usize {
        self.width + 2
    }
    fn padded(&self) -> Vec<f32> {
        vec![0f32; (self.height + 2) * self.line()]
    }
}

/// The output planes. `weights` are `[channels][1][3][3]`.
pub fn forward(s: &DepthwiseShape, x: &[f32], weights: &[f32]) -> Vec<f32> {
    let mut y = vec![0f32; x.len() / s.plane() * s.out_plane()];
    let pictures = x.par_chunks(s.channels * s.plane()).zip(y.par_chunks_mut(s.channels * s.out_plane()));
    pictures.for_each_init(
        || s.padded(),
        |padded, (x, y)| {
            let planes = x.chunks_exact(s.plane()).zip(y.chunks_exact_mut(s.out_plane()));
            for ((x, y), taps) in planes.zip(weights.chunks_exact(9)) {
                fill(s, x, padded);
                convolved(s, padded, taps, y);
            }
        },
    );
    y
}

/// Gradient of the input, from the gradient of the output.
pub fn input_gradient(s: &DepthwiseShape, dy: &[f32], weights: &[f32]) -> Vec<f32> {
    let mut dx = vec![0f32; dy.len() / s.out_plane() * s.plane()];
    let pictures = dy.par_chunks(s.channels * s.out_plane()).zip(dx.par_chunks_mut(s.channels * s.plane()));
    pictures.for_each_init(
        || s.padded(),
        |padded, (dy, dx)| {
            let planes = dy.chunks_exact(s.out_plane()).zip(dx.chunks_exact_mut(s.plane()));
            for ((dy, dx), taps) in planes.zip(weights.chunks_exact(9)) {
                padded.fill(0.0);
                spread(s, dy, taps, padded);
                for (y, row) in dx.chunks_exact_mut(s.width).enumerate() {
                    row.copy_from_slice(&padded[(y + 1) * s.line() + 1..][..s.width]);
                }
            }
        },
    );
    dx
}

/// Gradient of the weights, `[channels][1][3][3]`.
pub fn weight_gradient(s: &DepthwiseShape, x: &[f32], dy: &[f32]) -> Vec<f32> {
    let one = |padded: &mut Vec<f32>, (x, dy): (&[f32], &[f32])| {
        let mut sums = vec![0f32; 9 * s.channels];
        let planes = x.chunks_exact(s.plane()).zip(dy.chunks_exact(s.out_plane()));
        for ((x, dy), sums) in planes.zip(sums.chunks_exact_mut(9)) {
            fill(s, x, padded);
            correlated(s, padded, dy, sums);
        }
        sums
    };
    let pictures = x.par_chunks(s.channels * s.plane()).zip(dy.par_chunks(s.channels * s.out_plane()));
    let parts: Vec<Vec<f32>> = pictures.map_init(|| s.padded(), one).collect();
    let mut total = vec![0f32; 9 * s.channels];
    parts.iter().for_each(|p| total.iter_mut().zip(p).for_each(|(t, v)| *t += v));
    total
}

/// A plane within its border, which is zero.
fn fill(s: &DepthwiseShape, x: &[f32], padded: &mut [f32]) {
    for (y, row) in x.chunks_exact(s.width).enumerate() {
        padded[(y + 1) * s.line() + 1..][..s.width].copy_from_slice(row);
    }
}

widest! {
    fn convolved(s: &DepthwiseShape, padded: &[f32], taps: &[f32], y: &mut [f32]) {
        match s.stride {
            1 => convolved_by::<1>(s, padded, taps, y),
            _ => convolved_by::<2>(s, padded, taps, y),
        }
    }
}

#[inline(always)]
fn convolved_by<const S: usize>(s: &DepthwiseShape, padded: &[f32], taps: &[f32], y: &mut [f32]) {
    let n = s.out_width();
    for (v, row) in y.chunks_exact_mut(n).enumerate() {
        row.fill(0.0);
        for (t, tap) in taps.iter().enumerate() {
            let from = &padded[(v * S + t / 3) * s.line() + t % 3..][..(n - 1) * S + 1];
            row.iter_mut().zip(from.iter().step_by(S)).for_each(|(y, x)| *y += x * tap);
        }
    }
}

widest! {
    fn spread(s: &DepthwiseShape, dy: &[f32], taps: &[f32], padded: &mut [f32]) {
        match s.stride {
            1 => spread_by::<1>(s, dy, taps, padded),
            _ => spread_by::<2>(s, dy, taps, padded),
        }
    }
}

#[inline(always)]
fn spread_by<const S: usize>(s: &DepthwiseShape, dy: &[f32], taps: &[f32], padded: &mut [f32]) {
    let n = s.out_width();
    for (v, row) in dy.chunks_exact(n).enumerate() {
        for (t, tap) in taps.iter().enumerate() {
            let to = &mut padded[(v * S + t / 3) * s.line() + t % 3..][..(n - 1) * S + 1];
            to.iter_mut().step_by(S).zip(row).for_each(|(x, y)| *x += y * tap);
        }
    }
}

widest! {
    fn correlated(s: &DepthwiseShape, padded: &[f32], dy: &[f32], sums: &mut [f32]) {
        match s.stride {
            1 => correlated_by::<1>(s, padded, dy, sums),
            _ => correlated_by::<2>(s, padded, dy, sums),
        }
    }
}

#[inline(always)]
fn correlated_by<const S: usize>(s: &DepthwiseShape, padded: &[f32], dy: &[f32], sums: &mut [f32]) {
    let n = s.out_width();
    for (t, sum) in sums.iter_mut().enumerate() {
        let mut lanes = [0f32; LANES];
        for (v, row) in dy.chunks_exact(n).enumerate() {
            let from = &padded[(v * S + t / 3) * s.line() + t % 3..][..(n - 1) * S + 1];
            for (dy, x) in row.chunks(LANES).zip(from.chunks(LANES * S)) {
                let pairs = dy.iter().zip(x.iter().step_by(S));
                pairs.zip(&mut lanes).for_each(|((dy, x), lane)| *lane += dy * x);
            }
        }
        *sum = lanes.iter().sum();
    }
}

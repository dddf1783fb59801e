//! Pooling in training.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::Tensor;
use burn::tensor::module::{adaptive_avg_pool2d, avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions};

use super::layer::Pooling;

/// Pools `[n, channels, height, width]`.
pub fn pooled(x: Tensor<4>, of: &Pooling) -> Tensor<4> {
    match *of {
        Pooling::Max(w) => {
            let mut options = MaxPoolOptions::new(w.kernel).with_stride(w.stride).with_padding(w.padding);
            options.dilation = w.dilation;
            options.ceil_mode = w.ceil;
            max_pool2d(x, options)
        }
        Pooling::Mean { window: w, padded } => {
            let mut options = AvgPoolOptions::new(w.kernel).with_stride(w.stride).with_padding(w.padding);
            options.count_include_pad = padded;
            options.ceil_mode = w.ceil;
            avg_pool2d(x, options)
        }
        Pooling::AdaptiveMean(to) => adaptive_avg_pool2d(x, to),
        Pooling::AdaptiveMax([rows, columns]) => greatest(greatest(x, 2, rows), 3, columns),
    }
}

/// The greatest values of so many cells along a dimension.
fn greatest(x: Tensor<4>, axis: usize, cells: usize) -> Tensor<4> {
    let size = x.dims()[axis];
    let cell = |i: usize| {
        let (from, to) = (i * size / cells, ((i + 1) * size).div_ceil(cells));
        x.clone().narrow(axis, from, to - from).max_dim(axis)
    };
    Tensor::cat((0..cells).map(cell).collect(), axis)
}

//! Convolutions in training: this program's own where it has one, burn's elsewhere.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Int, Tensor, TensorData};

use super::layer::{Border, Convolution, TransposedConvolution};
use super::window::Window;
use crate::convolution::convolve_on;

/// A convolution without its bias.
pub fn convolved(x: Tensor<4>, weight: Tensor<4>, of: &Convolution) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    if let Some((stride, periodic)) = of.own([height, width]) {
        return convolve_on(x, weight, stride, periodic);
    }
    let Window { stride, padding, dilation, .. } = of.window;
    let (x, padding) = match of.border {
        Border::Zeros => (x, padding),
        border => (bordered(bordered(x, 2, padding[0], border), 3, padding[1], border), [0; 2]),
    };
    conv2d(x, weight, None, ConvOptions::new(stride, padding, dilation, of.groups))
}

/// The transpose of a convolution, without its bias.
pub fn transposed(x: Tensor<4>, weight: Tensor<4>, of: &TransposedConvolution) -> Tensor<4> {
    let Window { stride, padding, dilation, .. } = of.window;
    conv_transpose2d(
        x,
        weight,
        None,
        ConvTransposeOptions::new(stride, padding, of.more, dilation, of.groups),
    )
}

/// A dimension with a border of `n` cells on either side.
fn bordered(x: Tensor<4>, axis: usize, n: usize, border: Border) -> Tensor<4> {
    let size = x.dims()[axis] as i64;
    let from = -(n as i64)..size + n as i64;
    let from: Vec<i64> = from.map(|at| source(at, size, border)).collect();
    let count = from.len();
    let from = Tensor::<1, Int>::from_data(TensorData::new(from, [count]), &x.device());
    x.select(axis, from)
}

/// The cell that one beyond the border of `size` cells takes its value from.
fn source(at: i64, size: i64, border: Border) -> i64 {
    match border {
        Border::Circular => at.rem_euclid(size),
        Border::Reflect if at < 0 => -at,
        Border::Reflect if at >= size => 2 * (size - 1) - at,
        Border::Zeros | Border::Replicate | Border::Reflect => at.clamp(0, size - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_take_their_cells_from_where_their_names_say() {
        let row = |border| (-2..6).map(|at| source(at, 4, border)).collect::<Vec<_>>();
        assert_eq!(row(Border::Circular), [2, 3, 0, 1, 2, 3, 0, 1]);
        assert_eq!(row(Border::Reflect), [2, 1, 0, 1, 2, 3, 2, 1]);
        assert_eq!(row(Border::Replicate), [0, 0, 0, 1, 2, 3, 3, 3]);
    }
}

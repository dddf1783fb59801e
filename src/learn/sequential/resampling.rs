//! Enlargement in training: cells repeated, or a linear map of rows and columns.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::{Device, Tensor, TensorData};

use super::layer::{Corners, Resampling};
use crate::glue::repeated;

/// Enlarges `[n, channels, height, width]`.
pub fn resampled(x: Tensor<4>, of: &Resampling) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let (kernel, times, corners): (Kernel, _, _) = match *of {
        Resampling::Nearest(times) => return repeated(x, times),
        Resampling::Bilinear(times, corners) => (linear, times, corners),
        Resampling::Bicubic(times, corners) => (cubic, times, corners),
    };
    let device = x.device();
    let rows = map(h, times, corners, kernel, &device).expand([n, c, h * times, h]);
    let columns = map(w, times, corners, kernel, &device).swap_dims(2, 3).expand([n, c, w, w * times]);
    rows.matmul(x).matmul(columns)
}

/// The weights of the cells around a point, which are given by their offsets from the cell before it.
type Kernel = fn(f64) -> [(i64, f64); 4];

fn linear(t: f64) -> [(i64, f64); 4] {
    [(0, 1.0 - t), (1, t), (0, 0.0), (1, 0.0)]
}

fn cubic(t: f64) -> [(i64, f64); 4] {
    const A: f64 = -0.75;
    let near = |t: f64| ((A + 2.0) * t - (A + 3.0)) * t * t + 1.0;
    let far = |t: f64| ((A * t - 5.0 * A) * t + 8.0 * A) * t - 4.0 * A;
    [(-1, far(t + 1.0)), (0, near(t)), (1, near(1.0 - t)), (2, far(2.0 - t))]
}

/// The map of `size` cells to `times` as many, `[1, 1, size · times, size]`.
fn map(size: usize, times: usize, corners: Corners, kernel: Kernel, device: &Device) -> Tensor<4> {
    let to = size * times;
    let mut values = vec![0f64; to * size];
    for (i, row) in values.chunks_exact_mut(size).enumerate() {
        let at = match corners {
            Corners::Borders => (i as f64 + 0.5) / times as f64 - 0.5,
            Corners::Middles => i as f64 * (size - 1) as f64 / (to - 1).max(1) as f64,
        };
        for (offset, weight) in kernel(at - at.floor()) {
            row[(at.floor() as i64 + offset).clamp(0, size as i64 - 1) as usize] += weight;
        }
    }
    let values: Vec<f32> = values.into_iter().map(|v| v as f32).collect();
    Tensor::from_data(TensorData::new(values, [1, 1, to, size]), device)
}

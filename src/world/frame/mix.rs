//! Mixing and dimming of finished frames in linear light, and their luminance.

use std::sync::LazyLock;

use rayon::prelude::*;

use super::Frame;
use super::colour::linear_of_srgb;
use super::srgb::CURVE;

/// Linear light of every 8-bit component.
static LINEAR: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|i| linear_of_srgb(i as f64 / 255.0) as f32));

/// Relative luminance of an sRGB colour, 0..1 (WCAG 2.x, after ITU-R BT.709).
pub fn luminance(rgb: [u8; 3]) -> f32 {
    let [r, g, b] = rgb.map(|v| LINEAR[v as usize]);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Writes `(1 − weight) · from + weight · to` over `to`, in linear light. Pictures of different sizes share their
/// top left part; the rest of `to` stays.
pub fn mix(from: &Frame, to: &mut Frame, weight: f32) {
    let w = weight.clamp(0.0, 1.0);
    if w >= 1.0 {
        return;
    }
    let shared = from.width.min(to.width) * 4;
    let rows = to.rgba.par_chunks_exact_mut(to.width * 4).zip(from.rgba.par_chunks_exact(from.width * 4));
    rows.for_each(|(to, from)| {
        for (b, a) in to[..shared].iter_mut().zip(&from[..shared]) {
            let (x, y) = (LINEAR[*a as usize], LINEAR[*b as usize]);
            *b = if a == b { *a } else { CURVE.round(x + (y - x) * w) };
        }
    });
}

/// Dims a picture to a share of its light.
pub fn dim(frame: &mut Frame, light: f32) {
    let light = light.clamp(0.0, 1.0);
    if light < 1.0 {
        let table: [u8; 256] = std::array::from_fn(|i| CURVE.round(LINEAR[i] * light));
        let pixels = frame.rgba.par_chunks_mut(1 << 16);
        pixels.for_each(|part| {
            part.chunks_exact_mut(4).for_each(|p| p[..3].iter_mut().for_each(|v| *v = table[*v as usize]));
        });
    }
}

/// Mean linear RGB on a grid of (columns, rows), top row first. A picture smaller than the grid gives each cell its
/// nearest pixel.
pub fn linear_grid(frame: &Frame, grid: (usize, usize)) -> Vec<[f32; 3]> {
    let (columns, rows) = grid;
    let edge = |i: usize, of: usize, n: usize| i * n / of.max(1);
    let mut cells = vec![[0f32; 3]; columns * rows];
    cells.par_chunks_exact_mut(columns.max(1)).enumerate().for_each(|(row, line)| {
        let top = edge(row, rows, frame.height).min(frame.height - 1);
        let bottom = edge(row + 1, rows, frame.height).clamp(top + 1, frame.height);
        for (column, cell) in line.iter_mut().enumerate() {
            let left = edge(column, columns, frame.width).min(frame.width - 1);
            let right = edge(column + 1, columns, frame.width).clamp(left + 1, frame.width);
            let mut sum = [0f32; 3];
            for y in top..bottom {
                let bytes = &frame.rgba[(y * frame.width + left) * 4..(y * frame.width + right) * 4];
                for p in bytes.chunks_exact(4) {
                    (0..3).for_each(|c| sum[c] += LINEAR[p[c] as usize]);
                }
            }
            *cell = sum.map(|s| s / ((bottom - top) * (right - left)) as f32);
        }
    });
    cells
}

/// Mean light of a picture.
///
/// ```
/// use world::frame::{Frame, Mean};
///
/// let mut frame = Frame::new(4, 1);
/// assert_eq!(frame.mean_luminance(), 0.0);
/// frame.rgba[..4].fill(255);
/// assert!((frame.mean_luminance() - 0.25).abs() < 1e-6, "one of four pixels is white");
/// ```
pub trait Mean {
    /// Mean relative luminance, 0..1.
    fn mean_luminance(&self) -> f64;
}

impl Mean for Frame {
    fn mean_luminance(&self) -> f64 {
        let rows = self.rgba.par_chunks_exact(self.width.max(1) * 4);
        let row = |r: &[u8]| r.chunks_exact(4).map(|p| luminance([p[0], p[1], p[2]]) as f64).sum::<f64>();
        let sums: Vec<f64> = rows.map(row).collect();
        sums.iter().sum::<f64>() / (self.width * self.height).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(v: u8) -> Frame {
        let mut f = Frame::new(9, 5);
        f.rgba.chunks_exact_mut(4).for_each(|p| p[..3].fill(v));
        f
    }

    #[test]
    fn light_is_mixed_not_code_values() {
        let mut half = plain(255);
        mix(&plain(0), &mut half, 0.5);
        assert_eq!(half.pixel(3, 3), [188; 3], "half of the light is sRGB 188, not 128");
        assert!((half.mean_luminance() - 0.5).abs() < 0.004);
        let mut dimmed = plain(255);
        dim(&mut dimmed, 0.5);
        assert_eq!(dimmed, half);
    }

    #[test]
    fn the_ends_of_a_mix_are_the_pictures_themselves() {
        for (a, b) in [(3, 250), (200, 100), (77, 77)] {
            for (weight, end) in [(0.0, a), (1.0, b)] {
                let mut to = plain(b);
                mix(&plain(a), &mut to, weight);
                assert_eq!(to, plain(end));
            }
        }
    }

    #[test]
    fn luminance_is_that_of_the_standard() {
        let near = |rgb, l: f32| assert!((luminance(rgb) - l).abs() < 1e-4, "{rgb:?}");
        near([255; 3], 1.0);
        near([0; 3], 0.0);
        near([255, 0, 0], 0.2126);
        near([0, 255, 0], 0.7152);
        near([0, 0, 255], 0.0722);
        // #777777 against white has contrast 4.48 : 1, the well-known near miss of WCAG AA.
        assert!((1.05 / (luminance([0x77; 3]) + 0.05) - 4.478).abs() < 0.01);
    }
}

//! Sliding-window means and (co)variances of two pictures, at the positions where the window fits inside.

use super::Grey;

/// A separable square window.
pub(super) struct Window {
    taps: Vec<f64>,
    /// Sum of all weights: dividing by it at the end keeps sums of 8-bit values exact.
    total: f64,
}

/// Moments of pictures x and y in one window.
#[derive(Clone, Copy)]
pub(super) struct Moments {
    /// Mean of x.
    pub x: f64,
    /// Mean of y.
    pub y: f64,
    /// Variance of x, divided by the sum of weights.
    pub xx: f64,
    /// Variance of y.
    pub yy: f64,
    /// Covariance.
    pub xy: f64,
}

impl Window {
    /// Equal weights.
    pub fn uniform(side: usize) -> Self {
        Self { taps: vec![1.0; side], total: (side * side) as f64 }
    }
    /// Gaussian weights of standard deviation `sigma` pixels; `side` is odd.
    pub fn gaussian(side: usize, sigma: f64) -> Self {
        let from_middle = |i: usize| i as f64 - (side / 2) as f64;
        let taps: Vec<f64> = (0..side).map(|i| (-0.5 * (from_middle(i) / sigma).powi(2)).exp()).collect();
        let total = taps.iter().sum::<f64>().powi(2);
        Self { taps, total }
    }
    /// Side in pixels.
    pub fn side(&self) -> usize {
        self.taps.len()
    }

    /// The weighted mean at every position. The picture must be at least as large as the window.
    pub fn means(&self, picture: &Grey) -> Grey {
        let (n, w) = (self.side(), picture.width());
        let (width, height) = (w + 1 - n, picture.height() + 1 - n);
        let across: Vec<f64> = picture.values().chunks_exact(w).flat_map(|row| self.along(row)).collect();
        let mut values = vec![0.0; width * height];
        for (y, out) in values.chunks_exact_mut(width).enumerate() {
            for (k, tap) in self.taps.iter().enumerate() {
                let row = &across[(y + k) * width..][..width];
                out.iter_mut().zip(row).for_each(|(o, v)| *o += tap * v);
            }
            out.iter_mut().for_each(|o| *o /= self.total);
        }
        Grey::filled(width, height, values)
    }

    fn along<'a>(&'a self, row: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        row.windows(self.side()).map(|part| part.iter().zip(&self.taps).map(|(v, tap)| v * tap).sum())
    }

    /// Means and (co)variances at every position, row-major. Both pictures must be of the same size, at least that of
    /// the window.
    pub fn moments(&self, x: &Grey, y: &Grey) -> Vec<Moments> {
        let product = |a: &Grey, b: &Grey| {
            let values = a.values().iter().zip(b.values()).map(|(a, b)| a * b).collect();
            self.means(&Grey::filled(a.width(), a.height(), values))
        };
        let (mx, my) = (self.means(x), self.means(y));
        let (xx, yy, xy) = (product(x, x), product(y, y), product(x, y));
        (0..mx.values().len())
            .map(|i| {
                let at = |plane: &Grey| plane.values()[i];
                let (x, y) = (at(&mx), at(&my));
                Moments { x, y, xx: at(&xx) - x * x, yy: at(&yy) - y * y, xy: at(&xy) - x * y }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::noise;

    #[test]
    fn moments_agree_with_each_window_computed_separately() {
        let (x, y) = (noise(9, 7, 1), noise(9, 7, 2));
        let found = Window::uniform(4).moments(&x, &y);
        assert_eq!(found.len(), 6 * 4);
        for (i, m) in found.iter().enumerate() {
            let places: Vec<_> = (0..16).map(|k| (i / 6 + k / 4) * 9 + i % 6 + k % 4).collect();
            let mean = |f: &dyn Fn(usize) -> f64| places.iter().map(|&p| f(p)).sum::<f64>() / 16.0;
            let (mx, my) = (mean(&|p| x.values()[p]), mean(&|p| y.values()[p]));
            let xy = mean(&|p| (x.values()[p] - mx) * (y.values()[p] - my));
            let yy = mean(&|p| (y.values()[p] - my).powi(2));
            assert!((m.x - mx).abs() < 1e-9 && (m.xy - xy).abs() < 1e-9 && (m.yy - yy).abs() < 1e-9);
        }
    }

    #[test]
    fn a_flat_window_has_no_variance_at_all() {
        let flat = Grey::filled(8, 8, vec![201.0; 64]);
        assert!(Window::uniform(7).moments(&flat, &flat).iter().all(|m| m.xx == 0.0 && m.x == 201.0));
        let means = Window::gaussian(5, 1.0).means(&flat);
        assert!(means.values().iter().all(|v| (v - 201.0).abs() < 1e-12));
    }
}

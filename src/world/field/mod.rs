//! Planes of `f32`: what worlds show one another.

mod resample;
mod sum;

use rayon::prelude::*;

/// Largest magnitude a shown or wired value may have; beyond it (and for NaN) [`Field::sanitise`] applies.
pub const LIMIT: f32 = 1e6;

/// `planes` planes of `width`×`height` cells, plane after plane, row after row, top row first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    width: usize,
    height: usize,
    planes: usize,
    data: Vec<f32>,
}

impl Field {
    /// A field of zeros. Sizes of zero are raised to one.
    pub fn new(width: usize, height: usize, planes: usize) -> Self {
        let (width, height, planes) = (width.max(1), height.max(1), planes.max(1));
        Self { width, height, planes, data: vec![0.0; width * height * planes] }
    }

    /// A one-plane field from a function of (x, y).
    pub fn from_fn(width: usize, height: usize, f: impl Fn(usize, usize) -> f32 + Sync) -> Self {
        let mut field = Self::new(width, height, 1);
        field.fill_rows(|_, y, row| row.iter_mut().enumerate().for_each(|(x, v)| *v = f(x, y)));
        field
    }

    /// Cells across.
    pub fn width(&self) -> usize {
        self.width
    }
    /// Cells down.
    pub fn height(&self) -> usize {
        self.height
    }
    /// Number of planes.
    pub fn planes(&self) -> usize {
        self.planes
    }
    /// (width, height) in cells.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }
    /// All values, plane after plane.
    pub fn data(&self) -> &[f32] {
        &self.data
    }
    /// All values, to change.
    pub fn data_mut(&mut self) -> &mut [f32] {
        &mut self.data
    }
    /// One plane, row after row.
    pub fn plane(&self, plane: usize) -> &[f32] {
        let n = self.width * self.height;
        &self.data[plane * n..(plane + 1) * n]
    }
    /// One plane, to change.
    pub fn plane_mut(&mut self, plane: usize) -> &mut [f32] {
        let n = self.width * self.height;
        &mut self.data[plane * n..(plane + 1) * n]
    }
    /// One row of one plane.
    pub fn row(&self, plane: usize, y: usize) -> &[f32] {
        let start = (plane * self.height + y) * self.width;
        &self.data[start..start + self.width]
    }
    /// One value. For neighbourhoods use rows: this is the slow way.
    pub fn at(&self, plane: usize, x: usize, y: usize) -> f32 {
        self.data[(plane * self.height + y) * self.width + x]
    }

    /// Value of a plane at fractions (u, v) of the field, bilinear; the border value extends beyond the border.
    pub fn at_fraction(&self, plane: usize, u: f64, v: f64) -> f64 {
        let x = (u * self.width as f64 - 0.5).clamp(0.0, (self.width - 1) as f64);
        let y = (v * self.height as f64 - 0.5).clamp(0.0, (self.height - 1) as f64);
        let (i, j) = (x as usize, y as usize);
        let (s, t) = (x - i as f64, y - j as f64);
        let (i1, j1) = ((i + 1).min(self.width - 1), (j + 1).min(self.height - 1));
        let at = |i, j| self.at(plane, i, j) as f64;
        (at(i, j) * (1.0 - s) + at(i1, j) * s) * (1.0 - t) + (at(i, j1) * (1.0 - s) + at(i1, j1) * s) * t
    }

    /// Makes this field the given size, keeping the memory; the values are then unspecified.
    pub fn reshape(&mut self, width: usize, height: usize, planes: usize) {
        (self.width, self.height, self.planes) = (width.max(1), height.max(1), planes.max(1));
        self.data.resize(self.width * self.height * self.planes, 0.0);
    }

    /// Writes every row in parallel: `f(plane, y, row)`.
    pub fn fill_rows(&mut self, f: impl Fn(usize, usize, &mut [f32]) + Sync) {
        let (w, h) = (self.width, self.height);
        self.data.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate().for_each(|(i, row)| {
            f(i / h, i % h, row);
        });
    }

    /// Whether every value is finite and within ±[`LIMIT`].
    pub fn is_sane(&self) -> bool {
        self.data.par_chunks(1 << 14).all(|c| c.iter().fold(true, |ok, v| ok & (v.abs() <= LIMIT)))
    }

    /// NaN becomes 0, anything beyond ±[`LIMIT`] becomes the limit.
    pub fn sanitise(&mut self) {
        self.data.par_chunks_mut(1 << 14).for_each(|chunk| {
            for v in chunk {
                *v = if v.is_nan() { 0.0 } else { v.clamp(-LIMIT, LIMIT) };
            }
        });
    }

    /// Least and greatest value of a plane.
    pub fn extent(&self, plane: usize) -> (f32, f32) {
        self.plane(plane)
            .par_chunks(1 << 14)
            .map(|c| c.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v))))
            .reduce(|| (f32::INFINITY, f32::NEG_INFINITY), |a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// Rows a parallel task should at least hold, so that tiny fields are not split too finely.
pub fn rows_per_task(width: usize) -> usize {
    (4096 / width.max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use proptest::prelude::*;

    fn soup(w: usize, h: usize, seed: u64) -> Field {
        Field::from_fn(w, h, |x, y| Rng::new(seed).unit((y * w + x) as u64))
    }

    proptest! {
        #[test]
        fn shrinking_by_a_whole_factor_is_the_block_mean(
            w in 1usize..20, h in 1usize..20, k in 2usize..5, seed: u64,
        ) {
            let big = soup(w * k, h * k, seed);
            let mut small = Field::new(w, h, 1);
            big.resample(&mut small);
            for y in 0..h {
                for x in 0..w {
                    let block: f32 = (0..k * k).map(|i| big.at(0, x * k + i % k, y * k + i / k)).sum();
                    prop_assert!((small.at(0, x, y) - block / (k * k) as f32).abs() < 1e-5);
                }
            }
        }

        #[test]
        fn resampling_keeps_a_constant_and_the_extent(
            w in 1usize..30, h in 1usize..30, v in 1usize..30, u in 1usize..30, seed: u64,
        ) {
            let from = soup(w, h, seed);
            let mut to = Field::new(v, u, 1);
            from.resample(&mut to);
            let ((a, b), (c, d)) = (from.extent(0), to.extent(0));
            prop_assert!(c >= a - 1e-6 && d <= b + 1e-6);
            Field::from_fn(w, h, |_, _| 0.75).resample(&mut to);
            prop_assert!(to.data().iter().all(|v| (v - 0.75).abs() < 1e-6));
        }
    }

    #[test]
    fn sums_do_not_depend_on_threads() {
        let f = soup(333, 77, 5);
        let sum = |n| {
            rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(|| f.sum(0).to_bits())
        };
        assert!([1, 2, 3, 8].iter().all(|&n| sum(n) == sum(1)));
    }

    #[test]
    fn fractions_hit_cell_centres_and_lie_between_them() {
        let f = Field::from_fn(5, 3, |x, y| 2.0 * x as f32 + 10.0 * y as f32);
        assert!((0..15).all(|i| {
            let (x, y) = (i % 5, i / 5);
            let value = f.at_fraction(0, (x as f64 + 0.5) / 5.0, (y as f64 + 0.5) / 3.0);
            (value - f.at(0, x, y) as f64).abs() < 1e-12
        }));
        assert!((f.at_fraction(0, 0.5, 1.0 / 3.0) - 9.0).abs() < 1e-12);
        assert_eq!((f.at_fraction(0, -7.0, -7.0), f.at_fraction(0, 9.0, 9.0)), (0.0, 28.0));
    }

    #[test]
    fn nan_and_infinity_are_sanitised() {
        let mut f = Field::from_fn(4, 1, |x, _| [f32::NAN, f32::INFINITY, -f32::INFINITY, 1.5][x]);
        assert!(!f.is_sane());
        f.sanitise();
        assert!(f.is_sane());
        assert_eq!(f.data(), [0.0, LIMIT, -LIMIT, 1.5]);
    }
}

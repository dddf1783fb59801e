//! Sums and means, in an order that no thread count changes: 8 lanes a row, rows top to bottom, in f64.

use rayon::prelude::*;

use super::{Field, rows_per_task};

impl Field {
    /// Sum of a plane.
    pub fn sum(&self, plane: usize) -> f64 {
        self.sum_of([plane], |[v]| v)
    }

    /// Mean of a plane.
    pub fn mean(&self, plane: usize) -> f64 {
        self.mean_of([plane], |[v]| v)
    }

    /// Sum of what `f` makes of each cell's values in some planes.
    pub fn sum_of<const N: usize>(&self, planes: [usize; N], f: impl Fn([f32; N]) -> f32 + Sync) -> f64 {
        let rows: Vec<f64> = (0..self.height())
            .into_par_iter()
            .with_min_len(rows_per_task(self.width()))
            .map(|y| row_sum(planes.map(|plane| self.row(plane, y)), &f))
            .collect();
        rows.iter().sum()
    }

    /// Mean of what `f` makes of each cell's values in some planes: a readout in one pass.
    ///
    /// ```
    /// use world::field::Field;
    ///
    /// let mut flow = Field::new(4, 2, 2);
    /// flow.plane_mut(0).fill(3.0);
    /// flow.plane_mut(1).fill(4.0);
    /// assert_eq!(flow.mean_of([0, 1], |[x, y]| (x * x + y * y).sqrt()), 5.0);
    /// ```
    pub fn mean_of<const N: usize>(&self, planes: [usize; N], f: impl Fn([f32; N]) -> f32 + Sync) -> f64 {
        self.sum_of(planes, f) / (self.width() * self.height()) as f64
    }
}

fn row_sum<const N: usize>(rows: [&[f32]; N], f: impl Fn([f32; N]) -> f32) -> f64 {
    const LANES: usize = 8;
    let mut lanes = [0f64; LANES];
    let (chunks, rest) =
        (rows.map(|row| row.as_chunks::<LANES>().0), rows.map(|row| row.as_chunks::<LANES>().1));
    for c in 0..chunks.first().map_or(0, |row| row.len()) {
        let chunk = chunks.map(|row| row[c]);
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane += f(chunk.map(|values| values[i])) as f64;
        }
    }
    for (i, lane) in lanes.iter_mut().enumerate().take(rest.first().map_or(0, |row| row.len())) {
        *lane += f(rest.map(|values| values[i])) as f64;
    }
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use proptest::prelude::*;

    proptest! {
        /// Against exact sums of integers, at any width and number of threads.
        #[test]
        fn sums_are_those_of_the_cells(w in 1usize..40, h in 1usize..12, seed: u64, threads in 1usize..5) {
            let whole = |i: usize| (Rng::new(seed).bits(i as u64) % 1000) as f32 - 500.0;
            let mut field = Field::new(w, h, 2);
            field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = whole(i));
            let cells = w * h;
            let product: i64 = (0..cells).map(|i| whole(i) as i64 * whole(cells + i) as i64).sum();
            let plane: i64 = (cells..2 * cells).map(|i| whole(i) as i64).sum();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| (field.sum(1), field.sum_of([0, 1], |[a, b]| a * b), field.mean(1)));
            prop_assert_eq!(found, (plane as f64, product as f64, plane as f64 / cells as f64));
        }
    }
}

//! Velocity on the faces of cells (marker and cell: Harlow and Welch 1965), and its divergence.

use super::rows::{ALONE, each_row};
use super::sides::Faces;
use crate::real::Real;

/// A flow, in cells a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow<T> {
    /// Cells.
    pub size: (usize, usize),
    /// To the right, on left faces: `width + 1` a row. Where the world wraps, the last repeats the first.
    pub u: Vec<T>,
    /// Downwards, on top faces: `height + 1` rows.
    pub v: Vec<T>,
}

impl<T: Real> Flow<T> {
    /// At rest.
    pub fn new((w, h): (usize, usize)) -> Self {
        Self { size: (w, h), u: vec![T::ZERO; (w + 1) * h], v: vec![T::ZERO; w * (h + 1)] }
    }

    /// Whether passes over it should use threads.
    pub fn wide(&self) -> bool {
        self.size.0 * self.size.1 > ALONE
    }

    /// Repeats the first faces at the end, where the world wraps.
    pub fn wrap(&mut self, wraps: [bool; 2]) {
        let (w, h) = self.size;
        if wraps[0] {
            self.u.chunks_exact_mut(w + 1).for_each(|row| row[w] = row[0]);
        }
        if wraps[1] {
            self.v.copy_within(0..w, w * h);
        }
    }

    /// What flows into each cell of a row, and what springs up there (nothing if `None`): a source less the divergence.
    pub fn lack_row(&self, y: usize, source: Option<(&[T], T)>, into: &mut [T]) {
        let w = self.size.0;
        let u = &self.u[y * (w + 1)..(y + 1) * (w + 1)];
        let (above, below) = self.v[y * w..(y + 2) * w].split_at(w);
        lack(into, u, above, below, source);
    }

    /// Subtracts the gradient of a pressure (rows with a ring of ghosts) where faces let gas pass.
    pub fn subtract_gradient(&mut self, faces: &Faces<T>, pressure: &[T]) {
        let (w, h) = self.size;
        self.subtract_share(faces, pressure, [&vec![T::ONE; w + 1], &vec![T::ONE; h + 1]]);
    }

    /// The same in part: `shares` of columns and rows of faces.
    pub fn subtract_share(&mut self, faces: &Faces<T>, pressure: &[T], shares: [&[T]; 2]) {
        let (w, wide, stride) = (self.size.0, self.wide(), self.size.0 + 2);
        let [columns, rows] = shares;
        each_row(&mut self.u, w + 1, wide, |y, row| {
            let p = &pressure[(y + 1) * stride..(y + 2) * stride];
            let open = &faces.across[y * (w + 1)..(y + 1) * (w + 1)];
            descend(row, open, [&p[1..], &p[..w + 1]], columns, rows[y]);
        });
        each_row(&mut self.v, w, wide, |y, row| {
            let (above, below) = pressure[y * stride..(y + 2) * stride].split_at(stride);
            let open = &faces.down[y * w..(y + 1) * w];
            descend(row, open, [&below[1..], &above[1..]], columns, rows[y]);
        });
    }
}

world::widest! {
    fn descend<T: Real>(row: &mut [T], open: &[T], around: [&[T]; 2], columns: &[T], share: T) {
        let n = row.len();
        let ([after, before], open, columns) = (around.map(|p| &p[..n]), &open[..n], &columns[..n]);
        for k in 0..n {
            row[k] -= (columns[k] * share) * (open[k] * (after[k] - before[k]));
        }
    }
}

world::widest! {
    fn lack<T: Real>(into: &mut [T], u: &[T], above: &[T], below: &[T], source: Option<(&[T], T)>) {
        let n = into.len();
        let (left, right, above, below) = (&u[..n], &u[1..n + 1], &above[..n], &below[..n]);
        for x in 0..n {
            into[x] = (left[x] - right[x]) + (above[x] - below[x]);
        }
        if let Some((source, by)) = source {
            into.iter_mut().zip(source).for_each(|(v, &s)| *v += by * s);
        }
    }
}

//! Bins: particles sorted by the cell that they are in, so that all that may be near one lie in a few runs of memory
//! (cell lists; Hockney and Eastwood 1981, in the order of a counting sort).
//!
//! A cell is at least as wide as the reach, so whoever is within reach is in the cell itself or one of the eight around it,
//! and the three cells of a row are one run. Within a cell particles stand in the order of their numbers: sums over a
//! run do not depend on how they were stored before.

use std::ops::Range;

use crate::real::Real;

/// The most cells along an axis.
const MOST: usize = 8192;

/// Particles by cells; see the module.
#[derive(Clone, Debug, Default)]
pub struct Bins {
    counts: [usize; 2],
    wraps: [bool; 2],
    /// Where each cell begins in `order`; one more at the end.
    starts: Vec<u32>,
    order: Vec<u32>,
    keys: Vec<u32>,
}

/// Particles that may be within reach, a range of places in [`Bins::order`], and what to add to their coordinates so that
/// it is their nearest image.
pub type Run = (Range<usize>, [i8; 2]);

impl Bins {
    /// Sorts particles with coordinates in 0..`extent`, which may be periodic, into cells at least `reach` wide.
    ///
    /// `numbers` are what they are called, all different; positions outside are taken for those at the border.
    pub fn sort<T: Real>(
        &mut self,
        (x, y): (&[T], &[T]),
        numbers: &[u32],
        extent: [T; 2],
        reach: T,
        wraps: [bool; 2],
    ) {
        let n = x.len();
        // More cells than particles would only cost.
        let most = MOST.min(64 + 2 * n);
        self.counts = extent.map(|length| cells(length.wide() / reach.wide(), most));
        while self.counts[0] * self.counts[1] > 64 + 4 * n {
            self.counts = self.counts.map(|c| c.div_ceil(2));
        }
        self.wraps = wraps;
        let [w, h] = self.counts;
        let scale = [T::of(w as f64) / extent[0], T::of(h as f64) / extent[1]];
        self.keys.clear();
        self.keys.extend(
            x.iter().zip(y).map(|(&x, &y)| (index(y * scale[1], h) * w + index(x * scale[0], w)) as u32),
        );
        self.starts.clear();
        self.starts.resize(w * h + 1, 0);
        self.keys.iter().for_each(|&key| self.starts[key as usize + 1] += 1);
        (1..self.starts.len()).for_each(|i| self.starts[i] += self.starts[i - 1]);
        self.order.clear();
        self.order.resize(n, 0);
        for (i, &key) in self.keys.iter().enumerate().rev() {
            // Counted from the end of each cell, whose beginning is so its start again.
            let end = &mut self.starts[key as usize + 1];
            *end -= 1;
            self.order[*end as usize] = i as u32;
        }
        self.starts.rotate_left(1);
        self.starts[w * h] = n as u32;
        for cell in 0..w * h {
            let range = self.starts[cell] as usize..self.starts[cell + 1] as usize;
            in_order(&mut self.order[range], numbers);
        }
    }

    /// Which particle stands at each place.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Cells across and down.
    pub fn counts(&self) -> [usize; 2] {
        self.counts
    }

    /// The places of the particles of a cell.
    pub fn cell(&self, column: usize, row: usize) -> Range<usize> {
        let cell = row * self.counts[0] + column;
        self.starts[cell] as usize..self.starts[cell + 1] as usize
    }

    /// Whether which image is nearest has to be asked for each pair: a periodic side is less than three cells long.
    pub fn is_narrow(&self) -> bool {
        (0..2).any(|k| self.wraps[k] && self.counts[k] < 3)
    }

    /// Calls `f` with the runs in which all that may be near those of a cell are, each particle once. The images are those
    /// of a world that [`is_narrow`](Self::is_narrow) is false of.
    pub fn around(&self, column: usize, row: usize, f: impl FnMut(Run)) {
        self.runs(column, row).into_iter().flatten().for_each(f);
    }

    /// The same, at most two runs for each of three rows.
    pub fn runs(&self, column: usize, row: usize) -> [Option<Run>; 6] {
        let mut runs: [Option<Run>; 6] = Default::default();
        let columns = self.near(0, column);
        for (k, (row, down)) in self.near(1, row).into_iter().flatten().enumerate() {
            // Neighbouring columns with the same image are one run; on a torus the first or the last has another one.
            let mut pieces: [Option<(usize, usize, i8)>; 2] = [None; 2];
            let mut last = 0;
            for (column, across) in columns.into_iter().flatten() {
                match &mut pieces[last] {
                    Some((_, end, image)) if *image == across && *end + 1 == column => *end = column,
                    None => pieces[last] = Some((column, column, across)),
                    Some(_) => {
                        last = 1;
                        pieces[1] = Some((column, column, across));
                    }
                }
            }
            for (piece, run) in pieces.into_iter().zip(&mut runs[2 * k..]) {
                *run = piece.map(|(first, last, image)| (self.span(row, first, last), [image, down]));
            }
        }
        runs
    }

    fn span(&self, row: usize, first: usize, last: usize) -> Range<usize> {
        let row = row * self.counts[0];
        self.starts[row + first] as usize..self.starts[row + last + 1] as usize
    }

    /// The indices along an axis from one before to one after, each once, with the image of each.
    #[inline(always)]
    fn near(&self, axis: usize, at: usize) -> [Option<(usize, i8)>; 3] {
        let (n, wraps) = (self.counts[axis], self.wraps[axis]);
        let before = match at {
            0 if wraps && n > 2 => Some((n - 1, -1)),
            0 => None,
            _ => Some((at - 1, 0)),
        };
        let after = match at + 1 {
            next if next < n => Some((next, 0)),
            _ if wraps && n > 2 => Some((0, 1)),
            _ => None,
        };
        [before, Some((at, 0)), after]
    }
}

/// Cells of at least a reach each along `ratio` reaches.
fn cells(ratio: f64, most: usize) -> usize {
    // A little wider than the reach, so that rounding never puts a neighbour two cells away.
    let whole = (ratio * (1.0 - 1e-5)) as usize;
    whole.clamp(1, most)
}

#[inline(always)]
fn index<T: Real>(position: T, n: usize) -> usize {
    let p = position.wide();
    // NaN is nowhere, and counts as the first.
    if p > 0.0 { (p as usize).min(n - 1) } else { 0 }
}

/// Insertion sort: a cell holds few, and they are nearly in order.
fn in_order(cell: &mut [u32], numbers: &[u32]) {
    if cell.len() > 32 {
        cell.sort_unstable_by_key(|&i| numbers[i as usize]);
        return;
    }
    for i in 1..cell.len() {
        let mut k = i;
        while k > 0 && numbers[cell[k - 1] as usize] > numbers[cell[k] as usize] {
            cell.swap(k - 1, k);
            k -= 1;
        }
    }
}

/// The nearest image of a difference of two coordinates on a circle of this length.
#[inline(always)]
pub fn nearest<T: Real>(d: T, length: T) -> T {
    let half = T::of(0.5) * length;
    let d = if d > half { d - length } else { d };
    if d < -half { d + length } else { d }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    proptest::proptest! {
        /// Whoever is within reach, over any border that is open, is found, once, in the image in which it is nearest.
        #[test]
        fn all_within_reach_are_found_once(
            n in 1usize..120, w in 0.5f64..40.0, h in 0.5f64..40.0, reach in 0.05f64..12.0,
            across: bool, down: bool, seed: u64,
        ) {
            let (r, extent, wraps) = (Rng::new(seed), [w, h], [across, down]);
            let along = |k: u64, length: f64| (0..n as u64).map(|i| r.fork(i).unit64(k) * length).collect::<Vec<f64>>();
            let (x, y) = (along(0, w), along(1, h));
            let numbers: Vec<u32> = (0..n as u32).rev().collect();
            let mut bins = Bins::default();
            bins.sort((&x, &y), &numbers, extent, reach, wraps);
            let image = |k: usize, d: f64| if wraps[k] { nearest(d, extent[k]) } else { d };
            let [columns, rows] = bins.counts();
            let mut met = vec![0; n];
            for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))) {
                let own: Vec<usize> = bins.cell(column, row).map(|p| bins.order()[p] as usize).collect();
                proptest::prop_assert!(own.windows(2).all(|p| numbers[p[0]] < numbers[p[1]]));
                for &i in &own {
                    met[i] += 1;
                    let mut found = Vec::new();
                    bins.around(column, row, |(places, images)| {
                        for j in places.map(|p| bins.order()[p] as usize) {
                            let shift = |k: usize| images[k] as f64 * extent[k];
                            let d = match bins.is_narrow() {
                                true => [image(0, x[j] - x[i]), image(1, y[j] - y[i])],
                                false => [x[j] - x[i] + shift(0), y[j] - y[i] + shift(1)],
                            };
                            if d[0] * d[0] + d[1] * d[1] < reach * reach {
                                found.push(j);
                            }
                        }
                    });
                    found.sort_unstable();
                    let near = |j: &usize| {
                        let d = [image(0, x[*j] - x[i]), image(1, y[*j] - y[i])];
                        d[0] * d[0] + d[1] * d[1] < reach * reach
                    };
                    proptest::prop_assert_eq!(found, (0..n).filter(near).collect::<Vec<_>>());
                }
            }
            proptest::prop_assert!(met.iter().all(|&m| m == 1));
        }
    }
}

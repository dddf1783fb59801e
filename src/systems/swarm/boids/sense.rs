//! What each body of a flock senses of the others: row of cells by row of cells, on all threads.

use rayon::prelude::*;

use super::company::{Around, Company};
use super::flock::{Flock, Sight};
use super::sampled;
use super::sums::Sums;
use super::topological;
use crate::real::Real;

impl<R: Real> Flock<R> {
    /// Sorts the bodies of a world of this size into cells, and sums up for each what is within its sight.
    pub fn sense(&mut self, extent: [R; 2], wraps: [bool; 2], sight: Sight<R>) {
        let reach = if sight.separation > sight.radius { sight.separation } else { sight.radius };
        self.bins.sort((&self.x, &self.y), &self.numbers, extent, reach, wraps);
        let order = self.bins.order();
        for values in [&mut self.x, &mut self.y, &mut self.u, &mut self.v] {
            gather(values, order, &mut self.spare);
        }
        let numbers: Vec<u32> = order.iter().map(|&i| self.numbers[i as usize]).collect();
        self.numbers = numbers;
        let mut sums = std::mem::take(&mut self.sums);
        sums.clear();
        sums.resize(self.len(), Sums::default());
        let [columns, rows] = self.bins.counts();
        let mut parts = Vec::with_capacity(rows);
        let mut rest = &mut sums[..];
        for row in 0..rows {
            let end = self.bins.cell(columns - 1, row).end - self.bins.cell(0, row).start;
            let (part, after) = rest.split_at_mut(end);
            parts.push(part);
            rest = after;
        }
        let around = Around {
            flock: self,
            extent,
            wraps,
            near: sight.radius * sight.radius,
            close: sight.separation * sight.separation,
        };
        let stride = sampled::stride(&around);
        let parts = parts.into_par_iter().enumerate();
        parts.for_each(|(row, part)| match stride {
            1 => sense_row(&around, row, sight.nearest, part),
            n => sampled::row(&around, row, n, part),
        });
        self.sampled = stride > 1;
        self.sums = sums;
    }
}

/// Brings values into another order.
fn gather<R: Real>(values: &mut Vec<R>, order: &[u32], spare: &mut Vec<R>) {
    spare.clear();
    spare.extend(order.iter().map(|&i| values[i as usize]));
    std::mem::swap(values, spare);
}

world::widest! {
    /// What all bodies of a row of cells feel of all in their sight, or of so many of the nearest.
    fn sense_row<T: Real>(around: &Around<T>, row: usize, nearest: usize, out: &mut [Sums<T>]) {
        let bins = &around.flock.bins;
        let (begin, narrow) = (bins.cell(0, row).start, bins.is_narrow());
        let mut company = Company::new();
        for column in 0..bins.counts()[0] {
            let cell = bins.cell(column, row);
            if cell.start == cell.end {
                continue;
            }
            company.gather(around, column, row);
            for place in cell.start..cell.end {
                let own = company.own + place - cell.start;
                if narrow {
                    company.look::<true>(around, own);
                } else {
                    company.look::<false>(around, own);
                }
                out[place - begin] = match nearest {
                    0 => company.sums(),
                    n => topological::sums(&company, around.close, n),
                };
            }
        }
    }
}

//! Sums over neighbours: the particles that may be near those of a cell are copied side by side, then each of the cell's
//! particles goes through them in vectors.

use rayon::prelude::*;

use super::crowd::Crowd;
use crate::real::Real;

/// Particles that are taken at once. The order of a sum is by these lanes, whatever the vectors' width.
pub const LANES: usize = 16;
/// Tasks that the cells are divided into, for any number of threads.
const TASKS: usize = 256;

/// The particles that may be near those of a cell, in the images that are nearest; whole lanes of them, filled up with some
/// that are out of reach.
#[derive(Clone, Debug, Default)]
pub struct Near<R> {
    /// Across.
    pub x: Vec<R>,
    /// Down.
    pub y: Vec<R>,
    /// Names.
    pub name: Vec<u32>,
    /// Something else of each, such as how much it draws.
    pub weight: Vec<R>,
    /// How many each stands for: more than 1 where they are a sample.
    pub share: R,
}

/// Where those stand that fill up the lanes: beyond any reach.
const AWAY: f64 = 1e9;

impl<R: Real> Near<R> {
    /// Takes what is around a cell. In a narrow world ([`is_narrow`](crate::swarm::bins::Bins::is_narrow)) they are as they
    /// are, and which image is nearest is asked later. Of more than `most` it takes every second, third, …
    pub fn take(&mut self, crowd: &Crowd<R>, [column, row]: [usize; 2], extent: [R; 2], most: usize) {
        self.x.clear();
        self.y.clear();
        self.name.clear();
        let narrow = crowd.bins().is_narrow();
        crowd.bins().around(column, row, |(run, images)| {
            let shift = |k: usize| if narrow { R::ZERO } else { R::of(images[k] as f64) * extent[k] };
            let (across, down) = (shift(0), shift(1));
            self.x.extend(crowd.x[run.clone()].iter().map(|&x| x + across));
            self.y.extend(crowd.y[run.clone()].iter().map(|&y| y + down));
            self.name.extend_from_slice(&crowd.name[run]);
        });
        self.thin(self.x.len().div_ceil(most.max(1)).max(1));
        let full = self.x.len().next_multiple_of(LANES);
        self.x.resize(full, R::of(AWAY));
        self.y.resize(full, R::of(AWAY));
        self.name.resize(full, 0);
    }
}

impl<R: Real> Near<R> {
    /// Keeps one of so many.
    fn thin(&mut self, stride: usize) {
        self.share = R::of(stride as f64);
        if stride > 1 {
            let left = self.x.len().div_ceil(stride);
            for i in 0..left {
                (self.x[i], self.y[i], self.name[i]) =
                    (self.x[i * stride], self.y[i * stride], self.name[i * stride]);
            }
            self.x.truncate(left);
            self.y.truncate(left);
            self.name.truncate(left);
        }
    }
}

/// How many each particle of a sorted crowd may go through in a sum, for `budget` of them in all: no limit if they are
/// fewer.
pub fn fair<R: Real>(crowd: &Crowd<R>, budget: usize) -> usize {
    let ([w, h], mut all) = (crowd.bins().counts(), 0);
    for cell in 0..w * h {
        let own = crowd.bins().cell(cell % w, cell / w).len();
        if own > 0 {
            crowd.bins().around(cell % w, cell / w, |(run, _)| all += own * run.len());
        }
    }
    if all <= budget { usize::MAX } else { (budget / crowd.len()).max(LANES) }
}

/// A task: its first cell, the place of its first particle, and what is to be written for each of its particles.
struct Task<'a, R, const N: usize> {
    cell: usize,
    first: usize,
    into: [&'a mut [R]; N],
}

/// Calls `f` for every cell that is not empty, in parallel, with what is around it (at most `most`), the places of its
/// particles, and their part of `into`.
pub fn each_cell<R: Real, const N: usize>(
    crowd: &Crowd<R>,
    extent: [R; 2],
    most: usize,
    into: [&mut [R]; N],
    f: impl Fn(&mut Near<R>, std::ops::Range<usize>, [&mut [R]; N]) + Sync,
) {
    let [w, h] = crowd.bins().counts();
    let length = cells_of_task(w * h);
    tasks(crowd, into).into_par_iter().for_each_init(Near::default, |near, task| {
        let Task { cell, first, mut into } = task;
        for cell in cell..(cell + length).min(w * h) {
            let places = crowd.bins().cell(cell % w, cell / w);
            if !places.is_empty() {
                near.take(crowd, [cell % w, cell / w], extent, most);
                let part = places.start - first..places.end - first;
                f(near, places, into.each_mut().map(|row| &mut row[part.clone()]));
            }
        }
    });
}

fn cells_of_task(cells: usize) -> usize {
    cells.div_ceil(TASKS).max(1)
}

fn tasks<'a, R: Real, const N: usize>(crowd: &Crowd<R>, into: [&'a mut [R]; N]) -> Vec<Task<'a, R, N>> {
    let [w, h] = crowd.bins().counts();
    let (mut rest, mut first, length) = (into, 0, cells_of_task(w * h));
    (0..w * h)
        .step_by(length)
        .map(|cell| {
            let last = (cell + length).min(w * h) - 1;
            let end = crowd.bins().cell(last % w, last / w).end;
            let into = rest.each_mut().map(|row| row.split_off_mut(..end - first).unwrap_or_default());
            let task = Task { cell, first, into };
            first = end;
            task
        })
        .collect()
}

/// Sum of lanes, by halves.
#[inline(always)]
pub fn total<R: Real>(mut lanes: [R; LANES]) -> R {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            let other = lanes[i + half];
            lanes[i] += other;
        }
        half /= 2;
    }
    lanes[0]
}

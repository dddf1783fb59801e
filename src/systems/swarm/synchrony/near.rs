//! Coupling to neighbours: θᵢ' = ωᵢ + (K/nᵢ) Σ sin(θⱼ − θᵢ) over the nᵢ others within a radius (Sakaguchi, Shinomoto and
//! Kuramoto 1987, on a lattice). Places are fixed, so who is near whom is sorted once.

use core::ops::Range;

use rayon::prelude::*;

use super::forcing::{Forcing, turn};
use super::integrate::{Rule, State};
use super::mean::Work;
use super::waves::{Wave, waves_of};
use crate::real::Real;
use crate::swarm::bins::Bins;

/// The most runs of neighbours of a cell.
const RUNS: usize = 3;

/// Who is near whom.
#[derive(Clone, Debug, Default)]
pub struct Places<R> {
    bins: Bins,
    reach: R,
    x: Vec<R>,
    y: Vec<R>,
}

impl<R: Real> Places<R> {
    /// Sorts places in 0..`extent` for neighbours within `reach`.
    pub fn sort(&mut self, (x, y): (&[R], &[R]), numbers: &[u32], extent: [R; 2], reach: R) {
        self.reach = reach;
        self.bins.sort((x, y), numbers, extent, reach, [false; 2]);
        gather(self.bins.order(), x, &mut self.x);
        gather(self.bins.order(), y, &mut self.y);
    }

    /// The radius that they are sorted for; 0 before.
    pub fn reach(&self) -> R {
        self.reach
    }
}

/// Values in the order of the bins, and eight more, so that a run may be read in eights.
fn gather<R: Real>(order: &[u32], from: &[R], into: &mut Vec<R>) {
    into.clear();
    into.extend(order.iter().map(|&i| from[i as usize]));
    into.extend([R::ZERO; 8]);
}

/// Kuramoto's model among neighbours.
pub struct Near<'a, R> {
    /// K, per unit of time.
    pub coupling: R,
    /// Natural frequencies, radians per unit of time.
    pub omega: &'a [R],
    /// The beat.
    pub beat: Forcing<R>,
    /// Who is near whom.
    pub places: &'a Places<R>,
    /// Memory.
    pub work: &'a mut NearWork<R>,
}

/// Memory of the rule, kept between steps.
#[derive(Clone, Debug, Default)]
pub struct NearWork<R> {
    own: Work<R>,
    sin: Vec<R>,
    cos: Vec<R>,
    pulls: Vec<R>,
}

impl<R: Wave> Rule<R> for Near<'_, R> {
    fn rates(&mut self, time: R, state: &State<R>, into: &mut State<R>) {
        let NearWork { own, sin, cos, pulls } = &mut *self.work;
        waves_of(&state.theta, &mut own.sin, &mut own.cos);
        let order = self.places.bins.order();
        gather(order, &own.sin, sin);
        gather(order, &own.cos, cos);
        pulls.resize(order.len(), R::ZERO);
        pull_all(self.places, [sin, cos], self.coupling, pulls);
        order.iter().zip(&*pulls).for_each(|(&i, pull)| into.theta[i as usize] = *pull);
        turn(&mut into.theta, (&own.sin, &own.cos), self.omega, &self.beat, time);
    }
}

/// The couplings, in the order of the bins, rows of cells in parallel.
fn pull_all<R: Real>(places: &Places<R>, waves: [&[R]; 2], coupling: R, pulls: &mut [R]) {
    let [columns, rows] = places.bins.counts();
    let (mut bands, mut rest) = (Vec::with_capacity(rows), pulls);
    for row in 0..rows {
        let range = places.bins.cell(0, row).start..places.bins.cell(columns - 1, row).end;
        let (band, after) = rest.split_at_mut(range.len());
        bands.push((row, range.start, band));
        rest = after;
    }
    bands.into_par_iter().for_each(|(row, start, band)| {
        for column in 0..columns {
            let cell = places.bins.cell(column, row);
            let into = &mut band[cell.start - start..cell.end - start];
            let planes = [&places.x[..], &places.y, waves[0], waves[1]];
            pull_cell(planes, cell, runs(places, column, row), [places.reach * places.reach, coupling], into);
        }
    });
}

fn runs<R: Real>(places: &Places<R>, column: usize, row: usize) -> [Range<usize>; RUNS] {
    let (mut runs, mut count) = ([0..0, 0..0, 0..0], 0);
    places.bins.around(column, row, |(range, _)| {
        runs[count] = range;
        count += 1;
    });
    runs
}

world::widest! {
    /// What the neighbours of the oscillators of a cell do to them: planes are across, down, sine, cosine.
    fn pull_cell<R: Real>(
        planes: [&[R]; 4], cell: Range<usize>, runs: [Range<usize>; RUNS], law: [R; 2], into: &mut [R],
    ) {
        let [reach, coupling] = law;
        for (k, into) in into.iter_mut().enumerate() {
            let i = cell.start + k;
            let at = [planes[0][i], planes[1][i]];
            let mut sums = [[R::ZERO; 8]; 3];
            for run in &runs {
                gather_run(planes, [run.start, run.end], at, reach, &mut sums);
            }
            let [s, c, n] = [total(&sums[0]), total(&sums[1]), total(&sums[2])];
            // It is its own neighbour, which turns nothing but counts.
            let others = n - R::ONE;
            let pull = coupling * (s * planes[3][i] - c * planes[2][i]);
            *into = if others > R::ZERO { pull / others } else { R::ZERO };
        }
    }
}

/// Adds sine, cosine and 1 of all in a run who are within reach, in eight lanes.
#[inline(always)]
fn gather_run<R: Real>(
    planes: [&[R]; 4],
    [start, end]: [usize; 2],
    at: [R; 2],
    reach: R,
    sums: &mut [[R; 8]; 3],
) {
    let mut first = start;
    while first < end {
        let [x, y, s, c] = planes.map(|plane| &plane[first..first + 8]);
        for lane in 0..8 {
            let (dx, dy) = (x[lane] - at[0], y[lane] - at[1]);
            let far = if first + lane < end { dx * dx + dy * dy } else { reach };
            let weight = if far < reach { R::ONE } else { R::ZERO };
            sums[0][lane] += weight * s[lane];
            sums[1][lane] += weight * c[lane];
            sums[2][lane] += weight;
        }
        first += 8;
    }
}

#[inline(always)]
fn total<R: Real>(lanes: &[R; 8]) -> R {
    let [a, b, c, d, e, f, g, h] = *lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

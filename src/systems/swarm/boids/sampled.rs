//! What bodies feel where far too many are in sight: a sample that stands for all, so that a tick stays bounded however
//! they crowd.

use super::company::Around;
use super::sums::Sums;
use crate::real::Real;

/// Pairs that a tick looks at, at most. Of more a sample is taken that is a fourth as large, for it takes longer.
const MOST: u64 = 160_000_000;

/// Of how many others one is looked at, so that a tick does not take too long: 1 if there are not too many pairs.
pub(super) fn stride<R: Real>(around: &Around<R>) -> usize {
    let bins = &around.flock.bins;
    let [columns, rows] = bins.counts();
    let mut pairs = 0u64;
    for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))) {
        let own = bins.cell(column, row).len() as u64;
        if own > 0 {
            let others: usize = bins.runs(column, row).iter().flatten().map(|run| run.0.len()).sum();
            pairs += own * others as u64;
        }
    }
    if pairs > MOST { pairs.div_ceil(MOST / 4) as usize } else { 1 }
}

/// What all bodies of a row of cells feel of every `stride`th around them.
pub(super) fn row<R: Real>(around: &Around<R>, row: usize, stride: usize, out: &mut [Sums<R>]) {
    let bins = &around.flock.bins;
    let begin = bins.cell(0, row).start;
    for column in 0..bins.counts()[0] {
        let runs = bins.runs(column, row);
        for own in bins.cell(column, row) {
            let mut sums = Sums::default();
            for (places, image) in runs.iter().flatten() {
                // Which ones: those at places that the stride divides, whoever looks.
                let first = places.start.next_multiple_of(stride);
                for other in (first..places.end).step_by(stride).filter(|&other| other != own) {
                    feel(around, own, other, *image, &mut sums);
                }
            }
            out[own - begin] = times(&sums, R::of(stride as f64));
        }
    }
}

#[inline(always)]
fn feel<R: Real>(around: &Around<R>, own: usize, other: usize, image: [i8; 2], sums: &mut Sums<R>) {
    let (flock, narrow) = (around.flock, around.flock.bins.is_narrow());
    let along = |axis: usize, values: &[R]| {
        let d = values[other] + R::of(image[axis] as f64) * around.extent[axis] - values[own];
        if narrow { around.image(axis, d) } else { d }
    };
    let way = [along(0, &flock.x), along(1, &flock.y)];
    let square = way[0] * way[0] + way[1] * way[1];
    let velocity = [flock.u[other], flock.v[other]];
    if square < around.near {
        sums.count += R::ONE;
        (0..2).for_each(|k| sums.velocity[k] += velocity[k]);
        (0..2).for_each(|k| sums.offset[k] += way[k]);
    }
    if square < around.close && square > R::of(1e-30) {
        (0..2).for_each(|k| sums.separation[k] += -(way[k] / square));
    }
}

fn times<R: Real>(sums: &Sums<R>, by: R) -> Sums<R> {
    let both = |v: [R; 2]| v.map(|v| v * by);
    Sums {
        count: sums.count * by,
        velocity: both(sums.velocity),
        offset: both(sums.offset),
        separation: both(sums.separation),
    }
}

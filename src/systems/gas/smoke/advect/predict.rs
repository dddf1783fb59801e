//! Values from where gas was a step ago.

use super::nodes::{BLOCK, Four, Nodes, Points, Rows, Source};
use super::trace::{Place, Traces};
use crate::real::Real;
use world::widest;

/// What is carried in a step, and how it moves.
pub struct Step<'a, T, const C: usize> {
    /// Values of nodes before it.
    pub from: &'a [[T; C]],
    /// Their grid.
    pub nodes: Nodes,
    /// What they stand for.
    pub place: Place,
    /// Where gas comes from and goes.
    pub traces: &'a Traces<T>,
}

impl<T, const C: usize> Clone for Step<'_, T, C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, const C: usize> Copy for Step<'_, T, C> {}

widest! {
    /// A row of values.
    pub fn predict<T: Real, const C: usize>(row: &mut [[T; C]], step: Step<T, C>, y: usize) {
        let mut points = Points::new(Rows::ALL);
        let (mut dx, mut dy) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
        let mut fetched = [Four::ZERO; BLOCK];
        for (k, out) in row.chunks_mut(BLOCK).enumerate() {
            let at = (k * BLOCK, y);
            step.place.displacements(step.nodes, &step.traces.back, at, out.len(), [&mut dx, &mut dy]);
            points.displace(step.nodes, at, out.len(), T::ONE, [&dx, &dy]);
            let source = Source::values(step.from, &points);
            step.nodes.fetch(source, out.len(), &mut fetched);
            for (i, out) in out.iter_mut().enumerate() {
                *out = step.nodes.round(source, &fetched, i).between(points.tx[i], points.ty[i]);
            }
        }
    }
}

widest! {
    /// The same, with the least and the greatest of the four values that each comes from.
    pub fn predict_within<T: Real, const C: usize>(
        rows: [&mut [[T; C]]; 3],
        step: Step<T, C>,
        y: usize,
    ) {
        let [row, low, high] = rows;
        let mut points = Points::new(Rows::ALL);
        let (mut dx, mut dy) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
        let mut fetched = [Four::ZERO; BLOCK];
        let limits = low.chunks_mut(BLOCK).zip(high.chunks_mut(BLOCK));
        for (k, (out, (low, high))) in row.chunks_mut(BLOCK).zip(limits).enumerate() {
            let (at, n) = ((k * BLOCK, y), out.len());
            let (low, high) = (&mut low[..n], &mut high[..n]);
            step.place.displacements(step.nodes, &step.traces.back, at, n, [&mut dx, &mut dy]);
            points.displace(step.nodes, at, n, T::ONE, [&dx, &dy]);
            let source = Source::values(step.from, &points);
            step.nodes.fetch(source, n, &mut fetched);
            for i in 0..n {
                let four = step.nodes.round(source, &fetched, i);
                out[i] = four.between(points.tx[i], points.ty[i]);
                [low[i], high[i]] = four.limits();
            }
            if !points.inside {
                limits_at_border(step, &points, [low, high]);
            }
        }
    }
}

/// The limits of places that are kept on the grid.
#[cold]
#[inline(never)]
fn limits_at_border<T: Real, const C: usize>(
    step: Step<T, C>,
    points: &Points<T>,
    [low, high]: [&mut [[T; C]]; 2],
) {
    let source = Source::limits(step.from, points);
    for (i, (low, high)) in low.iter_mut().zip(high).enumerate() {
        [*low, *high] = step.nodes.four(source, i).limits();
    }
}

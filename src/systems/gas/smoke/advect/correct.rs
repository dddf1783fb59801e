//! MacCormack's correction: half of what a way back would not restore.

use super::nodes::{BLOCK, Four, Points, Rows, Source, within};
use super::predict::Step;
use crate::real::Real;
use world::widest;

/// Predicted values that a row is corrected by.
pub struct Predicted<'a, T, const C: usize> {
    /// All that are at hand.
    pub all: &'a [[T; C]],
    /// Where their rows lie.
    pub rows: Rows,
    /// Those of the row.
    pub here: &'a [[T; C]],
    /// The least and the greatest of the values that each comes from; none without limits.
    pub limits: [&'a [[T; C]]; 2],
}

const FREE: u8 = 0;
const CLAMP: u8 = 1;
const REVERT: u8 = 2;

widest! {
    /// Without limits.
    pub fn correct_free<T: Real, const C: usize>(row: &mut [[T; C]], predicted: Predicted<T, C>, step: Step<T, C>, y: usize) {
        corrected::<T, C, FREE>(row, predicted, step, y);
    }
}
widest! {
    /// Kept within the limits.
    pub fn correct_clamp<T: Real, const C: usize>(row: &mut [[T; C]], predicted: Predicted<T, C>, step: Step<T, C>, y: usize) {
        corrected::<T, C, CLAMP>(row, predicted, step, y);
    }
}
widest! {
    /// The predicted value where the corrected one leaves the limits.
    pub fn correct_revert<T: Real, const C: usize>(row: &mut [[T; C]], predicted: Predicted<T, C>, step: Step<T, C>, y: usize) {
        corrected::<T, C, REVERT>(row, predicted, step, y);
    }
}

#[inline(always)]
fn corrected<T: Real, const C: usize, const LIMIT: u8>(
    row: &mut [[T; C]],
    predicted: Predicted<T, C>,
    step: Step<T, C>,
    y: usize,
) {
    let mut goes = Points::new(predicted.rows);
    let (mut dx, mut dy) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
    let mut fetched = [Four::ZERO; BLOCK];
    let (nodes, half) = (step.nodes, T::of(0.5));
    for (k, out) in row.chunks_mut(BLOCK).enumerate() {
        let (x, n) = (k * BLOCK, out.len());
        step.place.displacements(nodes, &step.traces.ahead, (x, y), n, [&mut dx, &mut dy]);
        goes.displace(nodes, (x, y), n, T::ONE, [&dx, &dy]);
        let here = &step.from[y * nodes.w + x..][..n];
        let first = &predicted.here[x..x + n];
        let [low, high] = predicted.limits.map(|limit| if LIMIT == FREE { limit } else { &limit[x..x + n] });
        let source = Source::values(predicted.all, &goes);
        nodes.fetch(source, n, &mut fetched);
        for i in 0..n {
            let returned = nodes.round(source, &fetched, i).between(goes.tx[i], goes.ty[i]);
            let mut value = first[i];
            for c in 0..C {
                value[c] += half * (here[i][c] - returned[c]);
            }
            out[i] = match LIMIT {
                FREE => value,
                CLAMP => within(value, [low[i], high[i]]),
                _ => reverted(value, within(value, [low[i], high[i]]), first[i]),
            };
        }
    }
}

/// Where a limit changed a value, the first one.
#[inline(always)]
fn reverted<T: Real, const C: usize>(value: [T; C], limited: [T; C], first: [T; C]) -> [T; C] {
    let mut out = limited;
    for c in 0..C {
        out[c] = if limited[c] == value[c] { value[c] } else { first[c] };
    }
    out
}

//! Passes over rows, by threads where there is enough to do.

use rayon::prelude::*;
use world::field::rows_per_task;

/// Cells up to which a pass is not worth a second thread.
pub const ALONE: usize = 1 << 14;

/// Calls `f(y, row)` for rows of `stride` values, in parallel if `wide`.
pub fn each_row<T: Send>(rows: &mut [T], stride: usize, wide: bool, f: impl Fn(usize, &mut [T]) + Sync) {
    if wide {
        let rows = rows.par_chunks_mut(stride).with_min_len(rows_per_task(stride)).enumerate();
        rows.for_each(|(y, row)| f(y, row));
    } else {
        rows.chunks_mut(stride).enumerate().for_each(|(y, row)| f(y, row));
    }
}

/// The same over two planes at once, whose rows may differ in length.
pub fn each_pair<A: Send, B: Send>(
    (a, a_stride): (&mut [A], usize),
    (b, b_stride): (&mut [B], usize),
    wide: bool,
    f: impl Fn(usize, &mut [A], &mut [B]) + Sync,
) {
    if wide {
        let rows = a.par_chunks_mut(a_stride).zip(b.par_chunks_mut(b_stride));
        let rows = rows.with_min_len(rows_per_task(a_stride)).enumerate();
        rows.for_each(|(y, (a, b))| f(y, a, b));
    } else {
        let rows = a.chunks_mut(a_stride).zip(b.chunks_mut(b_stride)).enumerate();
        rows.for_each(|(y, (a, b))| f(y, a, b));
    }
}

/// Calls `f(y, band of a, band of b)` for bands of so many rows, the first of which is the `y`th; in parallel, if there are
/// several.
pub fn each_band<A: Send, B: Send>(
    (a, a_stride): (&mut [A], usize),
    (b, b_stride): (&mut [B], usize),
    rows: usize,
    f: impl Fn(usize, &mut [A], &mut [B]) + Sync,
) {
    if rows * a_stride >= a.len() {
        return f(0, a, b);
    }
    let bands = a.par_chunks_mut(rows * a_stride).zip(b.par_chunks_mut(rows * b_stride));
    bands.enumerate().for_each(|(k, (a, b))| f(k * rows, a, b));
}

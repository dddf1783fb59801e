//! Between grids: residuals down, corrections up.

use rayon::prelude::*;

use super::super::rows::each_row;
use super::level::Level;
use super::shape::Shape;
use crate::real::{Real, lanes};
use world::field::rows_per_task;
use world::widest;

/// Coarse cells whose residuals are found together.
const BLOCK: usize = 128;

/// Writes the sums of the residuals of 2×2 cells as the coarse right-hand side; the coarse unknowns become 0. Returns
/// the sum of the squares of the residuals. After a sweep, the second colour has none (unless colours mix).
pub fn restrict<T: Real>(fine: &Level<T>, coarse: &mut Level<T>) -> f64 {
    let shape = coarse.shape;
    for x in &mut coarse.x {
        x.fill(T::ZERO);
    }
    let [first, second] = &mut coarse.b;
    let inner = shape.stride..shape.stride * (shape.h + 1);
    let (first, second) = (&mut first[inner.clone()], &mut second[inner]);
    if fine.shape.wide() {
        let rows = first.par_chunks_mut(shape.stride).zip(second.par_chunks_mut(shape.stride));
        let rows = rows.with_min_len(rows_per_task(4 * shape.stride)).enumerate();
        let sums: Vec<f64> = rows.map(|(y, (a, b))| restrict_row(fine, shape, y, [a, b])).collect();
        sums.iter().sum()
    } else {
        let rows = first.chunks_mut(shape.stride).zip(second.chunks_mut(shape.stride)).enumerate();
        rows.map(|(y, (a, b))| restrict_row(fine, shape, y, [a, b])).sum()
    }
}

widest! {
    fn restrict_row<T: Real>(fine: &Level<T>, coarse: Shape, row: usize, into: [&mut [T]; 2]) -> f64 {
        let mut into = into;
        let colours = if fine.mixes() { 2 } else { 1 };
        let mut squares = 0.0;
        for from in (0..coarse.w).step_by(BLOCK) {
            let n = BLOCK.min(coarse.w - from);
            let mut sums = [T::ZERO; BLOCK];
            for y in 2 * row..(2 * row + 2).min(fine.shape.h) {
                for colour in 0..colours {
                    let mut found = [T::ZERO; BLOCK];
                    fine.add_residual((colour, y), from, &mut found[..n]);
                    squares += lanes(&found[..n], |r| r * r);
                    for (sum, r) in sums[..n].iter_mut().zip(&found) {
                        *sum += *r;
                    }
                }
            }
            for (colour, into) in into.iter_mut().enumerate() {
                let o = coarse.offset(colour, row);
                let half = &mut into[1 + from / 2..1 + (from + n + 1 - o) / 2];
                half.iter_mut().zip(sums[o..].iter().step_by(2)).for_each(|(b, &sum)| *b = sum);
            }
        }
        squares
    }
}

/// The unknowns of a level, row after row, with a ring of ghosts.
pub fn unfold<T: Real>(level: &mut Level<T>, into: &mut Vec<T>) {
    [0, 1].into_iter().for_each(|colour| level.refresh(colour));
    let shape = level.shape;
    let stride = shape.w + 2;
    into.resize(stride * (shape.h + 2), T::ZERO);
    let x = &level.x;
    each_row(into, stride, shape.wide(), |y, row| {
        // Row −1 is the first.
        let o = (y + 1) & 1;
        let start = y * shape.stride;
        let [even, odd] = [&x[o][start..start + shape.stride], &x[1 - o][start..start + shape.stride]];
        // `even` holds x = 0, 2, …; `odd` x = −1, 1, ….
        spread(row, even, odd);
    });
}

widest! {
    fn spread<T: Real>(row: &mut [T], even: &[T], odd: &[T]) {
        let pairs = row.chunks_exact_mut(2);
        let n = pairs.len();
        for ((pair, &odd), &even) in pairs.zip(&odd[..n]).zip(&even[1..]) {
            (pair[0], pair[1]) = (odd, even);
        }
        if let (1, Some(last)) = (row.len() % 2, row.last_mut()) {
            *last = odd[n];
        }
    }
}

/// A fine row of the second colour and what it takes from the coarse grid.
struct Above<'a, T> {
    own: &'a [T],
    beside: &'a [T],
    beyond: &'a [T],
    across: &'a [T],
    down: &'a [T],
    lean: [T; 2],
}

widest! {
    fn prolong_row<T: Real>(row: &mut [T], from: Above<T>) {
        let n = row.len();
        let Above { own, beside, beyond, across, down, lean } = from;
        let [own, beside, beyond, across, down] = [own, beside, beyond, across, down].map(|v| &v[..n]);
        for k in 0..n {
            let (x, y) = (across[k] * (beside[k] - own[k]), down[k] * (beyond[k] - own[k]));
            row[k] += own[k] + (lean[0] * x + lean[1] * y);
        }
    }
}

/// Adds the coarse unknowns (unfolded in `from`) to the fine ones of some colours.
pub fn prolong<T: Real>(
    fine: &mut Level<T>,
    coarse: &Level<T>,
    from: &[T],
    colours: core::ops::Range<usize>,
) {
    let (shape, small) = (fine.shape, coarse.shape);
    let (halved_x, halved_y) = (small.w != shape.w, small.h != shape.h);
    let stride = small.w + 2;
    let faces = &coarse.faces;
    let lean = [halved_x, halved_y].map(|halved| T::of(if halved { 0.25 } else { 0.0 }));
    for colour in colours {
        let rows = &mut fine.x[colour][shape.stride..shape.stride * (shape.h + 1)];
        each_row(rows, shape.stride, shape.wide(), |y, row| {
            let o = shape.offset(colour, y);
            let n = shape.count(colour, y);
            let coarse_y = y / 2;
            // The upper of two rows leans on what is above, the right of two cells on what is to the right.
            let low = halved_y && y % 2 == 1;
            let at = (coarse_y + 1) * stride + 1;
            let beyond = if low { at + stride } else { at - stride };
            let (beside, face) = if o == 1 { (at + 1, 1) } else { (at - 1, 0) };
            let start = (small.w + 1) * coarse_y + face;
            let down = &faces.down[(coarse_y + low as usize) * small.w..];
            let from = Above {
                own: &from[at..],
                beside: &from[beside..],
                beyond: &from[beyond..],
                across: &faces.across[start..],
                down,
                lean,
            };
            prolong_row(&mut row[1..1 + n], from);
        });
    }
}

//! Sums, products and residuals of whole levels, in a fixed order.

use rayon::prelude::*;

use super::super::rows::each_row;
use super::level::Level;
use super::shape::Shape;
use crate::real::{Real, lanes};
use world::field::rows_per_task;

/// Cells of both colours.
pub type Planes<T> = [Vec<T>; 2];

/// Cells whose products are found together.
const BLOCK: usize = 64;

/// b − A x of all cells.
pub fn residuals<T: Real>(level: &mut Level<T>, into: &mut Planes<T>) {
    [0, 1].into_iter().for_each(|colour| level.refresh(colour));
    let (level, shape) = (&*level, level.shape);
    for (colour, into) in into.iter_mut().enumerate() {
        let rows = &mut into[shape.stride..shape.stride * (shape.h + 1)];
        each_row(rows, shape.stride, shape.wide(), |y, row| {
            row.fill(T::ZERO);
            level.add_residual((colour, y), 0, &mut row[1..1 + shape.count(colour, y)]);
        });
    }
}

/// Σ w b and Σ w (b − A x) for weights w.
pub fn pairing<T: Real>(level: &Level<T>, weights: &Planes<T>) -> [f64; 2] {
    let shape = level.shape;
    let row = |i: usize| {
        let (y, colour, mut sums) = (i / 2, i % 2, [0.0; 2]);
        let n = shape.count(colour, y);
        for from in (0..n).step_by(BLOCK) {
            let (m, at) = (BLOCK.min(n - from), shape.row(y) + from);
            let mut products = [[T::ZERO; BLOCK]; 2];
            level.add_residual((colour, y), from, &mut products[1][..m]);
            let [b, rest] = &mut products;
            let values = weights[colour][at..at + m].iter().zip(&level.b[colour][at..at + m]);
            for ((b, rest), (&weight, &value)) in b.iter_mut().zip(&mut *rest).zip(values) {
                (*b, *rest) = (weight * value, weight * *rest);
            }
            sums = [sums[0] + lanes(&b[..m], |v| v), sums[1] + lanes(&rest[..m], |v| v)];
        }
        sums
    };
    let rows = (0..2 * shape.h).into_par_iter();
    let least = if shape.wide() { rows_per_task(shape.stride) } else { usize::MAX };
    let sums: Vec<[f64; 2]> = rows.with_min_len(least).map(row).collect();
    sums.iter().fold([0.0; 2], |all, s| [all[0] + s[0], all[1] + s[1]])
}

/// x ← x + share · w.
pub fn add<T: Real>(level: &mut Level<T>, weights: &Planes<T>, share: T) {
    let shape = level.shape;
    for (x, weights) in level.x.iter_mut().zip(weights) {
        combine(shape, x, weights, |x, w| x + share * w);
    }
}

/// Replaces each value by what `f` makes of it and another.
pub fn combine<T: Real>(shape: Shape, into: &mut [T], with: &[T], f: impl Fn(T, T) -> T + Sync) {
    each_row(into, shape.stride, shape.wide(), |y, row| {
        let with = &with[y * shape.stride..(y + 1) * shape.stride];
        row.iter_mut().zip(with).for_each(|(v, &w)| *v = f(*v, w));
    });
}

/// Sum of products, in a fixed order.
pub fn dot<T: Real>(shape: Shape, a: &Planes<T>, b: &Planes<T>) -> f64 {
    let row = |(a, b): (&[T], &[T])| -> f64 {
        let mut products = [T::ZERO; BLOCK];
        let blocks = a.chunks(BLOCK).zip(b.chunks(BLOCK));
        blocks
            .map(|(a, b)| {
                products.iter_mut().zip(a.iter().zip(b)).for_each(|(p, (&a, &b))| *p = a * b);
                lanes(&products[..a.len()], |p| p)
            })
            .sum()
    };
    let mut sum = 0.0;
    for (a, b) in a.iter().zip(b) {
        let rows = a.par_chunks(shape.stride).zip(b.par_chunks(shape.stride));
        let least = if shape.wide() { rows_per_task(shape.stride) } else { usize::MAX };
        let sums: Vec<f64> = rows.with_min_len(least).map(row).collect();
        sum += sums.iter().sum::<f64>();
    }
    sum
}

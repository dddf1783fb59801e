//! Gauss–Seidel sweeps by colour, and residuals.

use super::super::rows::each_row;
use super::level::{Level, PARTS};
use super::shape::Shape;
use crate::real::Real;
use world::widest;

/// What the cells of one colour in one row see: right-hand side and the four neighbours, all of one length.
#[derive(Clone, Copy)]
pub struct Near<'a, T> {
    /// Right-hand side.
    pub b: &'a [T],
    /// Left, right, above, below.
    pub by: [&'a [T]; 4],
}

/// The operator along the same cells; `None` where all conductances are 1.
#[derive(Clone, Copy)]
pub struct Along<'a, T> {
    /// Conductances to the left, right, above and below.
    pub to: [&'a [T]; 4],
    /// 1 / their sum.
    pub inverse: &'a [T],
}

impl<'a, T: Real> Near<'a, T> {
    /// Cells `from..from + n` of a colour in a row; `other` holds the unknowns of the other colour.
    #[inline(always)]
    pub fn of(
        shape: Shape,
        (colour, y): (usize, usize),
        b: &'a [T],
        other: &'a [T],
        from: usize,
        n: usize,
    ) -> Self {
        let (at, o) = (shape.row(y) + from, shape.offset(colour, y));
        let part = |start: usize| &other[start..start + n];
        let by = [part(at + o - 1), part(at + o), part(at - shape.stride), part(at + shape.stride)];
        Self { b: &b[at..at + n], by }
    }
}

impl<'a, T: Real> Along<'a, T> {
    /// The operator on `n` cells of a row, from the one numbered `from` on.
    #[inline(always)]
    pub fn of(stencil: &'a [T], stride: usize, y: usize, from: usize, n: usize) -> Self {
        let start = PARTS * stride * y + from;
        let part = |i: usize| &stencil[start + i * stride..start + i * stride + n];
        Self { to: core::array::from_fn(part), inverse: part(4) }
    }
}

/// Solves for each cell with its neighbours as they are.
#[inline(always)]
fn solve<T: Real>(row: &mut [T], near: Near<T>, along: Option<Along<T>>) {
    let n = row.len();
    let Near { b, by } = near;
    let ([l, r, a, d], b) = (by.map(|v| &v[..n]), &b[..n]);
    match along {
        None => {
            let quarter = T::of(0.25);
            for k in 0..n {
                row[k] = ((l[k] + r[k]) + (a[k] + d[k]) + b[k]) * quarter;
            }
        }
        Some(Along { to, inverse }) => {
            let ([tl, tr, ta, td], inverse) = (to.map(|v| &v[..n]), &inverse[..n]);
            for k in 0..n {
                let across = tl[k] * l[k] + tr[k] * r[k];
                row[k] = (across + (ta[k] * a[k] + td[k] * d[k]) + b[k]) * inverse[k];
            }
        }
    }
}

/// The same for the first of them.
#[inline(always)]
fn solve_one<T: Real>(near: Near<T>, along: Along<T>) -> T {
    let ([l, r, a, d], [tl, tr, ta, td]) = (near.by.map(|v| v[0]), along.to.map(|v| v[0]));
    ((tl * l + tr * r) + (ta * a + td * d) + near.b[0]) * along.inverse[0]
}

widest! {
    fn relax<T: Real>(row: &mut [T], near: Near<T>, along: Option<Along<T>>) {
        solve(row, near, along);
    }
}

/// b − A x of each cell, added to `into`.
#[inline(always)]
fn residual<T: Real>(into: &mut [T], x: &[T], near: Near<T>, along: Option<Along<T>>) {
    let n = into.len();
    let Near { b, by } = near;
    let ([l, r, a, d], b, x) = (by.map(|v| &v[..n]), &b[..n], &x[..n]);
    match along {
        None => {
            for k in 0..n {
                let flow = (l[k] - x[k]) + (r[k] - x[k]) + ((a[k] - x[k]) + (d[k] - x[k]));
                into[k] += b[k] + flow;
            }
        }
        Some(Along { to, .. }) => {
            let [tl, tr, ta, td] = to.map(|v| &v[..n]);
            for k in 0..n {
                let across = tl[k] * (l[k] - x[k]) + tr[k] * (r[k] - x[k]);
                into[k] += b[k] + (across + (ta[k] * (a[k] - x[k]) + td[k] * (d[k] - x[k])));
            }
        }
    }
}

impl<T: Real> Level<T> {
    /// One sweep over both colours.
    pub fn sweep(&mut self) {
        for colour in [0, 1] {
            self.refresh(1 - colour);
            self.half_sweep(colour);
            self.settle(colour);
        }
    }

    /// For cells that have only neighbours of their own colour: the mean of what they are and of what one more sweep would
    /// make of them. Swept at once, such a pair would trade places for ever; so it is solved, and keeps its mean.
    fn settle(&mut self, colour: usize) {
        if self.lonely.is_empty() {
            return;
        }
        self.refresh(colour);
        let half = T::of(0.5);
        let settled = |&[x, y]: &[usize; 2]| {
            let (column, row) = (x as isize, y as isize);
            let (own, at) = self.shape.place(column, row);
            let near = [(-1, 0), (1, 0), (0, -1), (0, 1)].map(|(dx, dy)| {
                let (other, at) = self.shape.place(column + dx, row + dy);
                self.x[other][at]
            });
            let (mut flow, mut sum) = (self.b[own][at], T::ZERO);
            for (c, v) in self.around(x, y).into_iter().zip(near) {
                (flow, sum) = (flow + c * v, sum + c);
            }
            (at, half * (self.x[own][at] + flow / sum))
        };
        let own = self.lonely.iter().filter(|[x, y]| (x + y) % 2 == colour);
        let settled: Vec<(usize, T)> = own.map(settled).collect();
        settled.into_iter().for_each(|(at, value)| self.x[colour][at] = value);
    }

    fn half_sweep(&mut self, colour: usize) {
        let (shape, plain, wraps) = (self.shape, &self.plain, self.faces.wraps[0]);
        let [first, second] = &mut self.x;
        let (this, other) = if colour == 0 { (first, &*second) } else { (second, &*first) };
        let (b, stencil) = (&self.b[colour], &self.stencil[colour]);
        let rows = &mut this[shape.stride..shape.stride * (shape.h + 1)];
        each_row(rows, shape.stride, shape.wide(), |y, row| {
            let n = shape.count(colour, y);
            let near = |from: usize, n: usize| Near::of(shape, (colour, y), b, other, from, n);
            let along = |from: usize, n: usize| Along::of(stencil, shape.stride, y, from, n);
            relax(&mut row[1..1 + n], near(0, n), (!plain[y]).then(|| along(0, n)));
            if plain[y] && !wraps && n > 0 {
                // The cells at the sides are not plain.
                for k in [0, n - 1] {
                    row[1 + k] = solve_one(near(k, 1), along(k, 1));
                }
            }
        });
    }

    /// Adds the residuals of cells `from..from + into.len()` of a colour in a row, as far as there are any.
    #[inline(always)]
    pub fn add_residual(&self, (colour, y): (usize, usize), from: usize, into: &mut [T]) {
        let total = self.shape.count(colour, y);
        let n = total.saturating_sub(from).min(into.len());
        let into = &mut into[..n];
        if !self.plain[y] || self.faces.wraps[0] {
            return self.add_run((colour, y), from, into, self.plain[y]);
        }
        // The cells at the sides are not plain.
        let ends = [(from == 0 && n > 0).then_some(0), (n > 1 && from + n == total).then_some(n - 1)];
        let (low, high) = (ends[0].map_or(0, |_| 1), ends[1].unwrap_or(n).max(ends[0].map_or(0, |_| 1)));
        self.add_run((colour, y), from + low, &mut into[low..high], true);
        for k in ends.into_iter().flatten() {
            self.add_run((colour, y), from + k, &mut into[k..k + 1], false);
        }
    }

    #[inline(always)]
    fn add_run(&self, (colour, y): (usize, usize), from: usize, into: &mut [T], plain: bool) {
        let (n, at) = (into.len(), self.shape.row(y) + from);
        let near = Near::of(self.shape, (colour, y), &self.b[colour], &self.x[1 - colour], from, n);
        let along = (!plain).then(|| Along::of(&self.stencil[colour], self.shape.stride, y, from, n));
        residual(into, &self.x[colour][at..at + n], near, along);
    }

    /// Copies the unknowns of a colour into the ghosts beyond sides that wrap.
    pub fn refresh(&mut self, colour: usize) {
        let shape = self.shape;
        let [across, down] = self.faces.wraps;
        let (w, h) = (shape.w as isize, shape.h as isize);
        let mut copy = |from: (isize, isize), to: (isize, isize)| {
            let (source, target) = (shape.place(from.0, from.1), shape.place(to.0, to.1));
            self.x[target.0][target.1] = self.x[source.0][source.1];
        };
        if across {
            // Ghosts of this colour, and of the other where it takes this one's values round an odd row.
            let odd = w & 1;
            for y in 0..h {
                let mine = (colour as isize + y) & 1;
                // x = −1 is the image of w − 1, x = w that of 0.
                if odd == 1 || mine == 1 {
                    copy((w - 1, y), (-1, y));
                }
                if odd == 1 || mine == 0 {
                    copy((0, y), (w, y));
                }
            }
        }
        if down {
            let odd = shape.h & 1;
            let rows = |y: usize| y * shape.stride..(y + 1) * shape.stride;
            for source in (0..2).filter(|&c| odd == 1 || c == colour) {
                // Beyond an odd column of rows the colours change places.
                for (from, to) in [(rows(shape.h), 0), (rows(1), shape.len() - shape.stride)] {
                    match odd {
                        0 => self.x[source].copy_within(from, to),
                        _ => {
                            let [a, b] = &mut self.x;
                            let (a, b) = if source == 0 { (a, b) } else { (b, a) };
                            b[to..to + shape.stride].copy_from_slice(&a[from]);
                        }
                    }
                }
            }
        }
    }
}

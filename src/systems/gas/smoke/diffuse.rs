//! Implicit diffusion: solves (1 − a ∇²) x = b by Chebyshev's iteration (Golub and Varga 1961), whose rates need only
//! the bounds of the spectrum, 1 and 1 + 8a, and no sums over the grid.

use super::rows::each_pair;
use crate::real::Real;
use world::widest;

/// What is beyond an end of rows or columns of nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End<T> {
    /// The other end, after so many nodes.
    Wrap(usize),
    /// The same value: nothing diffuses across.
    Mirror,
    /// A wall half a node away that has this value.
    Wall(T),
    /// The end node itself is fixed.
    Fixed,
}

/// A grid of nodes and its four ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid<T> {
    /// Nodes of a row, rows.
    pub size: (usize, usize),
    /// Left, right, top, bottom.
    pub ends: [End<T>; 4],
}

/// Planes that a solve needs; kept between steps.
#[derive(Clone, Debug, Default)]
pub struct Work<T> {
    goal: Vec<T>,
    change: Vec<T>,
    next: Vec<T>,
}

/// Iterations until the error has shrunk by `tolerance`.
pub fn iterations(a: f64, tolerance: f64) -> usize {
    let root = (1.0 + 8.0 * a).sqrt();
    let rate = (root - 1.0) / (root + 1.0);
    if rate <= 0.0 { 0 } else { libm::ceil(libm::log(0.5 * tolerance) / libm::log(rate)) as usize + 1 }
}

/// Diffuses a field: `a` is diffusivity times step over the area of a cell. Nodes where `free` is 0 keep their value.
pub fn diffuse<T: Real>(
    grid: Grid<T>,
    field: &mut Vec<T>,
    free: Option<&[T]>,
    a: f64,
    iterations: usize,
    work: &mut Work<T>,
) {
    let w = grid.size.0;
    let wide = w * grid.size.1 > super::rows::ALONE;
    work.goal.clone_from(field);
    work.change.clear();
    work.change.resize(field.len(), T::ZERO);
    work.next.resize(field.len(), T::ZERO);
    let (middle, radius) = (1.0 + 4.0 * a, 4.0 * a);
    let mut rho = 0.0;
    for k in 0..iterations {
        let rates = if k == 0 {
            rho = radius / middle;
            [0.0, 1.0 / middle]
        } else {
            let next = 1.0 / (2.0 * middle / radius - rho);
            let rates = [next * rho, 2.0 * next / radius];
            rho = next;
            rates
        };
        let rates = [T::of(rates[0]), T::of(rates[1]), T::of(a)];
        let (now, goal) = (&*field, &work.goal);
        each_pair((&mut work.next, w), (&mut work.change, w), wide, |y, next, change| {
            let line = Line::of(grid, now, y);
            let free = free.map(|f| &f[y * w..(y + 1) * w]);
            diffuse_row([next, change], line, &goal[y * w..(y + 1) * w], free, rates);
        });
        std::mem::swap(field, &mut work.next);
    }
}

/// A row of nodes with the rows above and below; beyond a wall, `2 wall − here` stands for them.
struct Line<'a, T> {
    here: &'a [T],
    beyond: [Beyond<'a, T>; 2],
    ends: [End<T>; 2],
    fixed: bool,
}

#[derive(Clone, Copy)]
enum Beyond<'a, T> {
    Row(&'a [T]),
    Wall(T),
}

impl<'a, T: Real> Line<'a, T> {
    fn of(grid: Grid<T>, field: &'a [T], y: usize) -> Self {
        let (w, h) = grid.size;
        let row = |y: usize| &field[y * w..(y + 1) * w];
        let [left, right, top, bottom] = grid.ends;
        let beyond =
            |at_end: bool, end: End<T>, inner: usize, wrapped: fn(usize, usize, usize) -> usize| match end {
                _ if !at_end => Beyond::Row(row(inner)),
                End::Wrap(period) => Beyond::Row(row(wrapped(y, h, period))),
                End::Wall(value) => Beyond::Wall(value),
                End::Mirror | End::Fixed => Beyond::Row(row(y)),
            };
        let above = beyond(y == 0, top, y.saturating_sub(1), |_, _, period| period - 1);
        let below = beyond(y + 1 == h, bottom, (y + 1).min(h - 1), |y, _, period| (y + 1) % period);
        let fixed = (y == 0 && top == End::Fixed) || (y + 1 == h && bottom == End::Fixed);
        Self { here: row(y), beyond: [above, below], ends: [left, right], fixed }
    }
}

impl<T: Real> Line<'_, T> {
    /// What the rows above and below differ by.
    #[inline(always)]
    fn vertical(&self, into: &mut [T]) {
        let n = into.len();
        let here = &self.here[..n];
        into.fill(T::ZERO);
        for side in self.beyond {
            match side {
                Beyond::Row(row) => {
                    let row = &row[..n];
                    (0..n).for_each(|x| into[x] += row[x] - here[x]);
                }
                Beyond::Wall(wall) => (0..n).for_each(|x| into[x] += (wall + wall - here[x]) - here[x]),
            }
        }
    }

    /// What is beyond the left (0) or right (1) end differs by.
    #[inline(always)]
    fn end(&self, side: usize, x: usize) -> T {
        let here = self.here;
        match self.ends[side] {
            End::Wrap(period) => {
                let other = if side == 0 { period - 1 } else { (x + 1) % period };
                here[other] - here[x]
            }
            End::Wall(wall) => (wall + wall - here[x]) - here[x],
            End::Mirror | End::Fixed => T::ZERO,
        }
    }
}

widest! {
    fn diffuse_row<T: Real>(into: [&mut [T]; 2], line: Line<T>, goal: &[T], free: Option<&[T]>, rates: [T; 3]) {
        let [next, change] = into;
        let n = next.len();
        let (here, goal, change) = (&line.here[..n], &goal[..n], &mut change[..n]);
        if line.fixed {
            return next.copy_from_slice(here);
        }
        line.vertical(next);
        let last = n - 1;
        for x in 1..last {
            next[x] += (here[x - 1] - here[x]) + (here[x + 1] - here[x]);
        }
        next[0] += line.end(0, 0);
        next[last] += line.end(1, last);
        if n > 1 {
            next[0] += here[1] - here[0];
            next[last] += here[last - 1] - here[last];
        }
        for x in 0..n {
            let rest = goal[x] - here[x] + rates[2] * next[x];
            change[x] = rates[0] * change[x] + rates[1] * rest;
            next[x] = here[x] + change[x];
        }
        for (end, x) in line.ends.into_iter().zip([0, last]) {
            next[x] = if end == End::Fixed { here[x] } else { next[x] };
        }
        if let Some(free) = free {
            for x in 0..n {
                next[x] = if free[x] > T::ZERO { next[x] } else { here[x] };
            }
        }
    }
}

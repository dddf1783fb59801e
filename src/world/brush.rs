//! The one brush: which cells a touch covers, and with what weight. Every system with cells handles touches through it,
//! so a touch has the same size, softness and behaviour at the border in all of them. How a covered cell responds is up
//! to the system; what follows holds for all.
//!
//! - **Shape.** The capsule swept since the last tick: all cells within the radius of the path, the straight line from
//!   the previous position to the present one. Distances are in cells, which are square, and to cell centres. A radius
//!   below one cell counts as one: the cell under the touch always gets a weight of a quarter or more.
//! - **Weight.** (1 − d²/r²)² at distance d from the path: 1 on the path, falling to 0 at the radius r. Its total
//!   equals that of a cone, 1 − d/r, but it has no crease on the path or at the rim, and needs no square root.
//! - **Sign.** A strength above 0 (left button, finger) adds: cells, dye, push, food. Below 0 (right button) it removes
//!   what the other added, or does its opposite. |strength| scales, 1 is the maximum. At 0 nothing is touched.
//! - **Phase.** `Down` paints in place, as if the touch had rested there; `Move` paints along the path; `Up` paints
//!   nothing, and its movement is ignored. What a system does on release depends on the phase alone.
//! - **Border.** On a torus the brush continues across the border, and the path is the short one; a wall cuts it off.
//!   However large it is, it covers no cell twice: the nearest of the cell's images counts.
//! - **Invalid input.** A touch that holds NaN or infinity, or lies more than a world away, covers nothing. Radius and
//!   movement are clamped to [`LARGEST`] heights and one world. So every weight lies in 0..=1, every strength in
//!   −1..=1.

#[cfg(test)]
mod tests;

use std::ops::Range;

use rayon::prelude::*;

use crate::field::rows_per_task;
use crate::stencil::Boundary;
use crate::system::{Phase, Touch};

/// Largest radius, in world heights.
pub const LARGEST: f32 = 4.0;
/// Smallest radius, in cells.
pub const LEAST: f32 = 1.0;

/// Strength of a touch, −1..=1: above 0 it adds, below 0 it removes; 0 if it is lifted or not finite. For systems
/// without cells; others read [`Brush::strength`].
pub fn strength(touch: &Touch) -> f32 {
    match touch.phase != Phase::Up && touch.is_finite() {
        true => touch.strength.clamp(-1.0, 1.0),
        false => 0.0,
    }
}

/// A touch on a grid of cells; see the module.
///
/// ```
/// use world::brush::Brush;
/// use world::stencil::Boundary;
/// use world::system::{Phase, Touch};
///
/// let (w, h) = (64, 48);
/// let touch =
///     Touch { id: 0, x: 0.5, y: 0.5, dx: 0.25, dy: 0.0, radius: 0.125, strength: -0.5, phase: Phase::Move };
/// let mut ink = vec![1.0; w * h];
///
/// let brush = Brush::of(&touch, (w, h), Boundary::Periodic);
/// let (goal, share) = (if brush.gives() { 1.0 } else { 0.0 }, brush.amount());
/// brush.paint(&mut ink, |_x, _y, cell, weight| *cell += share * weight * (goal - *cell));
///
/// assert!(ink[24 * w + 24] < 0.51, "half is gone on the path");
/// assert_eq!(ink[24 * w + 40], 1.0, "nothing ahead of the finger");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    strength: f32,
    /// Position, in cells.
    at: [f32; 2],
    /// Movement since the last tick, in cells.
    along: [f32; 2],
    /// 1 / (length of the path)²; 0 if it is negligible.
    inverse: f32,
    radius: f32,
    /// Columns, rows.
    axes: [Axis; 2],
}

impl Brush {
    /// The brush of a touch on `size` cells (across, down), on a torus (`Periodic`) or between walls (any other
    /// boundary).
    pub fn of(touch: &Touch, size: (usize, usize), boundary: Boundary) -> Self {
        Self::wrapping(touch, size, [boundary == Boundary::Periodic; 2])
    }

    /// The same for a world that may wrap across only, or down only.
    pub fn wrapping(touch: &Touch, size: (usize, usize), wraps: [bool; 2]) -> Self {
        let strength = strength(touch);
        let near = |v: f32| (-1.0..=2.0).contains(&v);
        if strength == 0.0 || !near(touch.x) || !near(touch.y) {
            return Self::nothing();
        }
        let cells = [size.0.max(1) as f32, size.1.max(1) as f32];
        let moved = |d: f32, wraps: bool| match (touch.phase, wraps) {
            (Phase::Down, _) => 0.0,
            (_, true) if d.abs() > 0.5 => d - libm::roundf(d),
            _ => d.clamp(-1.0, 1.0),
        };
        let along = [moved(touch.dx, wraps[0]) * cells[0], moved(touch.dy, wraps[1]) * cells[1]];
        let at = [touch.x * cells[0], touch.y * cells[1]];
        Self::swept(at, along, touch.radius.clamp(0.0, LARGEST) * cells[1], strength, size, wraps)
    }

    /// A disc of strength 1, centre and radius in cells; empty if they are not finite.
    pub fn disc(at: [f32; 2], radius: f32, size: (usize, usize), wraps: [bool; 2]) -> Self {
        let world = |n: usize| n.max(1) as f32;
        let near = |v: f32, n: usize| (-world(n)..=2.0 * world(n)).contains(&v);
        if !radius.is_finite() || !near(at[0], size.0) || !near(at[1], size.1) {
            return Self::nothing();
        }
        Self::swept(at, [0.0; 2], radius.clamp(0.0, LARGEST * world(size.1)), 1.0, size, wraps)
    }

    fn nothing() -> Self {
        let (at, along) = ([0.0; 2], [0.0; 2]);
        Self { strength: 0.0, at, along, inverse: 0.0, radius: LEAST, axes: [Axis::NOTHING; 2] }
    }

    fn swept(
        at: [f32; 2],
        along: [f32; 2],
        radius: f32,
        strength: f32,
        size: (usize, usize),
        wraps: [bool; 2],
    ) -> Self {
        let radius = radius.max(LEAST);
        let square = along[0] * along[0] + along[1] * along[1];
        let inverse = if square > 1e-9 { 1.0 / square } else { 0.0 };
        let axis = |k: usize, n: usize| Axis::new(n.max(1), wraps[k], at[k], along[k], radius);
        Self { strength, at, along, inverse, radius, axes: [axis(0, size.0), axis(1, size.1)] }
    }

    /// −1..=1; 0 if the touch is lifted, invalid or too far away.
    pub fn strength(&self) -> f32 {
        self.strength
    }
    /// |strength|, 0..=1.
    pub fn amount(&self) -> f32 {
        self.strength.abs()
    }
    /// Whether it adds (strength above 0).
    pub fn gives(&self) -> bool {
        self.strength > 0.0
    }
    /// Whether it removes (strength below 0).
    pub fn takes(&self) -> bool {
        self.strength < 0.0
    }
    /// Radius in cells, at least [`LEAST`].
    pub fn radius(&self) -> f32 {
        self.radius
    }
    /// Movement since the last tick, in cells: the short way on a torus, none at `Down`.
    pub fn moved(&self) -> [f32; 2] {
        self.along
    }

    /// Rows it reaches, each once, from the top.
    pub fn rows(&self) -> impl Iterator<Item = usize> + use<> {
        self.axes[1].pieces().into_iter().flatten()
    }

    /// Runs of columns that it reaches in a row, from the left; each column is in one at most.
    pub fn spans(&self, y: usize) -> impl Iterator<Item = Span<'_>> {
        let [all, down] = &self.axes;
        let rows = down.reached(y);
        let reached = rows.into_iter().flatten().filter_map(|row| self.reach(row)).reduce(hull);
        let across = reached.map_or(Axis::NOTHING, |(left, right)| all.within(left, right));
        let [before, after] = across.pieces();
        // On a torus the run that begins at the left border is the end of one that began at the right.
        let shifts = [across.low + across.count - before.end as i32, across.low - after.start as i32];
        let spans = [before, after].into_iter().zip(shifts);
        spans.filter(|(columns, _)| !columns.is_empty()).map(move |(columns, shift)| Span {
            brush: self,
            columns,
            shift,
            rows: rows.unwrap_or_default(),
        })
    }

    /// Calls `f(x, weight)` for every covered cell of a row; no weight is 0.
    pub fn each_of_row(&self, y: usize, mut f: impl FnMut(usize, f32)) {
        for span in self.spans(y) {
            let cells = span.columns().zip(span.weights());
            cells.filter(|(_, weight)| *weight > 0.0).for_each(|(x, weight)| f(x, weight));
        }
    }

    /// Calls `f(x, y, weight)` for every covered cell, row after row; no weight is 0.
    pub fn for_each(&self, mut f: impl FnMut(usize, usize, f32)) {
        self.rows().for_each(|y| self.each_of_row(y, |x, weight| f(x, y, weight)));
    }

    /// Calls `f(x, y, cell, weight)` for every covered cell of a plane, rows in parallel; no weight is 0.
    ///
    /// # Panics
    /// The plane differs in size from the world.
    pub fn paint<T: Send>(&self, plane: &mut [T], f: impl Fn(usize, usize, &mut T, f32) + Sync) {
        let [across, down] = &self.axes;
        let width = across.n as usize;
        if across.count == 0 || down.count == 0 {
            return;
        }
        assert_eq!(plane.len(), width * down.n as usize, "the plane differs in size from the world");
        for rows in down.pieces() {
            let band = plane[rows.start * width..rows.end * width].par_chunks_mut(width);
            let band = band.with_min_len(rows_per_task(across.count as usize)).enumerate();
            band.for_each(|(i, row)| {
                let y = rows.start + i;
                self.each_of_row(y, |x, weight| f(x, y, &mut row[x], weight));
            });
        }
    }

    /// Vector from the nearest point of the path to the centre of a covered cell, in cells.
    pub fn offset(&self, x: usize, y: usize) -> [f32; 2] {
        let [across, down] = &self.axes;
        self.nearest(across.images(x), down.images(y))
    }

    /// First and last position across, before wrapping, that is reached at the height of a row's image.
    fn reach(&self, row: f32) -> Option<(f32, f32)> {
        let (p, [ax, ay]) = (row - self.at[1], self.along);
        // Where on the path (0 at its end, 1 at its start) the row is within the radius.
        let (from, to) = match ay == 0.0 {
            true if p.abs() <= self.radius => (0.0, 1.0),
            true => return None,
            false => {
                let (a, b) = ((-self.radius - p) / ay, (self.radius - p) / ay);
                (a.min(b).max(0.0), a.max(b).min(1.0))
            }
        };
        let (a, b) = (self.at[0] - from * ax, self.at[0] - to * ax);
        (from <= to).then_some((a.min(b) - self.radius, a.max(b) + self.radius))
    }

    /// Vector from the path to the nearest of a cell's images.
    #[inline(always)]
    fn nearest(&self, xs: [f32; 2], ys: [f32; 2]) -> [f32; 2] {
        let mut best = self.offset_from_path(xs[0], ys[0]);
        if xs[0] != xs[1] || ys[0] != ys[1] {
            for (x, y) in [(xs[1], ys[0]), (xs[0], ys[1]), (xs[1], ys[1])] {
                let other = self.offset_from_path(x, y);
                best = if square(other) < square(best) { other } else { best };
            }
        }
        best
    }

    #[inline(always)]
    fn offset_from_path(&self, x: f32, y: f32) -> [f32; 2] {
        let ([ax, ay], [px, py]) = (self.along, [x - self.at[0], y - self.at[1]]);
        let back = (-(px * ax + py * ay) * self.inverse).clamp(0.0, 1.0);
        [px + back * ax, py + back * ay]
    }
}

#[inline(always)]
fn square([x, y]: [f32; 2]) -> f32 {
    x * x + y * y
}

fn hull(a: (f32, f32), b: (f32, f32)) -> (f32, f32) {
    (a.0.min(b.0), a.1.max(b.1))
}

/// A run of columns in one row of a brush.
#[derive(Clone, Debug)]
pub struct Span<'a> {
    brush: &'a Brush,
    columns: Range<usize>,
    /// Offset from a column to its image, where it has only one.
    shift: i32,
    rows: [f32; 2],
}

impl Span<'_> {
    /// The columns.
    pub fn columns(&self) -> Range<usize> {
        self.columns.clone()
    }

    /// The weight of each column, 0..=1; 0 outside the rim.
    pub fn weights(&self) -> impl ExactSizeIterator<Item = f32> {
        let Self { brush, shift, rows, .. } = *self;
        let (across, whole) = (brush.axes[0], brush.radius * brush.radius);
        self.columns().map(move |x| {
            let columns = match across.twice {
                true => across.images(x),
                false => [(x as i32 + shift) as f32 + 0.5; 2],
            };
            let part = (1.0 - square(brush.nearest(columns, rows)) / whole).max(0.0);
            part * part
        })
    }
}

/// The cells along one axis that a brush may reach.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Axis {
    /// Cells of the world.
    n: i32,
    /// The first cell; on a torus it may lie beyond the border.
    low: i32,
    /// How many there are, at most `n`.
    count: i32,
    /// On a torus, reached from both sides: a cell has two images that may be the nearest.
    twice: bool,
    /// Midpoint of the path, in cells.
    middle: f32,
}

impl Axis {
    const NOTHING: Self = Self { n: 1, low: 0, count: 0, twice: false, middle: 0.0 };

    fn new(n: usize, wraps: bool, at: f32, along: f32, radius: f32) -> Self {
        let n = n as i32;
        let whole = Self { n, low: 0, count: n, twice: false, middle: at - 0.5 * along };
        let (low, high) = (at.min(at - along) - radius, at.max(at - along) + radius);
        let (low, high) = (libm::floorf(low) as i32, libm::floorf(high) as i32);
        match wraps {
            true if high - low >= n => Self { twice: true, ..whole },
            true => Self { low, count: high - low + 1, ..whole },
            false => {
                let (low, high) = (low.clamp(0, n), high.clamp(-1, n - 1));
                Self { low, count: (high - low + 1).max(0), ..whole }
            }
        }
    }

    /// Its cells whose images lie between two positions, to within one cell.
    fn within(self, left: f32, right: f32) -> Self {
        if self.twice {
            return self;
        }
        let low = (libm::floorf(left) as i32).max(self.low);
        let high = (libm::floorf(right) as i32).min(self.low + self.count - 1);
        Self { low, count: (high - low + 1).max(0), ..self }
    }

    /// Its cells as two ranges: those wrapped round the torus, and the others.
    fn pieces(&self) -> [Range<usize>; 2] {
        let first = self.low.rem_euclid(self.n) as usize;
        let (end, n) = (first + self.count as usize, self.n as usize);
        [0..end.saturating_sub(n), first..end.min(n)]
    }

    /// Centres of a cell's nearest images, the same twice if there is only one; `None` for a cell that it does not
    /// reach.
    fn reached(&self, cell: usize) -> Option<[f32; 2]> {
        let inside = (cell as i32 - self.low).rem_euclid(self.n) < self.count;
        (cell < self.n as usize && inside).then(|| self.images(cell))
    }

    #[inline(always)]
    fn images(&self, cell: usize) -> [f32; 2] {
        let n = self.n as f32;
        if !self.twice {
            let image = self.low + (cell as i32 - self.low).rem_euclid(self.n);
            return [image as f32 + 0.5; 2];
        }
        let middle = cell as f32 + 0.5;
        let near = middle + n * libm::roundf((self.middle - middle) / n);
        [near, if near > self.middle { near - n } else { near + n }]
    }
}

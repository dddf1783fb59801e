//! All who may be in sight of a cell, brought together in the images that are nearest, and what one of them makes of each.

use super::flock::Flock;
use super::sums::Sums;
use crate::real::Real;
use crate::swarm::bins::nearest;

/// The flock that is sensed.
pub(super) struct Around<'a, R> {
    pub flock: &'a Flock<R>,
    pub extent: [R; 2],
    pub wraps: [bool; 2],
    /// Square of the radius of sight.
    pub near: R,
    /// Square of the distance that is kept.
    pub close: R,
}

/// Others that are looked at together; sums are kept in as many lanes, so that their order is the same at any width.
const LANES: usize = 8;

impl<R: Real> Around<'_, R> {
    /// The nearest image of a difference, in a world that is so narrow that it depends on the pair.
    #[inline(always)]
    pub fn image(&self, axis: usize, d: R) -> R {
        if self.wraps[axis] { nearest(d, self.extent[axis]) } else { d }
    }
}

/// All who may be in sight of those in a cell, and what one of them makes of each.
pub(super) struct Company<R> {
    /// Their numbers.
    pub numbers: Vec<u32>,
    /// Positions, in the images that are nearest, and velocities.
    x: Vec<R>,
    y: Vec<R>,
    pub u: Vec<R>,
    pub v: Vec<R>,
    /// The ways to them, whether they are in sight, and how strongly they push.
    pub dx: Vec<R>,
    pub dy: Vec<R>,
    pub seen: Vec<R>,
    push: Vec<R>,
    /// Where the first of the cell itself stands.
    pub own: usize,
}

impl<R: Real> Company<R> {
    pub fn new() -> Self {
        let [x, y, u, v, dx, dy, seen, push] = std::array::from_fn(|_| Vec::new());
        Self { numbers: Vec::new(), x, y, u, v, dx, dy, seen, push, own: 0 }
    }

    /// Brings together all around a cell, filled up to whole lanes by bodies that nobody sees.
    #[inline(always)]
    pub fn gather(&mut self, around: &Around<R>, column: usize, row: usize) {
        let (flock, runs) = (around.flock, around.flock.bins.runs(column, row));
        let own = flock.bins.cell(column, row).start;
        for values in [&mut self.x, &mut self.y, &mut self.u, &mut self.v] {
            values.clear();
        }
        self.numbers.clear();
        let mut k = 0;
        while k < runs.len() {
            if let Some((places, image)) = &runs[k] {
                if places.contains(&own) {
                    self.own = self.x.len() + own - places.start;
                }
                let begin = self.x.len();
                self.numbers.extend_from_slice(&flock.numbers[places.start..places.end]);
                self.x.extend_from_slice(&flock.x[places.start..places.end]);
                self.y.extend_from_slice(&flock.y[places.start..places.end]);
                self.u.extend_from_slice(&flock.u[places.start..places.end]);
                self.v.extend_from_slice(&flock.v[places.start..places.end]);
                shift(&mut self.x[begin..], image[0], around.extent[0]);
                shift(&mut self.y[begin..], image[1], around.extent[1]);
            }
            k += 1;
        }
        let n = self.x.len().next_multiple_of(LANES);
        // In a world no one is as far as this, and no image brings them back.
        self.x.resize(n, R::of(1e15));
        self.y.resize(n, R::of(1e15));
        for values in [&mut self.u, &mut self.v, &mut self.dx, &mut self.dy, &mut self.seen, &mut self.push] {
            values.resize(n, R::ZERO);
        }
    }

    /// What the body at a place makes of each.
    #[inline(always)]
    pub fn look<const NARROW: bool>(&mut self, around: &Around<R>, own: usize) {
        let (n, at) = (self.x.len(), [self.x[own], self.y[own]]);
        let (x, y) = (&self.x[..n], &self.y[..n]);
        let (dx, dy) = (&mut self.dx[..n], &mut self.dy[..n]);
        for i in 0..n {
            (dx[i], dy[i]) = (x[i] - at[0], y[i] - at[1]);
        }
        if NARROW {
            for i in 0..n {
                (dx[i], dy[i]) = (around.image(0, dx[i]), around.image(1, dy[i]));
            }
        }
        let (seen, push, least) = (&mut self.seen[..n], &mut self.push[..n], R::of(1e-30));
        for i in 0..n {
            let square = dx[i] * dx[i] + dy[i] * dy[i];
            seen[i] = if square < around.near { R::ONE } else { R::ZERO };
            // Two in one place have no direction to part in: they push by nothing divided by something small.
            let close = if square < around.close { R::ONE } else { R::ZERO };
            push[i] = close / if square > least { square } else { least };
        }
        (seen[own], push[own]) = (R::ZERO, R::ZERO);
    }

    /// What it makes of all in sight.
    #[inline(always)]
    pub fn sums(&self) -> Sums<R> {
        let n = self.x.len();
        let (seen, push, dx, dy) = (&self.seen[..n], &self.push[..n], &self.dx[..n], &self.dy[..n]);
        Sums {
            count: sum(seen),
            velocity: dots(seen, &self.u[..n], &self.v[..n]),
            offset: dots(seen, dx, dy),
            separation: dots(push, dx, dy).map(|v| -v),
        }
    }
}

/// Moves positions by a world's extent.
#[inline(always)]
fn shift<R: Real>(values: &mut [R], image: i8, extent: R) {
    if image != 0 {
        let by = R::of(image as f64) * extent;
        values.iter_mut().for_each(|v| *v += by);
    }
}

/// Sums of products with two others, in lanes.
#[inline(always)]
fn dots<R: Real>(a: &[R], b: &[R], c: &[R]) -> [R; 2] {
    let (mut first, mut second) = ([R::ZERO; LANES], [R::ZERO; LANES]);
    let others = b.as_chunks::<LANES>().0.iter().zip(c.as_chunks::<LANES>().0);
    for (a, (b, c)) in a.as_chunks::<LANES>().0.iter().zip(others) {
        for l in 0..LANES {
            first[l] += a[l] * b[l];
        }
        for l in 0..LANES {
            second[l] += a[l] * c[l];
        }
    }
    [total(first), total(second)]
}

/// Sum, in lanes.
#[inline(always)]
fn sum<R: Real>(a: &[R]) -> R {
    let mut lanes = [R::ZERO; LANES];
    for a in a.as_chunks::<LANES>().0 {
        for l in 0..LANES {
            lanes[l] += a[l];
        }
    }
    total(lanes)
}

#[inline(always)]
fn total<R: Real>([a, b, c, d, e, f, g, h]: [R; LANES]) -> R {
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

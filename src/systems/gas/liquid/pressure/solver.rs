//! Conjugate gradients, preconditioned by a cycle of the multigrid.

use rayon::prelude::*;
use world::widest;

use super::super::grid::{Touched, rows};
use super::level::{self, Level, Pair};
use super::seam::Seam;

/// Iterations at most.
pub const MOST_ITERATIONS: usize = 60;

/// A solver for worlds of one size.
pub struct Solver {
    pub(super) levels: Vec<Level>,
    /// Solution; the next solution is sought from here.
    pub x: Pair,
    p: Pair,
    q: Pair,
    pub(super) seam: Seam,
    sums: Vec<f64>,
    tops: Vec<(f64, f32)>,
    /// Iterations of the last solution.
    pub iterations: usize,
    /// Greatest residual that is left.
    pub residual: f32,
    /// Whether every region of liquid has a surface.
    pub(super) free: bool,
}

widest! {
    fn advance_row(alpha: f32, p: &[f32], q: &[f32], x: &mut [f32], r: &mut [f32]) -> f32 {
        let m = x.len();
        let (p, q, r) = (&p[..m], &q[..m], &mut r[..m]);
        for i in 0..m {
            x[i] += alpha * p[i];
            r[i] -= alpha * q[i];
        }
        top(r)
    }
}

widest! {
    fn subtract_row(q: &[f32], r: &mut [f32]) -> f32 {
        r.iter_mut().zip(q).for_each(|(r, q)| *r -= q);
        top(r)
    }
}

widest! {
    fn dot_row(a: &[f32], b: &[f32]) -> f64 {
        level::dot(a, b)
    }
}

/// Greatest size in a row.
#[inline(always)]
fn top(row: &[f32]) -> f32 {
    let mut tops = [0f32; 16];
    let keep = |t: &mut f32, v: f32| {
        let size = if v < 0.0 { -v } else { v };
        *t = if size > *t { size } else { *t };
    };
    let (chunks, rest) = row.as_chunks::<16>();
    for chunk in chunks {
        (0..16).for_each(|i| keep(&mut tops[i], chunk[i]));
    }
    rest.iter().zip(&mut tops).for_each(|(v, t)| keep(t, *v));
    tops.into_iter().fold(0.0, f32::max)
}

impl Solver {
    /// For `w`×`h` cells.
    pub fn new(w: usize, h: usize) -> Self {
        let levels = level::hierarchy(w, h);
        let pair = || {
            let n = levels[0].n * (h + 2);
            [vec![0.0; n], vec![0.0; n]]
        };
        Self {
            x: pair(),
            p: pair(),
            q: pair(),
            levels,
            seam: Seam::default(),
            sums: Vec::new(),
            tops: Vec::new(),
            iterations: 0,
            residual: 0.0,
            free: true,
        }
    }

    /// Whether every region of liquid has a surface, so that its volume can change.
    #[cfg(test)]
    pub fn is_free(&self) -> bool {
        self.free
    }
    /// The multigrid.
    #[cfg(test)]
    pub fn levels_mut(&mut self) -> &mut [Level] {
        &mut self.levels
    }

    /// Solves the equation that [`Solver::set`] made until no residual is above `goal`.
    pub fn solve(&mut self, goal: f32) {
        self.iterations = 0;
        // b becomes the residual.
        self.apply_to_x();
        self.advance(1.0, true);
        let first = self.residual;
        if first <= goal {
            return;
        }
        level::cycle(&mut self.levels);
        let mut rz = self.dot();
        self.turn(0.0);
        while self.iterations < MOST_ITERATIONS {
            let pq = self.apply_to_p();
            if pq.is_nan() || pq <= 0.0 || rz <= 0.0 {
                break;
            }
            self.advance((rz / pq) as f32, false);
            self.iterations += 1;
            if self.residual <= goal {
                break;
            }
            level::cycle(&mut self.levels);
            let next = self.dot();
            self.turn((next / rz) as f32);
            rz = next;
        }
        // Rounding may keep a hopeless equation from being solved; then no pressure is better than any.
        if self.residual.is_nan() || self.residual > 10.0 * first {
            self.x.iter_mut().for_each(|x| x.fill(0.0));
        }
    }

    fn apply_to_x(&mut self) {
        self.levels[0].apply(&self.x, &mut self.q, &mut self.sums);
        self.seam.apply(&self.levels[0], &self.x, &mut self.q);
    }

    fn apply_to_p(&mut self) -> f64 {
        let sum = self.levels[0].apply(&self.p, &mut self.q, &mut self.sums);
        sum + self.seam.apply(&self.levels[0], &self.p, &mut self.q)
    }

    /// x += α·p and b −= α·q; `first` leaves x as it is.
    fn advance(&mut self, alpha: f32, first: bool) {
        let level = &mut self.levels[0];
        let (n, h, least) = (level.n, level.h, level.rows());
        self.residual = 0.0;
        for colour in 0..2 {
            let spans = &level.spans;
            let (x, r) = (&mut self.x[colour], &mut level.b[colour]);
            let (p, q) = (&self.p[colour], &self.q[colour]);
            let rows = x[n..].par_chunks_mut(n).zip(r[n..].par_chunks_mut(n)).take(h).with_min_len(least);
            rows.enumerate()
                .map(|(y, (x, r))| {
                    let span = spans[y][0] as usize + 1..spans[y][1] as usize + 1;
                    let at = (y + 1) * n;
                    let (p, q) = (&p[at..at + n][span.clone()], &q[at..at + n][span.clone()]);
                    match first {
                        true => (0.0, subtract_row(q, &mut r[span])),
                        false => (0.0, advance_row(alpha, p, q, &mut x[span.clone()], &mut r[span])),
                    }
                })
                .collect_into_vec(&mut self.tops);
            let top = self.tops.iter().fold(0.0, |a: f32, b| a.max(b.1));
            self.residual = self.residual.max(top);
        }
    }

    /// z·b on the finest level.
    fn dot(&mut self) -> f64 {
        let level = &self.levels[0];
        let n = level.n;
        let rows = (0..level.h).into_par_iter().with_min_len(level.rows());
        rows.map(|y| {
            let (span, at) = (level.span(y), (y + 1) * n);
            let of = |pair: &'_ Pair, colour: usize| -> std::ops::Range<usize> {
                debug_assert!(pair[colour].len() >= at + n);
                at + span.start..at + span.end
            };
            let part = |c: usize| dot_row(&level.z[c][of(&level.z, c)], &level.b[c][of(&level.b, c)]);
            part(0) + part(1)
        })
        .collect_into_vec(&mut self.sums);
        self.sums.iter().sum()
    }

    /// p = z + β·p.
    fn turn(&mut self, beta: f32) {
        let level = &self.levels[0];
        let (n, h, least) = (level.n, level.h, level.rows());
        for colour in 0..2 {
            let z = &level.z[colour];
            let rows = self.p[colour][n..].par_chunks_mut(n).take(h).with_min_len(least).enumerate();
            rows.for_each(|(y, p)| {
                let (span, at) = (level.span(y), (y + 1) * n);
                let z = &z[at..at + n][span.clone()];
                p[span].iter_mut().zip(z).for_each(|(p, z)| *p = z + beta * *p);
            });
        }
    }

    /// Writes the solution to a padded plane, 0 where there is no liquid; `s` values a row.
    pub fn write(&self, s: usize, into: &mut [f32], touched: &Touched) {
        let level = &self.levels[0];
        let n = level.n;
        let all = rows(into, s).skip(1).take(level.h).filter(|(r, _)| touched.has(*r));
        all.for_each(|(r, row)| {
            let y = r - 1;
            row.fill(0.0);
            let at = (y + 1) * n;
            for colour in 0..2 {
                let shift = Level::shift(y, colour);
                for k in level.span(y) {
                    let x = 2 * (k - 1) + shift;
                    let inverse = level.equation[colour][4 * at + 3 * n + k];
                    if x < level.w && inverse > 0.0 {
                        row[x + 1] = self.x[colour][at + k];
                    }
                }
            }
        });
    }
}

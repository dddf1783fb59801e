//! One level of the multigrid: a symmetric five-point equation on cells in two colours.
//!
//! Cells are stored by the colour of a chessboard, so that a Gauss–Seidel sweep over one colour reads the other only:
//! rows as slices, in any order, on any threads. Colour 0 of row y holds the cells at columns 2k + (y mod 2), colour 1
//! the others. The next level joins 2×2 cells (Galerkin, with a constant within each block), and halves the result, as
//! the true equation on wider cells has half the strength of the joined one (Braess 1995).

use rayon::prelude::*;
use world::field::rows_per_task;
use world::widest;

/// Values of both colours.
pub type Pair = [Vec<f32>; 2];

/// An equation d·z − Σ c·z(neighbour) = b on the cells of a level.
pub struct Level {
    /// Cells across.
    pub w: usize,
    /// Cells down.
    pub h: usize,
    /// Values a row of one colour, with a ghost at either end.
    pub n: usize,
    /// Rows of coupling to the right, coupling down, diagonal, its inverse; 0 where there is no liquid.
    pub equation: Pair,
    /// Right-hand side.
    pub b: Pair,
    /// Solution.
    pub z: Pair,
    /// Values of each row that may hold liquid.
    pub spans: Vec<[u32; 2]>,
    residual: Vec<f32>,
}

/// Neighbours of a run of cells of one colour: couplings, and values.
struct Around<'a> {
    c: [&'a [f32]; 4],
    z: [&'a [f32]; 4],
}

impl<'a> Around<'a> {
    /// Of exactly this length, so that no index is checked.
    #[inline(always)]
    fn of(&self, m: usize) -> Around<'a> {
        Around { c: self.c.map(|c| &c[..m]), z: self.z.map(|z| &z[..m]) }
    }
    #[inline(always)]
    fn sum(&self, i: usize) -> f32 {
        let (across, down) = (
            self.c[0][i] * self.z[0][i] + self.c[1][i] * self.z[1][i],
            self.c[2][i] * self.z[2][i] + self.c[3][i] * self.z[3][i],
        );
        across + down
    }
}

widest! {
    fn relax_row(around: &Around, inverse: &[f32], b: &[f32], z: &mut [f32]) {
        let m = z.len();
        let (around, inverse, b) = (around.of(m), &inverse[..m], &b[..m]);
        for (i, z) in z.iter_mut().enumerate() {
            *z = inverse[i] * (b[i] + around.sum(i));
        }
    }
}

widest! {
    fn sum_row(around: &Around, out: &mut [f32]) {
        let around = around.of(out.len());
        for (i, out) in out.iter_mut().enumerate() {
            *out = around.sum(i);
        }
    }
}

widest! {
    /// out = d·own − Σ c·z; returns Σ own·out.
    fn apply_row(around: &Around, diagonal: &[f32], own: &[f32], out: &mut [f32]) -> f64 {
        let m = out.len();
        let (around, diagonal, own) = (around.of(m), &diagonal[..m], &own[..m]);
        for (i, out) in out.iter_mut().enumerate() {
            *out = diagonal[i] * own[i] - around.sum(i);
        }
        dot(own, out)
    }
}

/// Σ a·b of a row, in 16 lanes.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut lanes = [0f32; 16];
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    for (a, b) in a.iter().zip(b) {
        (0..16).for_each(|i| lanes[i] += a[i] * b[i]);
    }
    rest_a.iter().zip(rest_b).zip(&mut lanes).for_each(|((a, b), lane)| *lane += a * b);
    lanes.iter().map(|v| *v as f64).sum()
}

impl Level {
    /// No liquid.
    pub fn new(w: usize, h: usize) -> Self {
        let n = w.div_ceil(2) + 2;
        let pair = |k: usize| [vec![0.0; k * n * (h + 2)], vec![0.0; k * n * (h + 2)]];
        let spans = vec![[0; 2]; h];
        Self { w, h, n, equation: pair(4), b: pair(1), z: pair(1), spans, residual: vec![0.0; n * (h + 2)] }
    }

    /// Values of one colour that a row may hold liquid in, as a range within the row.
    pub fn span(&self, y: usize) -> core::ops::Range<usize> {
        let [from, to] = self.spans[y];
        from as usize + 1..to as usize + 1
    }

    /// Parity of the columns of a colour in a row.
    #[inline(always)]
    pub fn shift(y: usize, colour: usize) -> usize {
        (y + colour) & 1
    }

    /// The neighbours of a run of a row; `z` holds the values of the other colour.
    #[inline(always)]
    fn around<'a>(
        &'a self,
        z: &'a [f32],
        y: usize,
        colour: usize,
        span: core::ops::Range<usize>,
    ) -> Around<'a> {
        let (n, s) = (self.n, Self::shift(y, colour));
        let (own, other) = (&self.equation[colour], &self.equation[1 - colour]);
        let row = (y + 1) * n;
        let (from, m) = (span.start, span.len());
        let (left, right) = (from + s - 1, from + s);
        let take = |of: &'a [f32], at: usize| &of[at..at + m];
        Around {
            c: [
                take(own, 4 * row + from),
                take(other, 4 * row + left),
                take(own, 4 * row + n + from),
                take(other, 4 * (row - n) + n + from),
            ],
            z: [take(z, row + right), take(z, row + left), take(z, row + n + from), take(z, row - n + from)],
        }
    }

    /// Rows of the level that a task takes.
    pub fn rows(&self) -> usize {
        rows_per_task(self.n)
    }

    /// A Gauss–Seidel sweep over one colour.
    fn relax(&mut self, colour: usize) {
        let mut z = std::mem::take(&mut self.z[colour]);
        let (n, this) = (self.n, &*self);
        let rows = z[n..].par_chunks_mut(n).take(self.h).with_min_len(self.rows()).enumerate();
        rows.for_each(|(y, row)| {
            let span = this.span(y);
            let around = this.around(&this.z[1 - colour], y, colour, span.clone());
            let at = (y + 1) * n;
            let inverse = &this.equation[colour][4 * at + 3 * n..4 * at + 4 * n][span.clone()];
            relax_row(&around, inverse, &this.b[colour][at..at + n][span.clone()], &mut row[span]);
        });
        self.z[colour] = z;
    }

    /// The first sweep over colour 0, from a solution of 0.
    fn begin(&mut self) {
        let (n, h, spans) = (self.n, self.h, &self.spans);
        let rows = self.z[0][n..].par_chunks_mut(n).take(h).with_min_len(rows_per_task(n)).enumerate();
        rows.for_each(|(y, row)| {
            let span = spans[y][0] as usize + 1..spans[y][1] as usize + 1;
            let at = (y + 1) * n;
            let inverse = &self.equation[0][4 * at + 3 * n..4 * at + 4 * n][span.clone()];
            let b = &self.b[0][at..at + n][span.clone()];
            row[span].iter_mut().zip(inverse.iter().zip(b)).for_each(|(z, (i, b))| *z = i * b);
        });
    }

    /// out = A·z for both colours; returns z·out, summed row after row.
    pub fn apply(&self, z: &Pair, out: &mut Pair, sums: &mut Vec<f64>) -> f64 {
        let n = self.n;
        let [red, black] = out;
        let rows = red[n..].par_chunks_mut(n).zip(black[n..].par_chunks_mut(n)).take(self.h);
        let rows = rows.with_min_len(self.rows()).enumerate();
        rows.map(|(y, (red, black))| {
            let (span, at) = (self.span(y), (y + 1) * n);
            let mut sum = 0.0;
            for (colour, out) in [red, black].into_iter().enumerate() {
                let around = self.around(&z[1 - colour], y, colour, span.clone());
                let diagonal = &self.equation[colour][4 * at + 2 * n..4 * at + 3 * n][span.clone()];
                let own = &z[colour][at..at + n][span.clone()];
                sum += apply_row(&around, diagonal, own, &mut out[span.clone()]);
            }
            sum
        })
        .collect_into_vec(sums);
        sums.iter().sum()
    }

    /// The equation of the next level.
    pub fn coarsen(&self, into: &mut Level) {
        let n = self.n;
        let had: Vec<bool> = into.spans.iter().map(|s| s[0] < s[1]).collect();
        into.spans.iter_mut().enumerate().for_each(|(y, span)| {
            let join = |a: [u32; 2], b: [u32; 2]| match (a[0] < a[1], b[0] < b[1]) {
                (true, true) => [a[0].min(b[0]), a[1].max(b[1])],
                (true, false) => a,
                _ => b,
            };
            let below = self.spans.get(2 * y + 1).copied().unwrap_or([0; 2]);
            let [from, to] = join(self.spans[2 * y], below);
            // Joined cells are numbered as the pairs were; a colour has every other.
            *span = if from < to { [from / 2, (to - 1) / 2 + 1] } else { [0; 2] };
        });
        let m = into.n;
        let [red, black] = &mut into.equation;
        let rows = red[4 * m..].par_chunks_mut(4 * m).zip(black[4 * m..].par_chunks_mut(4 * m)).take(into.h);
        let spans = &self.spans;
        let spans_of = |y: usize| [2 * y, 2 * y + 1].map(|r| spans.get(r).copied().unwrap_or([0; 2]));
        rows.with_min_len(rows_per_task(m)).enumerate().for_each(|(y, (red, black))| {
            if spans_of(y).iter().all(|s| s[0] == s[1]) && !had[y] {
                return;
            }
            red.fill(0.0);
            black.fill(0.0);
            for [from, to] in spans_of(y) {
                for k in from as usize..to as usize {
                    let join = self.join(k, y, n);
                    let row = if Self::shift(y, 0) == k & 1 { &mut *red } else { &mut *black };
                    let at = k / 2 + 1;
                    join.into_iter().enumerate().for_each(|(i, v)| row[i * m + at] = v);
                }
            }
        });
    }

    /// Coupling to the right, coupling down, diagonal and inverse of a block.
    fn join(&self, k: usize, y: usize, n: usize) -> [f32; 4] {
        let of = |colour: usize, row: usize, what: usize| match row < self.h {
            true => self.equation[colour][4 * (row + 1) * n + what * n + k + 1],
            false => 0.0,
        };
        let (a, b) = (2 * y, 2 * y + 1);
        // Upper left is colour 0 of the upper row, lower right colour 0 of the lower one.
        let right = 0.5 * (of(1, a, 0) + of(0, b, 0));
        let down = 0.5 * (of(1, b, 1) + of(0, b, 1));
        let all = of(0, a, 2) + of(1, a, 2) + of(0, b, 2) + of(1, b, 2);
        let within = of(0, a, 0) + of(1, b, 0) + of(0, a, 1) + of(1, a, 1);
        let diagonal = 0.5 * (all - 2.0 * within);
        let inverse = if diagonal > 1e-4 * all { 1.0 / diagonal } else { 0.0 };
        [right, down, diagonal, inverse]
    }

    /// What is left of colour 0 after sweeps over 0 and 1 from a solution of 0 (of colour 1 nothing is), summed over
    /// the blocks of the next level.
    fn restrict(&mut self, into: &mut Level) {
        let mut residual = std::mem::take(&mut self.residual);
        let (n, this) = (self.n, &*self);
        let rows = residual[n..].par_chunks_mut(n).take(self.h).with_min_len(self.rows()).enumerate();
        rows.for_each(|(y, row)| {
            let span = this.span(y);
            sum_row(&this.around(&this.z[1], y, 0, span.clone()), &mut row[span]);
        });
        let (m, spans) = (into.n, &into.spans);
        let [red, black] = &mut into.b;
        let rows = red[m..].par_chunks_mut(m).zip(black[m..].par_chunks_mut(m)).take(into.h);
        rows.with_min_len(rows_per_task(m)).enumerate().for_each(|(y, (red, black))| {
            let span = spans[y][0] as usize..spans[y][1] as usize;
            let own = |r: usize, k: usize| match this.spans.get(r) {
                Some(s) if (s[0] as usize..s[1] as usize).contains(&k) => residual[(r + 1) * n + k + 1],
                _ => 0.0,
            };
            for (colour, row) in [red, black].into_iter().enumerate() {
                let shift = Self::shift(y, colour);
                for k in span.clone() {
                    let block = 2 * k + shift;
                    row[k + 1] = own(2 * y, block) + own(2 * y + 1, block);
                }
            }
        });
        self.residual = residual;
    }

    /// Adds the next level's solution to colour 0.
    fn prolong(&mut self, from: &Level) {
        let (n, m, spans) = (self.n, from.n, &self.spans);
        let rows = self.z[0][n..].par_chunks_mut(n).take(self.h).with_min_len(rows_per_task(n)).enumerate();
        rows.for_each(|(y, row)| {
            let (from_row, block) = ((y / 2 + 1) * m, y / 2);
            for k in spans[y][0] as usize..spans[y][1] as usize {
                let colour = (k + block) & 1;
                row[k + 1] += from.z[colour][from_row + k / 2 + 1];
            }
        });
    }
}

/// Sweeps on the coarsest level, either way.
const LAST_SWEEPS: usize = 3;

/// One V-cycle from a solution of 0: z of the first level becomes M·b with a symmetric, positive M.
pub fn cycle(levels: &mut [Level]) {
    let (this, coarser) = levels.split_first_mut().expect("at least one level");
    this.begin();
    this.relax(1);
    match coarser.first_mut() {
        Some(next) => {
            this.restrict(next);
            cycle(coarser);
            this.prolong(&coarser[0]);
            this.relax(1);
            this.relax(0);
        }
        None => {
            for _ in 0..LAST_SWEEPS {
                this.relax(0);
                this.relax(1);
            }
            this.relax(0);
        }
    }
}

/// Levels of a world: each half as wide as the one before.
pub fn hierarchy(w: usize, h: usize) -> Vec<Level> {
    let mut all = vec![Level::new(w, h)];
    let (mut w, mut h) = (w, h);
    while w > 2 || h > 2 {
        (w, h) = (w.div_ceil(2), h.div_ceil(2));
        all.push(Level::new(w, h));
    }
    all
}

//! The light that bodies leave: each adds to the four cells around it, and what is there fades.

use std::ops::Range;

use rayon::prelude::*;

use super::flock::Flock;

/// Rows that one task lights.
const BAND: usize = 16;
/// Light below this is none: what fades must not become a subnormal.
const GONE: f32 = 1e-12;

/// Light, and light times velocity, by cell.
#[derive(Clone, Debug)]
pub(super) struct Light {
    size: (usize, usize),
    /// Light; light times the velocity to the right, and down; row after row.
    cells: Vec<[f32; 3]>,
}

impl Light {
    pub fn new(size: (usize, usize)) -> Self {
        Self { size, cells: vec![[0.0; 3]; size.0 * size.1] }
    }

    /// The cells of a row.
    pub fn row(&self, y: usize) -> &[[f32; 3]] {
        &self.cells[y * self.size.0..][..self.size.0]
    }

    /// Keeps a share of the light and adds that of a flock, of which none has moved up or down by more than `farthest`
    /// since it was sorted.
    pub fn update(&mut self, flock: &Flock<f32>, keep: f32, farthest: f32, torus: bool) {
        let (w, h) = self.size;
        let margin = (farthest.min(1e6) as usize) + 2;
        self.cells.par_chunks_mut(w * BAND).enumerate().for_each(|(band, cells)| {
            fade(cells, keep);
            let rows = band * BAND..band * BAND + cells.len() / w;
            for part in
                sources(flock, rows.start as i64 - margin as i64, (rows.end + margin) as i64, h, torus)
            {
                splat_all(cells, flock, part, rows.start, self.size, torus);
            }
        });
    }
}

/// The places in the flock of those who were in some rows, in ascending order.
fn sources(flock: &Flock<f32>, from: i64, to: i64, h: usize, torus: bool) -> Vec<Range<usize>> {
    let ([columns, rows], n) = (flock.bins.counts(), h as i64);
    let span = |from: i64, to: i64| {
        let cell = |y: i64| (y.clamp(0, n - 1) as usize * rows / h).min(rows - 1);
        // A row more on either side: the sorting rounds.
        let (first, last) = (cell(from).saturating_sub(1), (cell(to - 1) + 1).min(rows - 1));
        flock.bins.cell(0, first).start..flock.bins.cell(columns - 1, last).end
    };
    if to - from >= n || !torus {
        return vec![span(from, to)];
    }
    let mut parts = vec![span(from.max(0), to.min(n))];
    if from < 0 {
        parts.push(span(from + n, n));
    }
    if to > n {
        parts.push(span(0, to - n));
    }
    parts.sort_by_key(|p| p.start);
    // Parts that overlap are one: nobody is to be lit twice.
    parts.into_iter().fold(Vec::new(), |mut all: Vec<Range<usize>>, part| {
        match all.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => all.push(part),
        }
        all
    })
}

world::widest! {
    /// Lights the cells of a band around some bodies.
    fn splat_all(
        cells: &mut [[f32; 3]], flock: &Flock<f32>, part: Range<usize>, first: usize, size: (usize, usize), torus: bool
    ) {
        for i in part {
            splat(cells, [flock.x[i], flock.y[i], flock.u[i], flock.v[i]], (first, size), torus);
        }
    }
}

#[inline(always)]
fn splat(
    cells: &mut [[f32; 3]],
    [x, y, u, v]: [f32; 4],
    (first, (w, h)): (usize, (usize, usize)),
    torus: bool,
) {
    let (left, top) = ((x - 0.5).floor(), (y - 0.5).floor());
    let (s, t) = (x - 0.5 - left, y - 0.5 - top);
    let index = |at: i64, n: usize| match torus {
        true => at.rem_euclid(n as i64) as usize,
        false => at.clamp(0, n as i64 - 1) as usize,
    };
    for (row, down) in [(top as i64, 1.0 - t), (top as i64 + 1, t)] {
        let row = index(row, h).wrapping_sub(first);
        let Some(line) = cells.get_mut(row.saturating_mul(w)..row.saturating_add(1).saturating_mul(w)) else {
            continue;
        };
        for (column, across) in [(left as i64, 1.0 - s), (left as i64 + 1, s)] {
            let [light, right, under] = &mut line[index(column, w)];
            let weight = down * across;
            *light += weight;
            *right += weight * u;
            *under += weight * v;
        }
    }
}

world::widest! {
    /// Keeps a share of the light.
    fn fade(cells: &mut [[f32; 3]], keep: f32) {
        for cell in cells.as_flattened_mut() {
            let kept = *cell * keep;
            *cell = if kept * kept > GONE * GONE { kept } else { 0.0 };
        }
    }
}

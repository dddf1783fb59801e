//! Particles sorted by cell, row after row: in an order that no thread count changes.
//!
//! Chunks of a fixed size list their particles by row; then each band of rows collects its own from all chunks, and
//! orders them by column. Both steps are stable, so the order depends on the previous one and on the places only.

use rayon::prelude::*;

use super::particle::Particle;

/// Particles that are listed together.
const CHUNK: usize = 8192;
/// Rows away from particles that anything reads.
const REACH: usize = 3;
/// Rows that are collected together.
const BAND: usize = 8;

/// All particles in order.
#[derive(Default)]
pub struct Sorted {
    particles: Vec<Particle>,
    /// First particle of each row, and the number of all.
    starts: Vec<u32>,
    spare: Vec<Particle>,
    /// Particles of each chunk by row.
    order: Vec<u32>,
    /// Within each chunk, where each row begins.
    offsets: Vec<u32>,
    width: usize,
    /// Padded rows with particles in them or close by.
    near: Vec<bool>,
    /// Whether the last row is next to the first.
    wraps: bool,
}

impl Sorted {
    /// No particles yet, in a world of this size.
    pub fn new((width, height): (usize, usize)) -> Self {
        Self { starts: vec![0; height + 1], width, near: vec![false; height + 2], ..Self::default() }
    }
    /// All particles, sorted by cell after [`Sorted::sort`].
    pub fn all(&self) -> &[Particle] {
        &self.particles
    }
    /// All particles, to change.
    pub fn all_mut(&mut self) -> &mut Vec<Particle> {
        &mut self.particles
    }
    /// Where rows begin; the last entry is the number of particles.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }
    /// Rows of padded planes that particles write to, or are next to such.
    pub fn near(&self) -> &[bool] {
        &self.near
    }
    /// Tells whether the world repeats down: then what is near to the last row is near to the first.
    pub fn set_wraps(&mut self, wraps: bool) {
        if wraps != self.wraps {
            self.wraps = wraps;
            self.find_near();
        }
    }
    /// Particles of a row.
    pub fn row(&self, y: usize) -> &[Particle] {
        &self.particles[self.starts[y] as usize..self.starts[y + 1] as usize]
    }
    /// Range of the particles of a cell.
    pub fn cell(&self, x: usize, y: usize) -> core::ops::Range<usize> {
        let (first, row) = (self.starts[y] as usize, self.row(y));
        let before = |column: usize| first + row.partition_point(|p| p.at[0] < column as f32);
        before(x)..before(x + 1)
    }

    /// Sorts them, and drops those that were taken away. All others must lie within the world.
    pub fn sort(&mut self) {
        let rows = self.starts.len();
        self.order.resize(self.particles.len(), 0);
        let chunks = self.particles.len().div_ceil(CHUNK);
        self.offsets.resize(chunks * (rows + 1), 0);
        let lists = self.particles.par_chunks(CHUNK).zip(self.order.par_chunks_mut(CHUNK));
        lists
            .zip(self.offsets.par_chunks_mut(rows + 1))
            .for_each(|((particles, order), offsets)| list(particles, order, offsets));
        self.collect_starts();
        self.find_near();
        let count = self.starts[rows - 1] as usize;
        self.spare.resize(count, Particle::default());
        let mut rest = self.spare.as_mut_slice();
        let mut bands = Vec::with_capacity(rows.div_ceil(BAND));
        for first in (0..rows - 1).step_by(BAND) {
            let end = (first + BAND).min(rows - 1);
            let (mine, others) = rest.split_at_mut((self.starts[end] - self.starts[first]) as usize);
            bands.push((first..end, mine));
            rest = others;
        }
        let source =
            Source { particles: &self.particles, order: &self.order, offsets: &self.offsets, rows: rows + 1 };
        let (starts, width) = (&self.starts, self.width);
        let least = (4096 / (BAND * width)).max(1);
        bands.into_par_iter().with_min_len(least).for_each_init(
            || vec![0u32; width + 1],
            |columns, (rows, into)| {
                let base = starts[rows.start];
                for y in rows {
                    let (from, to) = ((starts[y] - base) as usize, (starts[y + 1] - base) as usize);
                    source.fill_row(y, columns, &mut into[from..to]);
                }
            },
        );
        std::mem::swap(&mut self.particles, &mut self.spare);
    }

    fn collect_starts(&mut self) {
        let rows = self.starts.len();
        let mut total = 0;
        for y in 0..rows {
            self.starts[y] = total;
            if y + 1 < rows {
                total += self.offsets.chunks_exact(rows + 1).map(|o| o[y + 1] - o[y]).sum::<u32>();
            }
        }
    }
}

impl Sorted {
    fn find_near(&mut self) {
        let (h, starts) = (self.starts.len() - 1, &self.starts);
        for (r, near) in self.near.iter_mut().enumerate() {
            // Ghost rows stand for rows elsewhere, where the world repeats.
            let (from, to) = (r.saturating_sub(1 + REACH).min(h), (r + REACH).min(h));
            *near = r == 0 || r > h || starts[from] < starts[to];
            if self.wraps && !*near {
                // Rows beyond the top are the last ones, rows beyond the bottom the first.
                let (above, below) = ((1 + REACH).saturating_sub(r), (r + REACH).saturating_sub(h));
                *near = starts[h - above.min(h)] < starts[h] || starts[0] < starts[below.min(h)];
            }
        }
    }
}

/// Lists the particles of a chunk by row; those taken away come after the last row.
fn list(particles: &[Particle], order: &mut [u32], offsets: &mut [u32]) {
    let gone = offsets.len() - 2;
    let row = |p: &Particle| if p.is_gone() { gone } else { (p.at[1] as usize).min(gone - 1) };
    offsets.fill(0);
    particles.iter().for_each(|p| offsets[row(p) + 1] += 1);
    let mut before = 0;
    for o in offsets.iter_mut() {
        before += *o;
        *o = before;
    }
    // Each row's own offset moves along while it fills, and ends where the next began.
    for (i, p) in particles.iter().enumerate() {
        let at = &mut offsets[row(p)];
        order[*at as usize] = i as u32;
        *at += 1;
    }
    offsets.copy_within(0..gone + 1, 1);
    offsets[0] = 0;
}

struct Source<'a> {
    particles: &'a [Particle],
    order: &'a [u32],
    offsets: &'a [u32],
    /// Entries of `offsets` a chunk.
    rows: usize,
}

impl Source<'_> {
    /// Calls `f` for the particles of a row, in their present order.
    #[inline(always)]
    fn each(&self, y: usize, mut f: impl FnMut(&Particle)) {
        for (chunk, offsets) in self.offsets.chunks_exact(self.rows).enumerate() {
            let base = chunk * CHUNK;
            for &i in &self.order[base + offsets[y] as usize..base + offsets[y + 1] as usize] {
                f(&self.particles[base + i as usize]);
            }
        }
    }

    fn fill_row(&self, y: usize, columns: &mut [u32], into: &mut [Particle]) {
        if into.is_empty() {
            return;
        }
        let last = columns.len() - 2;
        let column = |p: &Particle| (p.at[0] as usize).min(last);
        columns.fill(0);
        self.each(y, |p| columns[column(p) + 1] += 1);
        for x in 1..columns.len() {
            columns[x] += columns[x - 1];
        }
        self.each(y, |p| {
            let at = &mut columns[column(p)];
            into[*at as usize] = *p;
            *at += 1;
        });
    }
}

//! From bits to brightness, at any view, without ever expanding a large world into cells.

use super::age::Ages;
use super::grid::{Grid, Layout, PARTS};
use world::field::Field;
use world::view::{Sampling, View};

/// Ticks over which the mark of a birth fades; a power of two.
pub const FADE: usize = 8;
/// Worlds of at most this many cells are expanded when a view needs it.
const SPELLED: usize = 1 << 22;

/// The property of a cell that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellOutput {
    /// 1 if alive.
    Alive,
    /// Ticks alive, the first counted; 0 if dead.
    Age,
    /// 1 in the tick of its birth, then falling to 0 in [`FADE`] ticks while it lives.
    Births,
}

/// The cells, their ages, and whether the world is a torus.
pub struct CellView<'a> {
    /// The cells.
    pub cells: &'a Grid,
    /// Their ages.
    pub ages: &'a Ages,
    /// Whether the world is a torus.
    pub torus: bool,
    /// What is drawn.
    pub drawn: CellOutput,
}

/// At most this many weighted bit planes make up what is drawn.
const PLANES: usize = 9;

impl CellView<'_> {
    /// Draws the world through a view: cells when magnified, means over a pixel's footprint when shrunk.
    pub fn draw(&self, view: &View, into: &mut Field) {
        let Layout { width, height, .. } = self.cells.layout();
        let sampling = if self.torus { Sampling::CrispWrap } else { Sampling::CrispBound };
        let size = (width, height);
        if width * height <= SPELLED || (view.is_whole() && into.size() == size) {
            return view.project(into, size, sampling, |_, y, row| self.row(y, row));
        }
        let small = match view.is_whole() && into.width() <= width && into.height() <= height {
            true => into.size(),
            false => shrunk(view, into.size(), size),
        };
        if small.0 * small.1 <= SPELLED.max(into.width() * into.height()) {
            let columns: Vec<u32> = (0..width).map(|x| (x * small.0 / width) as u32).collect();
            return view.project(into, small, sampling, |_, y, row| self.mean_row(y, small, &columns, row));
        }
        self.sample(view, into);
    }

    /// What is drawn as a sum of weighted bit planes, for 64 cells.
    #[inline(always)]
    fn planes(&self, word: usize, part: usize, y: usize) -> ([u64; PLANES], usize) {
        let mut out = [0; PLANES];
        let alive = self.cells.row(y)[word * PARTS + part];
        let ages = self.ages.planes(word, y);
        let used = match self.drawn {
            CellOutput::Alive => 0,
            CellOutput::Age => ages.len(),
            CellOutput::Births => FADE.trailing_zeros() as usize,
        };
        let base = match self.drawn {
            CellOutput::Births => alive & !ages[used..].iter().fold(0, |old, plane| old | plane.0[part]),
            _ => alive,
        };
        out[0] = base;
        out[1..].iter_mut().zip(&ages[..used]).for_each(|(to, plane)| *to = plane.0[part] & base);
        (out, used + 1)
    }

    fn weight(&self, plane: usize) -> f32 {
        let step = if self.drawn == CellOutput::Births { -1.0 / FADE as f32 } else { 1.0 };
        if plane == 0 { 1.0 } else { step * (1u32 << (plane - 1)) as f32 }
    }

    /// One row of the world, cell by cell.
    fn row(&self, y: usize, out: &mut [f32]) {
        let layout = self.cells.layout();
        for word in 0..layout.stride {
            for part in 0..PARTS {
                let (planes, used) = self.planes(word, part, y);
                let mut values = [0.0; 64];
                for (p, plane) in planes[..used].iter().enumerate() {
                    let weight = self.weight(p);
                    values.iter_mut().enumerate().for_each(|(b, v)| *v += (plane >> b & 1) as f32 * weight);
                }
                let first = part * 64 * layout.stride + word;
                out.iter_mut().skip(first).step_by(layout.stride).zip(values).for_each(|(o, v)| *o = v);
            }
        }
    }

    /// Row `y` of the world shrunk to `small`: means over whole cells. Rows are added in bit slices, 64 columns at a time.
    fn mean_row(&self, y: usize, small: (usize, usize), columns: &[u32], out: &mut [f32]) {
        let layout = self.cells.layout();
        let rows = y * layout.height / small.1..(y + 1) * layout.height / small.1;
        out.fill(0.0);
        for word in 0..layout.stride {
            for part in 0..PARTS {
                let sums = self.column_sums(word, part, rows.clone());
                let first = part * 64 * layout.stride + word;
                let targets = columns.iter().skip(first).step_by(layout.stride);
                targets.zip(sums).for_each(|(&to, sum)| out[to as usize] += sum);
            }
        }
        for (x, v) in out.iter_mut().enumerate() {
            // Target x takes the columns c with c·small/width rounded down = x.
            let start = |x: usize| (x * layout.width).div_ceil(small.0);
            *v /= ((start(x + 1) - start(x)) * rows.len()) as f32;
        }
    }

    /// What is drawn, added up over rows, for the 64 columns of one `u64`.
    fn column_sums(&self, word: usize, part: usize, rows: core::ops::Range<usize>) -> [f32; 64] {
        let mut counts = [[0u64; 15]; PLANES];
        let mut used = 1;
        for (n, y) in rows.clone().enumerate() {
            let (planes, planes_used) = self.planes(word, part, y);
            used = planes_used;
            let levels = (usize::BITS - (n + 1).leading_zeros()) as usize;
            for (count, plane) in counts.iter_mut().zip(&planes[..used]) {
                let mut carry = *plane;
                for level in &mut count[..levels] {
                    (*level, carry) = (*level ^ carry, *level & carry);
                }
            }
        }
        let levels = (usize::BITS - rows.len().leading_zeros()) as usize;
        let mut sums = [0.0; 64];
        for (p, count) in counts[..used].iter().enumerate() {
            for (l, level) in count[..levels].iter().enumerate() {
                let weight = self.weight(p) * (1u32 << l) as f32;
                sums.iter_mut().enumerate().for_each(|(b, s)| *s += (level >> b & 1) as f32 * weight);
            }
        }
        sums
    }

    /// Pixel by pixel, a few points each.
    fn sample(&self, view: &View, into: &mut Field) {
        let Layout { width, height, .. } = self.cells.layout();
        let (w, h) = (width as f64, height as f64);
        let map = view.map(into.size());
        let across = (map.ax.abs().max(map.ay.abs()) * w).max(map.bx.abs().max(map.by.abs()) * h);
        let n = (libm::ceil(across) as usize).clamp(1, 4);
        let offset = |k: usize| (k as f64 + 0.5) / n as f64 - 0.5;
        into.fill_rows(|_, y, row| {
            for (x, out) in row.iter_mut().enumerate() {
                let points = (0..n * n).map(|k| map.at(x as f64 + offset(k % n), y as f64 + offset(k / n)));
                let sum: f32 = points.map(|(u, v)| self.cell(libm::floor(u * w), libm::floor(v * h))).sum();
                *out = sum / (n * n) as f32;
            }
        });
    }

    fn cell(&self, x: f64, y: f64) -> f32 {
        let layout = self.cells.layout();
        let (x, y, w, h) = (x as i64, y as i64, layout.width as i64, layout.height as i64);
        let inside = (0..w).contains(&x) && (0..h).contains(&y);
        if !inside && !self.torus {
            return 0.0;
        }
        let (at, bit) = layout.place(x.rem_euclid(w) as usize);
        let (planes, used) = self.planes(at / PARTS, at % PARTS, y.rem_euclid(h) as usize);
        planes[..used].iter().enumerate().map(|(p, plane)| (plane >> bit & 1) as f32 * self.weight(p)).sum()
    }
}

/// The world shrunk by whole factors, so that a pixel of the view covers less than two cells of it each way.
fn shrunk(view: &View, pixels: (usize, usize), world: (usize, usize)) -> (usize, usize) {
    let map = view.map(pixels);
    let factor = |a: f64, b: f64, n: usize| (a.abs().max(b.abs()) * n as f64).clamp(1.0, n as f64) as usize;
    let (fx, fy) = (factor(map.ax, map.ay, world.0), factor(map.bx, map.by, world.1));
    ((world.0 / fx).max(1), (world.1 / fy).max(1))
}

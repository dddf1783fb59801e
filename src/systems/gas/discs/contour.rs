//! Obstacles: the region where a field is above a threshold, bounded by line segments (marching squares: Lorensen and Cline
//! 1987, in two dimensions).
//!
//! Field values stand at the centres of the world's cells; each square between four of them holds up to two segments, whose
//! ends lie where the field, interpolated along the square's sides, is at the threshold. So a smooth field has smooth
//! obstacles, finer than its cells, and a disc bounces off them at the angle that it should. Nothing is stored but the
//! field and a number a square: segments are made when a disc comes near, so a field may change with each tick.

use rayon::prelude::*;

use world::field::{Field, rows_per_task};

/// A square without a segment.
const PLAIN: u8 = 0;
/// Opposite corners are solid and joined, numbers of the two cases.
const JOINED: [u8; 2] = [16, 17];

/// Sides of a square, by which segments are described: top, right, bottom, left.
type Ends = [u8; 2];
const T: u8 = 0;
const R: u8 = 1;
const B: u8 = 2;
const L: u8 = 3;
/// No segment.
const NONE: Ends = [9; 2];

/// Segments by case: bit 0 is the upper left corner, then clockwise. What is free lies to the left of each on the screen
/// as seen from its start.
const SEGMENTS: [[Ends; 2]; 18] = [
    [NONE, NONE],
    [[T, L], NONE],
    [[R, T], NONE],
    [[R, L], NONE],
    [[B, R], NONE],
    [[T, L], [B, R]],
    [[B, T], NONE],
    [[B, L], NONE],
    [[L, B], NONE],
    [[T, B], NONE],
    [[R, T], [L, B]],
    [[R, B], NONE],
    [[L, R], NONE],
    [[T, R], NONE],
    [[L, T], NONE],
    [NONE, NONE],
    [[T, R], [B, L]],
    [[L, T], [R, B]],
];

/// A part of a contour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece {
    /// A segment: its start, its direction (of length one), its length. The outward normal is (y, −x) of the direction.
    Segment([f64; 2], [f64; 2], f64),
    /// The end of segments.
    Point([f64; 2]),
}

/// The obstacles of a world.
#[derive(Clone, Debug, Default)]
pub struct Contour {
    /// Cells of the field.
    size: [usize; 2],
    wraps: [bool; 2],
    /// Squares across and down: one more than cells between walls.
    squares: [usize; 2],
    threshold: f32,
    values: Vec<f32>,
    cases: Vec<u8>,
    any: bool,
}

impl Contour {
    /// Takes a new field; whether anything has changed. `None` is no obstacle.
    pub fn update(&mut self, field: Option<&Field>, threshold: f32, wraps: [bool; 2]) -> bool {
        let Some(field) = field else { return std::mem::take(self).is_there() };
        let size = [field.width(), field.height()];
        let same = self.size == size && self.wraps == wraps && self.threshold == threshold;
        if same && self.values == field.plane(0) {
            return false;
        }
        (self.size, self.wraps, self.threshold) = (size, wraps, threshold);
        self.values.clear();
        self.values.extend_from_slice(field.plane(0));
        self.squares = std::array::from_fn(|k| size[k] + !wraps[k] as usize);
        let mut cases = std::mem::take(&mut self.cases);
        cases.clear();
        cases.resize(self.squares[0] * self.squares[1], PLAIN);
        let width = self.squares[0];
        let rows = cases.par_chunks_mut(width).with_min_len(rows_per_task(width)).enumerate();
        rows.for_each(|(row, cases)| self.row_of_cases(row as i64 - !wraps[1] as i64, cases));
        self.any = cases.iter().any(|c| *c != PLAIN);
        self.cases = cases;
        true
    }

    /// Whether a field is wired, be it solid anywhere or not.
    pub fn is_there(&self) -> bool {
        !self.values.is_empty()
    }

    /// Whether any cell is on a border between solid and free.
    pub fn has_border(&self) -> bool {
        self.any
    }

    /// The cell at an index along an axis that may lie beyond the border.
    #[inline(always)]
    fn index(&self, at: i64, k: usize) -> usize {
        let n = self.size[k] as i64;
        (if self.wraps[k] { at.rem_euclid(n) } else { at.clamp(0, n - 1) }) as usize
    }

    /// Value of the field at a cell, also beyond the border.
    #[inline(always)]
    fn value(&self, i: i64, j: i64) -> f32 {
        self.values[self.index(j, 1) * self.size[0] + self.index(i, 0)]
    }

    /// The cases of the squares whose upper corners are the cells of a row.
    fn row_of_cases(&self, j: i64, cases: &mut [u8]) {
        let row = |j: i64| &self.values[self.index(j, 1) * self.size[0]..][..self.size[0]];
        let (above, below) = (row(j), row(j + 1));
        let of = |i: usize, k: usize| self.case([above[i], above[k], below[k], below[i]]);
        let (last, inner) = (self.size[0] - 1, if self.wraps[0] { 0 } else { 1 });
        let pairs = above.windows(2).zip(below.windows(2));
        for (case, (a, b)) in cases[inner..].iter_mut().zip(pairs) {
            *case = self.case([a[0], a[1], b[1], b[0]]);
        }
        match self.wraps[0] {
            true => cases[last] = of(last, 0),
            false => (cases[0], cases[last + 1]) = (of(0, 0), of(last, last)),
        }
    }

    /// The case of a square by its corners, clockwise from the upper left.
    #[inline(always)]
    fn case(&self, corners: [f32; 4]) -> u8 {
        let bits = (0..4).fold(0, |bits, k| bits | ((corners[k] > self.threshold) as u8) << k);
        let joined = |case| if corners.iter().sum::<f32>() > 4.0 * self.threshold { case } else { bits };
        match bits {
            15 => PLAIN,
            5 => joined(JOINED[0]),
            10 => joined(JOINED[1]),
            bits => bits,
        }
    }

    /// Whether a position is in the solid, by bilinear interpolation.
    pub fn is_solid(&self, place: [f64; 2]) -> bool {
        if self.values.is_empty() {
            return false;
        }
        let (x, y) = (place[0] - 0.5, place[1] - 0.5);
        let (i, j) = (libm::floor(x), libm::floor(y));
        let (s, t, i, j) = (x - i, y - j, i as i64, j as i64);
        let at = |i, j| self.value(i, j) as f64;
        let top = at(i, j) * (1.0 - s) + at(i + 1, j) * s;
        let bottom = at(i, j + 1) * (1.0 - s) + at(i + 1, j + 1) * s;
        top * (1.0 - t) + bottom * t > self.threshold as f64
    }

    /// Whether there are any segments in a box.
    pub fn is_near(&self, low: [f64; 2], high: [f64; 2]) -> bool {
        self.any && self.any_run(low, high, |_, _, run| run.iter().fold(0, |any, c| any | c) != PLAIN)
    }

    /// Calls `f` for every segment in a box, and for every end of one; for some near it, too.
    #[inline]
    pub fn pieces(&self, low: [f64; 2], high: [f64; 2], mut f: impl FnMut(Piece)) {
        if self.any {
            self.any_run(low, high, |i, j, run| {
                each_case(run, |k, case| self.pieces_of(i + k as i64, j, case, &mut f));
                false
            });
        }
    }

    /// Whether `f` holds for any row of squares that meets a box, given the column and the row of its first and their cases;
    /// where the world repeats, rows may come in several parts.
    fn any_run(&self, low: [f64; 2], high: [f64; 2], mut f: impl FnMut(i64, i64, &[u8]) -> bool) -> bool {
        let range = |k: usize| {
            let (from, to) = (libm::floor(low[k] - 0.5) as i64, libm::floor(high[k] - 0.5) as i64);
            match self.wraps[k] {
                // No square twice.
                true => (from, to.min(from + self.size[k] as i64 - 1)),
                false => (from.max(-1), to.min(self.size[k] as i64 - 1)),
            }
        };
        let ((left, right), (top, bottom)) = (range(0), range(1));
        let first = |at: i64, k: usize| match self.wraps[k] {
            true => at.rem_euclid(self.size[k] as i64) as usize,
            false => (at + 1) as usize,
        };
        for j in top..=bottom {
            let row = &self.cases[first(j, 1) * self.squares[0]..][..self.squares[0]];
            let mut i = left;
            while i <= right {
                let from = first(i, 0);
                let run = &row[from..row.len().min(from + (right - i + 1) as usize)];
                if f(i, j, run) {
                    return true;
                }
                i += run.len() as i64;
            }
        }
        false
    }

    fn pieces_of(&self, i: i64, j: i64, case: u8, f: &mut impl FnMut(Piece)) {
        let corners =
            [self.value(i, j), self.value(i + 1, j), self.value(i + 1, j + 1), self.value(i, j + 1)];
        let [a, b, c, d] = corners;
        let (x, y) = (i as f64 + 0.5, j as f64 + 0.5);
        // From the left or from above, so that both squares of a side find the same point.
        let end = |side: u8| match side {
            T => [x + self.share(a, b), y],
            R => [x + 1.0, y + self.share(b, c)],
            B => [x + self.share(d, c), y + 1.0],
            _ => [x, y + self.share(a, d)],
        };
        let differ = |a: f32, b: f32| (a > self.threshold) != (b > self.threshold);
        for ends in SEGMENTS[case as usize] {
            if ends == NONE {
                break;
            }
            let (from, to) = (end(ends[0]), end(ends[1]));
            let way = [to[0] - from[0], to[1] - from[1]];
            let length = (way[0] * way[0] + way[1] * way[1]).sqrt();
            if length > 1e-9 {
                f(Piece::Segment(from, [way[0] / length, way[1] / length], length));
            }
        }
        // Each point belongs to the square on its right or below it.
        if differ(a, b) {
            f(Piece::Point(end(T)));
        }
        if differ(a, d) {
            f(Piece::Point(end(L)));
        }
    }

    /// Where between two values the threshold lies, 0..1.
    #[inline(always)]
    fn share(&self, a: f32, b: f32) -> f64 {
        let (a, b) = (a as f64, b as f64);
        if a == b { 0.5 } else { ((self.threshold as f64 - a) / (b - a)).clamp(0.0, 1.0) }
    }
}

/// Calls `f` for each square of a row that has segments; eight without are passed at once.
#[inline(always)]
fn each_case(run: &[u8], mut f: impl FnMut(usize, u8)) {
    let mut each = |from: usize, part: &[u8]| {
        part.iter().enumerate().filter(|(_, c)| **c != PLAIN).for_each(|(k, c)| f(from + k, *c));
    };
    let eights = run.chunks_exact(8);
    let (rest, from) = (eights.remainder(), run.len() / 8 * 8);
    for (k, eight) in eights.enumerate() {
        if eight.iter().fold(0, |any, c| any | c) != PLAIN {
            each(8 * k, eight);
        }
    }
    each(from, rest);
}

//! One grid: its faces, its operator, its unknowns and right-hand side.

use super::super::rows::each_row;
use super::super::sides::Faces;
use super::shape::Shape;
use crate::real::Real;

/// Conductances to the left, right, above and below of a cell, and 1 / their sum (0 for a cell that no gas can leave):
/// five runs for each row of a colour. Of plain rows only the ends are set.
pub type Stencil<T> = Vec<T>;

/// Values of a cell in a [`Stencil`].
pub const PARTS: usize = 5;

/// One grid of the hierarchy.
#[derive(Clone, Debug)]
pub struct Level<T> {
    /// Layout.
    pub shape: Shape,
    /// Conductances.
    pub faces: Faces<T>,
    /// Lengths of cells, across and down, in cells of the finest grid.
    pub spans: [Vec<T>; 2],
    /// The operator, by colour.
    pub stencil: [Stencil<T>; 2],
    /// Rows in which all conductances are 1, but for the first and last cell of a row that does not wrap.
    pub plain: Vec<bool>,
    /// Cells whose only neighbours lie beyond a seam and have their own colour: column and row.
    pub lonely: Vec<[usize; 2]>,
    /// Unknowns, by colour.
    pub x: [Vec<T>; 2],
    /// Right-hand side, by colour.
    pub b: [Vec<T>; 2],
}

impl<T: Real> Level<T> {
    /// The finest grid.
    pub fn finest(faces: Faces<T>) -> Self {
        let (w, h) = faces.size;
        Self::new(faces, [vec![T::ONE; w], vec![T::ONE; h]])
    }

    fn new(faces: Faces<T>, spans: [Vec<T>; 2]) -> Self {
        let shape = Shape::new(faces.size);
        let plane = || vec![T::ZERO; shape.len()];
        let stencil = || vec![T::ZERO; PARTS * shape.stride * shape.h];
        let mut level = Self {
            shape,
            faces,
            spans,
            stencil: [stencil(), stencil()],
            plain: vec![false; shape.h],
            lonely: Vec::new(),
            x: [plane(), plane()],
            b: [plane(), plane()],
        };
        level.assemble();
        level
    }

    /// Whether a row or column of odd length wraps, so that cells of one colour touch.
    pub fn mixes(&self) -> bool {
        let odd = [self.shape.w % 2 == 1, self.shape.h % 2 == 1];
        (odd[0] && self.faces.wraps[0]) || (odd[1] && self.faces.wraps[1])
    }

    /// Conductances of a cell to the left, right, above and below.
    pub fn around(&self, x: usize, y: usize) -> [T; 4] {
        let (w, Faces { across, down, .. }) = (self.shape.w, &self.faces);
        [across[y * (w + 1) + x], across[y * (w + 1) + x + 1], down[y * w + x], down[(y + 1) * w + x]]
    }

    fn find_lonely(&self) -> Vec<[usize; 2]> {
        let (w, h, wraps) = (self.shape.w, self.shape.h, self.faces.wraps);
        let odd = [wraps[0] && w % 2 == 1, wraps[1] && h % 2 == 1];
        let lonely = |&[x, y]: &[usize; 2]| {
            let seams = [odd[0] && x == 0, odd[0] && x + 1 == w, odd[1] && y == 0, odd[1] && y + 1 == h];
            let to = self.around(x, y);
            to.iter().any(|&c| c > T::ZERO) && to.iter().zip(seams).all(|(&c, seam)| seam || c == T::ZERO)
        };
        let rows = (0..if odd[0] || odd[1] { h } else { 0 }).flat_map(|y| {
            let step = if (y == 0 || y + 1 == h) || w == 1 { 1 } else { w - 1 };
            (0..w).step_by(step).map(move |x| [x, y])
        });
        rows.filter(lonely).collect()
    }

    /// Derives the operator from the faces.
    pub fn assemble(&mut self) {
        self.lonely = self.find_lonely();
        let (shape, faces) = (self.shape, &self.faces);
        let (w, stride) = (shape.w, shape.stride);
        let sides = if faces.wraps[0] { 0..w + 1 } else { 1..w };
        each_row(&mut self.plain, 1, shape.wide(), |y, plain| {
            let one = |faces: &[T]| faces.iter().all(|&f| f == T::ONE);
            let across = &faces.across[y * (w + 1)..(y + 1) * (w + 1)];
            plain[0] = one(&across[sides.clone()]) && one(&faces.down[y * w..(y + 2) * w]);
        });
        let plain = &self.plain;
        for (colour, stencil) in self.stencil.iter_mut().enumerate() {
            each_row(stencil, PARTS * stride, shape.wide(), |y, parts| {
                let o = shape.offset(colour, y);
                let across = &faces.across[y * (w + 1)..(y + 1) * (w + 1)];
                let (above, below) = faces.down[y * w..(y + 2) * w].split_at(w);
                let mut set = |k: usize| {
                    let x = 2 * k + o;
                    let to = [across[x], across[x + 1], above[x], below[x]];
                    let sum = (to[0] + to[1]) + (to[2] + to[3]);
                    to.into_iter().enumerate().for_each(|(i, c)| parts[i * stride + k] = c);
                    parts[4 * stride + k] = if sum > T::ZERO { T::ONE / sum } else { T::ZERO };
                };
                match (plain[y], shape.count(colour, y)) {
                    (_, 0) => {}
                    (true, n) => [0, n - 1].into_iter().for_each(set),
                    (false, n) => (0..n).for_each(&mut set),
                }
            });
        }
    }

    /// The grid of cells twice as wide and high, as far as there is more than one across and down.
    pub fn coarser(&self) -> Option<Self> {
        if (self.shape.w, self.shape.h) == (1, 1) {
            return None;
        }
        let halve = |spans: &[T]| -> Vec<T> {
            spans.chunks(2).map(|pair| pair.iter().fold(T::ZERO, |sum, &v| sum + v)).collect()
        };
        let spans = [halve(&self.spans[0]), halve(&self.spans[1])];
        let faces = Faces {
            size: (spans[0].len(), spans[1].len()),
            wraps: self.faces.wraps,
            across: vec![],
            down: vec![],
        };
        let mut coarse = Self::new_empty(faces, spans);
        coarse.derive(self);
        Some(coarse)
    }

    fn new_empty(mut faces: Faces<T>, spans: [Vec<T>; 2]) -> Self {
        let (w, h) = faces.size;
        faces.across = vec![T::ZERO; (w + 1) * h];
        faces.down = vec![T::ZERO; w * (h + 1)];
        Self::new(faces, spans)
    }

    /// Takes over the faces of the next finer grid: conductances side by side add up, and fall with the distance.
    pub fn derive(&mut self, fine: &Self) {
        let ((w, h), (fine_w, fine_h)) = (self.faces.size, fine.faces.size);
        let wraps = self.faces.wraps;
        let ratios = |axis: usize, n: usize| -> Vec<T> {
            let fine_n = fine.spans[axis].len();
            let ratio = |i: usize| {
                let far = distance(&self.spans[axis], i, wraps[axis]);
                distance(&fine.spans[axis], (2 * i).min(fine_n), wraps[axis]) / far
            };
            (0..=n).map(ratio).collect()
        };
        let (by_x, by_y) = (ratios(0, w), ratios(1, h));
        let wide = fine.shape.wide();
        let (across, down) = (&fine.faces.across, &fine.faces.down);
        let closes = |n: usize, i: usize, wraps: bool| n == 1 && wraps && (i == 0 || i == n);
        each_row(&mut self.faces.across, w + 1, wide, |y, row| {
            let rows = 2 * y..(2 * y + 2).min(fine_h);
            for (x, face) in row.iter_mut().enumerate() {
                let at = |y: usize| across[y * (fine_w + 1) + (2 * x).min(fine_w)];
                let sum = rows.clone().fold(T::ZERO, |sum, y| sum + at(y));
                *face = if closes(w, x, wraps[0]) { T::ZERO } else { sum * by_x[x] };
            }
        });
        each_row(&mut self.faces.down, w, wide, |y, row| {
            let from = (2 * y).min(fine_h) * fine_w;
            for (x, face) in row.iter_mut().enumerate() {
                let pair = &down[from + 2 * x..from + (2 * x + 2).min(fine_w)];
                let sum = pair.iter().fold(T::ZERO, |sum, &v| sum + v);
                *face = if closes(h, y, wraps[1]) { T::ZERO } else { sum * by_y[y] };
            }
        });
        self.assemble();
    }
}

/// Distance across a face: between the centres of its cells, or from a centre to the side.
fn distance<T: Real>(spans: &[T], face: usize, wraps: bool) -> T {
    let (n, half) = (spans.len(), T::of(0.5));
    match (face, wraps) {
        (0, false) => half * spans[0],
        (f, false) if f == n => half * spans[n - 1],
        (f, _) => half * (spans[(f + n - 1) % n] + spans[f % n]),
    }
}

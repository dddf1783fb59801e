//! The staggered grid: cells, the faces between them, and what lies beyond each side.
//!
//! Planes are padded with one ghost cell all round: row after row, `stride` values each. The face across at [`Grid::at`]
//! is the left one of that cell, the face down the upper one (Harlow and Welch 1965).

use rayon::prelude::*;
use world::field::rows_per_task;

/// Particles in a full cell.
pub const PER_CELL: usize = 4;

world::choices! {
    /// What a side of the world is.
    pub enum Edge {
        /// A wall, along which liquid slips.
        Closed: "closed",
        /// Air: what flows out is gone.
        Open: "open",
        /// The opposite side.
        Periodic: "periodic",
    }
}

/// Size and sides of the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Cells across.
    pub w: usize,
    /// Cells down.
    pub h: usize,
    left: Edge,
    right: Edge,
    top: Edge,
    bottom: Edge,
    /// Columns of a hole in a closed bottom, from and to.
    hole: [usize; 2],
}

impl Grid {
    /// A world of these sides (left, right, top, bottom). A periodic side whose opposite is not is a wall.
    pub fn new((w, h): (usize, usize), [left, right, top, bottom]: [Edge; 4]) -> Self {
        let pair = |a: Edge, b: Edge| match (a, b) {
            (Edge::Periodic, Edge::Periodic) => (a, b),
            _ => (alone(a), alone(b)),
        };
        let ((left, right), (top, bottom)) = (pair(left, right), pair(top, bottom));
        Self { w, h, left, right, top, bottom, hole: [0; 2] }
    }

    /// The same with a hole in the bottom, from one column to before another.
    pub fn with_hole(self, hole: [usize; 2]) -> Self {
        Self { hole: hole.map(|x| x.min(self.w)), ..self }
    }
    /// Padded columns of the hole in the bottom; none unless the bottom is closed.
    pub fn hole(&self) -> core::ops::Range<usize> {
        match self.bottom {
            Edge::Closed => self.hole[0] + 1..self.hole[1] + 1,
            _ => 0..0,
        }
    }

    /// Left, right, top, bottom.
    pub fn edges(&self) -> [Edge; 4] {
        [self.left, self.right, self.top, self.bottom]
    }
    /// Whether it repeats across, and down.
    pub fn wraps(&self) -> [bool; 2] {
        [self.left == Edge::Periodic, self.top == Edge::Periodic]
    }
    /// Values a padded row.
    pub fn stride(&self) -> usize {
        self.w + 2
    }
    /// Values a padded plane.
    pub fn len(&self) -> usize {
        self.stride() * (self.h + 2)
    }
    /// Whether there is nothing in it: never.
    pub fn is_empty(&self) -> bool {
        false
    }
    /// Index of a cell in padded planes.
    #[inline(always)]
    pub fn at(&self, x: usize, y: usize) -> usize {
        (y + 1) * self.stride() + x + 1
    }
    /// The cells of a row in a padded plane.
    pub fn row(&self, y: usize) -> core::ops::Range<usize> {
        let from = self.at(0, y);
        from..from + self.w
    }
}

fn alone(edge: Edge) -> Edge {
    if edge == Edge::Periodic { Edge::Closed } else { edge }
}

/// Padded rows of a plane, numbered, for all threads: in tasks that are worth their while.
pub fn rows<T: Send>(
    plane: &mut [T],
    stride: usize,
) -> impl IndexedParallelIterator<Item = (usize, &mut [T])> {
    plane.par_chunks_mut(stride).with_min_len(rows_per_task(stride)).enumerate()
}

/// Rows of padded planes that hold something, or did when they were last written: all others hold nothing, and are left
/// alone.
#[derive(Default)]
pub struct Touched {
    now: Vec<bool>,
    before: Vec<bool>,
}

impl Touched {
    /// Takes the rows that hold something now, before they are written.
    pub fn update(&mut self, near: &[bool]) {
        std::mem::swap(&mut self.now, &mut self.before);
        self.now.clear();
        self.now.extend_from_slice(near);
        self.before.resize(near.len(), true);
    }
    /// Whether a row is to be written.
    #[inline(always)]
    pub fn has(&self, row: usize) -> bool {
        self.now[row] || self.before[row]
    }
}

/// Makes the ghost cells of a plane repeat the world, where it is periodic, and its border cells elsewhere.
pub fn fill_ghosts<T: Copy>(grid: &Grid, plane: &mut [T]) {
    let (s, w, h) = (grid.stride(), grid.w, grid.h);
    let [across, down] = grid.wraps();
    for row in plane.chunks_exact_mut(s) {
        (row[0], row[w + 1]) = if across { (row[w], row[1]) } else { (row[1], row[w]) };
    }
    let (above, below) = if down { (h, 1) } else { (1, h) };
    plane.copy_within(above * s..(above + 1) * s, 0);
    plane.copy_within(below * s..(below + 1) * s, (h + 1) * s);
}

/// Adds what was given to the ghost cells left and right to the cells that they stand for: mirrored at walls, wrapped
/// where the world repeats, lost at open sides.
pub fn fold_columns<T: Copy>(grid: &Grid, plane: &mut [T], add: impl Fn(&mut T, T)) {
    let (s, w) = (grid.stride(), grid.w);
    let goals = [(0, goal(grid.left, 1, w)), (w + 1, goal(grid.right, w, 1))];
    for row in plane.chunks_exact_mut(s) {
        for (ghost, to) in goals {
            if let Some(to) = to {
                let more = row[ghost];
                add(&mut row[to], more);
            }
        }
    }
}

/// The same for the ghost cells above and below.
pub fn fold_rows<T: Copy>(grid: &Grid, plane: &mut [T], add: impl Fn(&mut T, T)) {
    let (s, h) = (grid.stride(), grid.h);
    for (ghost, to) in [(0, goal(grid.top, 1, h)), (h + 1, goal(grid.bottom, h, 1))] {
        let Some(to) = to else { continue };
        for x in 0..s {
            let more = plane[ghost * s + x];
            add(&mut plane[to * s + x], more);
        }
    }
}

fn goal(edge: Edge, near: usize, far: usize) -> Option<usize> {
    match edge {
        Edge::Closed => Some(near),
        Edge::Periodic => Some(far),
        Edge::Open => None,
    }
}

//! Connected regions of cells: runs of each row, joined with those they touch in the row above.

use super::grid::Grid;

/// A run of cells in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Row.
    pub y: usize,
    /// First column.
    pub from: usize,
    /// Column after the last.
    pub to: usize,
    /// Which region it belongs to.
    pub region: usize,
}

/// Regions of a world, numbered from the upper left.
#[derive(Default)]
pub struct Regions {
    runs: Vec<Run>,
    /// For each run, an earlier one of the same region, or itself.
    parents: Vec<usize>,
    numbers: Vec<usize>,
    count: usize,
}

impl Regions {
    /// Runs, row after row.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }
    /// How many regions there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Finds the regions of cells for which `inside(index in padded planes)` holds; `joined(axis, index)` tells whether
    /// a cell is joined with that before it.
    pub fn find(
        &mut self,
        grid: &Grid,
        inside: impl Fn(usize) -> bool,
        joined: impl Fn(usize, usize) -> bool,
    ) {
        self.runs.clear();
        self.parents.clear();
        let [across, down] = grid.wraps();
        let mut above = 0..0;
        let mut top = 0..0;
        for y in 0..grid.h {
            let first = self.runs.len();
            self.add_row(grid, y, &inside, &joined);
            let row = first..self.runs.len();
            self.touch(grid, above, row.clone(), &joined);
            let seam = across && row.len() > 1 && joined(0, grid.at(0, y));
            if seam && self.meets(&row, grid.w) {
                self.join(row.start, row.end - 1);
            }
            if y == 0 {
                top = row.clone();
            }
            above = row;
        }
        if down {
            self.touch(grid, above, top, &joined);
        }
        self.number();
    }

    fn add_row(
        &mut self,
        grid: &Grid,
        y: usize,
        inside: &impl Fn(usize) -> bool,
        joined: &impl Fn(usize, usize) -> bool,
    ) {
        let first = grid.at(0, y);
        let mut x = 0;
        while x < grid.w {
            if !inside(first + x) {
                x += 1;
                continue;
            }
            let from = x;
            x += 1;
            while x < grid.w && inside(first + x) && joined(0, first + x) {
                x += 1;
            }
            self.parents.push(self.runs.len());
            self.runs.push(Run { y, from, to: x, region: 0 });
        }
    }

    fn meets(&self, row: &core::ops::Range<usize>, w: usize) -> bool {
        self.runs[row.start].from == 0 && self.runs[row.end - 1].to == w
    }

    /// Joins the runs of two rows that lie over one another, the upper one first.
    fn touch(
        &mut self,
        grid: &Grid,
        above: core::ops::Range<usize>,
        below: core::ops::Range<usize>,
        joined: &impl Fn(usize, usize) -> bool,
    ) {
        let (mut i, mut j) = (above.start, below.start);
        while i < above.end && j < below.end {
            let (p, q) = (self.runs[i], self.runs[j]);
            let first = grid.at(0, q.y);
            if (p.from.max(q.from)..p.to.min(q.to)).any(|x| joined(1, first + x)) {
                self.join(i, j);
            }
            if p.to < q.to { i += 1 } else { j += 1 }
        }
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.parents[i] != i {
            self.parents[i] = self.parents[self.parents[i]];
            i = self.parents[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
    }

    fn number(&mut self) {
        self.numbers.clear();
        self.count = 0;
        for i in 0..self.runs.len() {
            let root = self.root(i);
            let number = if root == i { self.count } else { self.numbers[root] };
            self.count += (root == i) as usize;
            self.numbers.push(number);
            self.runs[i].region = number;
        }
    }
}

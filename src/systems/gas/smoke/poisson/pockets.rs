//! Pockets: connected fluid that no open side touches. Pressure can move gas about in one, but neither in nor out, so
//! what flows in must add up to 0 there; otherwise the equation has no solution.

use super::super::sides::Faces;
use crate::real::{Real, sum};

/// Which fluid belongs together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pockets {
    /// Runs of connected cells in each row: first cell, end, pocket.
    runs: Vec<[u32; 3]>,
    /// Where the runs of each row begin.
    rows: Vec<u32>,
    /// Of each pocket: cells, and whether an open side touches it.
    pockets: Vec<(u32, bool)>,
}

fn root(parent: &mut [u32], mut i: u32) -> u32 {
    while parent[i as usize] != i {
        parent[i as usize] = parent[parent[i as usize] as usize];
        i = parent[i as usize];
    }
    i
}

fn join(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parent, a), root(parent, b));
    parent[a.max(b) as usize] = a.min(b);
}

impl Pockets {
    /// Finds the pockets of a grid.
    pub fn of<T: Real>(faces: &Faces<T>) -> Self {
        let (w, h) = faces.size;
        let mut found = Self::default();
        for y in 0..h {
            found.rows.push(found.runs.len() as u32);
            let row = &faces.across[y * (w + 1)..(y + 1) * (w + 1)];
            let mut from = 0;
            for (x, &face) in row.iter().enumerate().skip(1) {
                if x == w || face == T::ZERO {
                    found.runs.push([from as u32, x as u32, 0]);
                    from = x;
                }
            }
        }
        found.rows.push(found.runs.len() as u32);
        let mut parent: Vec<u32> = (0..found.runs.len() as u32).collect();
        for y in 0..h {
            let row = &faces.across[y * (w + 1)..(y + 1) * (w + 1)];
            if faces.wraps[0] && row[0] > T::ZERO {
                join(&mut parent, found.rows[y], found.rows[y + 1] - 1);
            }
            if y > 0 || faces.wraps[1] {
                found.join_rows(faces, &mut parent, (y + h - 1) % h, y);
            }
        }
        found.number(&mut parent);
        found.open(faces);
        found
    }

    fn join_rows<T: Real>(&self, faces: &Faces<T>, parent: &mut [u32], above: usize, y: usize) {
        let w = faces.size.0;
        let down = &faces.down[y * w..(y + 1) * w];
        let (mut a, mut b) = (self.rows[above] as usize, self.rows[y] as usize);
        while a < self.rows[above + 1] as usize && b < self.rows[y + 1] as usize {
            let (upper, lower) = (self.runs[a], self.runs[b]);
            let (from, to) = (upper[0].max(lower[0]), upper[1].min(lower[1]));
            if from < to && down[from as usize..to as usize].iter().any(|&f| f > T::ZERO) {
                join(parent, a as u32, b as u32);
            }
            if upper[1] <= lower[1] {
                a += 1;
            }
            if lower[1] <= upper[1] {
                b += 1;
            }
        }
    }

    fn number(&mut self, parent: &mut [u32]) {
        let mut names = vec![u32::MAX; parent.len()];
        for i in 0..parent.len() {
            let top = root(parent, i as u32) as usize;
            if names[top] == u32::MAX {
                names[top] = self.pockets.len() as u32;
                self.pockets.push((0, false));
            }
            self.runs[i][2] = names[top];
            self.pockets[names[top] as usize].0 += self.runs[i][1] - self.runs[i][0];
        }
    }

    fn open<T: Real>(&mut self, faces: &Faces<T>) {
        let (w, h) = faces.size;
        let wraps = faces.wraps;
        for y in 0..h {
            let row = &faces.across[y * (w + 1)..(y + 1) * (w + 1)];
            for i in self.rows[y] as usize..self.rows[y + 1] as usize {
                let [from, to, name] = self.runs[i].map(|v| v as usize);
                let mut open =
                    !wraps[0] && ((from == 0 && row[0] > T::ZERO) || (to == w && row[w] > T::ZERO));
                for (side, row) in [(0, 0), (h - 1, h)] {
                    if y == side && !wraps[1] {
                        open |= faces.down[row * w + from..row * w + to].iter().any(|&f| f > T::ZERO);
                    }
                }
                self.pockets[name].1 |= open;
            }
        }
    }

    /// Whether there is a pocket at all; solid cells are pockets of their own.
    pub fn any(&self) -> bool {
        self.pockets.iter().any(|p| !p.1)
    }

    /// Whether a cell belongs to a pocket that nothing can leave.
    pub fn closed(&self, x: usize, y: usize) -> bool {
        let runs = &self.runs[self.rows[y] as usize..self.rows[y + 1] as usize];
        let run = runs.partition_point(|run| run[1] as usize <= x);
        !self.pockets[runs[run][2] as usize].1
    }

    /// Takes the mean of each pocket from its values, row after row.
    pub fn balance<T: Real>(&self, values: &mut [T], width: usize) {
        let mut sums = vec![0f64; self.pockets.len()];
        self.each_run(|y, [from, to, pocket]| {
            let row = &values[y * width + from..y * width + to];
            sums[pocket] += sum(row);
        });
        let means: Vec<T> = sums
            .iter()
            .zip(&self.pockets)
            .map(|(total, &(cells, open))| T::of(if open { 0.0 } else { total / cells as f64 }))
            .collect();
        let mut shift = |y: usize, [from, to, pocket]: [usize; 3]| {
            let mean = means[pocket];
            values[y * width + from..y * width + to].iter_mut().for_each(|v| *v -= mean);
        };
        self.each_run(&mut shift);
    }

    fn each_run(&self, mut f: impl FnMut(usize, [usize; 3])) {
        for y in 0..self.rows.len() - 1 {
            for run in &self.runs[self.rows[y] as usize..self.rows[y + 1] as usize] {
                f(y, run.map(|v| v as usize));
            }
        }
    }
}

//! The equation of the pressure: divergence of the velocity on one side, openness of faces and distance to the surface on
//! the other (Batty, Bertails and Bridson 2007; Gibou et al. 2002).

use rayon::prelude::*;

use super::super::cells::{AIR, Cells, LEAST_OPEN, LIQUID, surface_at};
use super::super::faces::Faces;
use super::super::grid::Grid;
use super::super::regions::Regions;
use super::super::solids::Solids;
use super::level::Level;
use super::seam::place;
use super::solver::Solver;

/// What the equation is made of.
pub struct Terms<'a> {
    /// The world.
    pub grid: &'a Grid,
    /// Its cells.
    pub cells: &'a Cells,
    /// Its solids.
    pub solids: &'a Solids,
    /// Velocity before pressure.
    pub faces: &'a Faces,
    /// Divergence to be left, 1/s, by cell (padded).
    pub goal: &'a [f32],
    /// Pressure at the surface, times dt, by cell (padded); empty if there is none.
    pub skin: &'a [f32],
}

/// The equation of one cell.
#[derive(Clone, Copy, Default)]
struct Row {
    right: f32,
    down: f32,
    diagonal: f32,
    b: f32,
    /// Whether the surface, or an open side, is next to it.
    free: bool,
}

impl Terms<'_> {
    /// What one face does to the equation of the cell `own` next to it: coupling, part of the diagonal, part of b and
    /// whether the surface is there. `out` is 1 if velocity along the axis leaves the cell.
    #[inline(always)]
    fn face(&self, axis: usize, face: usize, own: usize, other: usize, out: f32) -> (f32, f32, f32, bool) {
        let (velocity, closed) = match axis {
            0 => (self.faces.u[face], self.solids.closed_u[face]),
            _ => (self.faces.v[face], self.solids.closed_v[face]),
        };
        let step = if axis == 0 { 1 } else { self.grid.stride() };
        let solid = match closed > 0.0 && !self.solids.velocity.is_empty() {
            true => self.solids.face_velocity(self.grid, face - step, face, axis),
            false => 0.0,
        };
        if closed > 1.0 - LEAST_OPEN {
            return (0.0, 0.0, -out * solid, false);
        }
        let open = 1.0 - closed;
        let flow = -out * (open * velocity + closed * solid);
        match self.cells.kind[other] {
            LIQUID => (open, open, flow, false),
            AIR => {
                let part = open / surface_at(self.cells.fill[own], self.cells.fill[other]);
                let skin = if self.skin.is_empty() { 0.0 } else { self.skin[own] };
                (0.0, part, flow + part * skin, true)
            }
            _ => (0.0, 0.0, flow, false),
        }
    }

    #[inline(always)]
    fn row(&self, i: usize) -> Row {
        if self.cells.kind[i] != LIQUID {
            return Row::default();
        }
        let s = self.grid.stride();
        let left = self.face(0, i, i, i - 1, -1.0);
        let right = self.face(0, i + 1, i, i + 1, 1.0);
        let up = self.face(1, i, i, i - s, -1.0);
        let down = self.face(1, i + s, i, i + s, 1.0);
        Row {
            right: right.0,
            down: down.0,
            diagonal: left.1 + right.1 + up.1 + down.1,
            b: left.2 + right.2 + up.2 + down.2 + self.goal[i],
            free: left.3 || right.3 || up.3 || down.3,
        }
    }
}

/// Finds what part of each row holds liquid.
fn find_spans(level: &mut Level, terms: &Terms) {
    level.spans.par_iter_mut().enumerate().for_each(|(y, span)| {
        let row = &terms.cells.kind[terms.grid.row(y)];
        let first = row.iter().position(|k| *k == LIQUID);
        let last = row.iter().rposition(|k| *k == LIQUID);
        *span = first.zip(last).map_or([0; 2], |(a, b)| [a as u32 / 2, b as u32 / 2 + 1]);
    });
}

/// Writes the equations of all cells, where a row holds liquid or `had` some. Returns by row which cells are next to the
/// surface.
fn set_rows(level: &mut Level, terms: &Terms, had: &[bool]) -> Vec<Vec<bool>> {
    let (h, n, spans) = (terms.grid.h, level.n, &level.spans);
    let [red, black] = &mut level.equation;
    let [red_b, black_b] = &mut level.b;
    let equations = red[4 * n..].par_chunks_mut(4 * n).zip(black[4 * n..].par_chunks_mut(4 * n));
    let sides = red_b[n..].par_chunks_mut(n).zip(black_b[n..].par_chunks_mut(n));
    let all = equations.zip(sides).take(h).enumerate();
    all.map(|(y, ((red, black), (red_b, black_b)))| {
        if spans[y][0] == spans[y][1] && !had[y] {
            return Vec::new();
        }
        red.fill(0.0);
        black.fill(0.0);
        set_row(terms, y, spans[y], [(red, red_b), (black, black_b)])
    })
    .collect()
}

/// Writes the equations of a row to its two colours.
fn set_row(terms: &Terms, y: usize, span: [u32; 2], colours: [(&mut [f32], &mut [f32]); 2]) -> Vec<bool> {
    let (grid, mut colours) = (terms.grid, colours);
    let (w, h) = (grid.w, grid.h);
    let n = colours[0].1.len();
    let mut free = vec![false; w];
    let span = 2 * span[0] as usize..(2 * span[1] as usize).min(w);
    for (x, free) in free.iter_mut().enumerate().take(span.end).skip(span.start) {
        let mut row = terms.row(grid.at(x, y));
        // The last column and row have no neighbour on this side of the seam.
        row.right = if x + 1 < w { row.right } else { 0.0 };
        row.down = if y + 1 < h { row.down } else { 0.0 };
        let (into, b) = &mut colours[(x + y) & 1];
        let k = x / 2 + 1;
        let inverse = if row.diagonal > 1e-6 { 1.0 / row.diagonal } else { 0.0 };
        (into[k], into[n + k], into[2 * n + k]) = (row.right, row.down, row.diagonal);
        (into[3 * n + k], b[k]) = (inverse, if inverse > 0.0 { row.b } else { 0.0 });
        *free = row.free;
    }
    free
}

impl Solver {
    /// Makes the equation.
    pub fn set(&mut self, terms: &Terms, regions: &mut Regions) {
        let level = &mut self.levels[0];
        let had: Vec<bool> = level.spans.iter().map(|s| s[0] < s[1]).collect();
        find_spans(level, terms);
        let free = set_rows(level, terms, &had);
        self.set_seam(terms);
        self.settle(terms, &free, regions);
        for i in 1..self.levels.len() {
            let (fine, coarse) = self.levels.split_at_mut(i);
            fine[i - 1].coarsen(&mut coarse[0]);
        }
    }

    fn set_seam(&mut self, terms: &Terms) {
        let grid = terms.grid;
        let [across, down] = grid.wraps();
        self.seam.across.clear();
        self.seam.down.clear();
        if across && grid.w > 1 {
            let coupling = |y: usize| terms.face_coupling(grid.at(0, y), 0);
            self.seam.across.extend((0..grid.h).map(coupling));
        }
        if down && grid.h > 1 {
            let coupling = |x: usize| terms.face_coupling(grid.at(x, 0), 1);
            self.seam.down.extend((0..grid.w).map(coupling));
        }
    }

    /// Where liquid has no surface at all, its volume cannot change: what would change it is taken off the right-hand
    /// side.
    fn settle(&mut self, terms: &Terms, free: &[Vec<bool>], regions: &mut Regions) {
        let grid = terms.grid;
        let closed = [&terms.solids.closed_u, &terms.solids.closed_v];
        let joined = |axis: usize, i: usize| closed[axis][i] <= 1.0 - LEAST_OPEN;
        regions.find(grid, |i| terms.cells.kind[i] == LIQUID, joined);
        let level = &mut self.levels[0];
        let mut sums = vec![(false, 0f64, 0u64); regions.count()];
        for run in regions.runs() {
            let sum = &mut sums[run.region];
            for (x, free) in free[run.y].iter().enumerate().take(run.to).skip(run.from) {
                let (colour, at) = place(level, x, run.y);
                sum.0 |= free;
                sum.1 += level.b[colour][at] as f64;
                sum.2 += 1;
            }
        }
        self.free = sums.iter().all(|s| s.0);
        for run in regions.runs() {
            let (open, sum, count) = sums[run.region];
            if !open {
                let mean = (sum / count as f64) as f32;
                for x in run.from..run.to {
                    let (colour, at) = place(level, x, run.y);
                    level.b[colour][at] -= mean;
                }
            }
        }
    }
}

impl Terms<'_> {
    /// Coupling through the first face of a cell.
    fn face_coupling(&self, i: usize, axis: usize) -> f32 {
        let step = if axis == 0 { 1 } else { self.grid.stride() };
        match self.cells.kind[i] == LIQUID && self.cells.kind[i - step] == LIQUID {
            true => self.face(axis, i, i, i - step, -1.0).0,
            false => 0.0,
        }
    }
}

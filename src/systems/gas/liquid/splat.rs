//! From particles to the grid: momentum on faces, and density and paint of cells.
//!
//! Bands of rows write to the grid one after the other, first all even ones, then all odd ones; within a band, cells from
//! left to right, particles in their order. So every sum is added up in the same order at any thread count.

use rayon::prelude::*;
use world::widest;

use super::grid::Grid;
use super::particle::Particle;
use super::sort::Sorted;

/// Rows of a band. A band writes to one row more on either side.
pub const BAND: usize = 8;

/// What faces receive: momentum and mass, in particles times cells/s, and particles.
pub type Share = [f32; 2];

/// A band of rows, and where its rows lie within slices that begin one row above its first.
struct Band<'a> {
    sorted: &'a Sorted,
    rows: core::ops::Range<usize>,
    stride: usize,
}

/// Runs `f` on all bands, with the rows of two planes that each may write to.
fn banded<A: Send, B: Send>(
    grid: &Grid,
    sorted: &Sorted,
    (a, b): (&mut [A], &mut [B]),
    f: impl Fn(&Band, &mut [A], &mut [B]) + Sync,
) {
    let (s, h) = (grid.stride(), grid.h);
    for odd in [0, 1] {
        let from = (odd * BAND * s).min(a.len());
        let chunks = a[from..].par_chunks_mut(2 * BAND * s).zip(b[from..].par_chunks_mut(2 * BAND * s));
        // Small worlds are not worth a second thread.
        let least = (4096 / (2 * BAND * s)).max(1);
        chunks.with_min_len(least).enumerate().for_each(|(i, (a, b))| {
            let first = (2 * i + odd) * BAND;
            if first < h && sorted.starts()[first] < sorted.starts()[(first + BAND).min(h)] {
                f(&Band { sorted, rows: first..(first + BAND).min(h), stride: s }, a, b);
            }
        });
    }
}

/// The particles of one cell.
struct CellOf<'a> {
    /// Where the cell is in slices that begin one row above the band.
    at: usize,
    /// Its upper left corner.
    corner: [f32; 2],
    particles: &'a [Particle],
}

impl<'a> Band<'a> {
    /// Cells of a row that have particles; `i` counts from the first row of the band.
    #[inline(always)]
    fn cells(&self, i: usize, y: usize) -> impl Iterator<Item = CellOf<'a>> + use<'a> {
        let (mut rest, line) = (self.sorted.row(y), (i + 1) * self.stride + 1);
        core::iter::from_fn(move || {
            let column = rest.first()?.at[0] as usize;
            let same = rest.iter().take_while(|p| p.at[0] as usize == column).count();
            let (particles, others) = rest.split_at(same);
            rest = others;
            Some(CellOf { at: line + column, corner: [column as f32, y as f32], particles })
        })
    }
}

/// Weights of the three cells along an axis whose centres are nearest, at 0..1 across the middle one (tents).
#[inline(always)]
pub fn tents(t: f32) -> [f32; 4] {
    let (before, after) = (0.5 - t, t - 0.5);
    let (before, after) = (if before > 0.0 { before } else { 0.0 }, if after > 0.0 { after } else { 0.0 });
    [before, 1.0 - before - after, after, 0.0]
}

/// Momentum and mass for the faces round a cell.
#[derive(Default)]
struct CellShare {
    /// Left and right face; the rows above, within, below.
    across: [[[f32; 4]; 2]; 2],
    /// Upper and lower face; the columns before, within, after.
    down: [[[f32; 4]; 2]; 2],
}

impl CellShare {
    #[inline(always)]
    fn add(&mut self, p: &Particle, cell: [f32; 2]) {
        let (fx, fy) = (p.at[0] - cell[0], p.at[1] - cell[1]);
        let ([u, v], [ux, uy, vx, vy]) = (p.velocity, p.affine);
        let (a, b) = (tents(fx), tents(fy));
        let along = |t: f32| [-0.5 - t, 0.5 - t, 1.5 - t, 0.0];
        let (dx, dy) = (along(fx), along(fy));
        for side in 0..2 {
            let to = |t: f32| if side == 0 { (1.0 - t, -t) } else { (t, 1.0 - t) };
            let ((wx, ex), (wy, ey)) = (to(fx), to(fy));
            let (base_u, base_v) = (u + ux * ex, v + vy * ey);
            for i in 0..4 {
                let (w, z) = (wx * b[i], wy * a[i]);
                self.across[side][0][i] += w * (base_u + uy * dy[i]);
                self.across[side][1][i] += w;
                self.down[side][0][i] += z * (base_v + vx * dx[i]);
                self.down[side][1][i] += z;
            }
        }
    }

    #[inline(always)]
    fn give(&self, at: usize, stride: usize, u: &mut [Share], v: &mut [Share]) {
        for i in 0..3 {
            for side in 0..2 {
                let face = &mut u[at + i * stride - stride + side];
                face[0] += self.across[side][0][i];
                face[1] += self.across[side][1][i];
                let face = &mut v[at + side * stride + i - 1];
                face[0] += self.down[side][0][i];
                face[1] += self.down[side][1][i];
            }
        }
    }
}

widest! {
    fn momentum_of_band(band: &Band, u: &mut [Share], v: &mut [Share]) {
        for (i, y) in band.rows.clone().enumerate() {
            for cell in band.cells(i, y) {
                let mut share = CellShare::default();
                for p in cell.particles {
                    share.add(p, cell.corner);
                }
                share.give(cell.at, band.stride, u, v);
            }
        }
    }
}

/// Adds momentum and mass of all particles to the faces (Jiang et al. 2015): each particle stands for the velocity
/// field v + C·(x − xₚ) round it.
pub fn momentum(grid: &Grid, sorted: &Sorted, u: &mut [Share], v: &mut [Share]) {
    banded(grid, sorted, (u, v), momentum_of_band);
}

#[inline(always)]
fn density_of_cell(cell: &CellOf) -> [[f32; 4]; 3] {
    let mut share = [[0.0f32; 4]; 3];
    for p in cell.particles {
        let (a, b) = (tents(p.at[0] - cell.corner[0]), tents(p.at[1] - cell.corner[1]));
        for j in 0..3 {
            for i in 0..4 {
                share[j][i] += a[i] * b[j];
            }
        }
    }
    share
}

#[inline(always)]
fn paint_of_cell(cell: &CellOf) -> [[[f32; 4]; 3]; 3] {
    let mut share = [[[0.0f32; 4]; 3]; 3];
    for p in cell.particles {
        let (a, b) = (tents(p.at[0] - cell.corner[0]), tents(p.at[1] - cell.corner[1]));
        for j in 0..3 {
            for i in 0..3 {
                let w = a[i] * b[j];
                share[j][i].iter_mut().zip(p.paint).for_each(|(share, paint)| *share += w * paint);
            }
        }
    }
    share
}

widest! {
    fn density_of_band(band: &Band, density: &mut [f32]) {
        for (i, y) in band.rows.clone().enumerate() {
            for cell in band.cells(i, y) {
                let share = density_of_cell(&cell);
                for (j, share) in share.iter().enumerate() {
                    let from = cell.at + j * band.stride - band.stride - 1;
                    density[from..from + 3].iter_mut().zip(share).for_each(|(d, s)| *d += s);
                }
            }
        }
    }
}

widest! {
    fn paint_of_band(band: &Band, paint: &mut [[f32; 4]]) {
        for (i, y) in band.rows.clone().enumerate() {
            for cell in band.cells(i, y) {
                for (j, row) in paint_of_cell(&cell).iter().enumerate() {
                    for (k, share) in row.iter().enumerate() {
                        let into = &mut paint[cell.at + j * band.stride + k - band.stride - 1];
                        (0..4).for_each(|c| into[c] += share[c]);
                    }
                }
            }
        }
    }
}

/// Adds all particles to the cells round them.
pub fn density(grid: &Grid, sorted: &Sorted, into: &mut [f32]) {
    let mut none = vec![(); into.len()];
    banded(grid, sorted, (into, &mut none), |band, density, _| density_of_band(band, density));
}

/// Adds the paint of all particles to the cells round them.
pub fn paint(grid: &Grid, sorted: &Sorted, into: &mut [[f32; 4]]) {
    let mut none = vec![(); into.len()];
    banded(grid, sorted, (into, &mut none), |band, paint, _| paint_of_band(band, paint));
}

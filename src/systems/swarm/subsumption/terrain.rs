//! Which cells are solid, from where they can be sensed, and the way out for bodies that an obstacle has covered.

use rayon::prelude::*;

use super::agents::AgentBlock;
use super::grid::{BLOCK, Grid, LEAP};
use world::field::{Field, rows_per_task};

/// Obstacles of the tick.
#[derive(Debug, Default)]
pub struct Terrain {
    solid: Vec<u8>,
    near: Vec<u8>,
    made_for: Option<(Grid, bool)>,
    any: bool,
    all: bool,
}

impl Terrain {
    /// 1 for solid cells; `None` while no obstacle is wired.
    pub fn solid(&self) -> Option<&[u8]> {
        self.any.then_some(&self.solid[..])
    }

    /// 1 for blocks from which something solid may be sensed; `None` while there is nothing solid.
    pub fn near(&self) -> Option<&[u8]> {
        (!self.near.is_empty()).then_some(&self.near[..])
    }

    /// Whether every cell is solid.
    pub fn is_full(&self) -> bool {
        self.all
    }

    /// Reads the obstacle field. `reach` is the length of the longest feeler, cells.
    pub fn update(&mut self, grid: Grid, obstacle: Option<&Field>, level: f32, reach: f32) {
        let changed = self.take(grid, obstacle, level);
        let made_for = Some((grid, obstacle.is_some()));
        if !changed && self.made_for == made_for {
            return;
        }
        self.made_for = made_for;
        self.near.clear();
        if obstacle.is_some() || !grid.torus {
            self.feel(grid, reach);
        }
    }

    fn take(&mut self, grid: Grid, obstacle: Option<&Field>, level: f32) -> bool {
        let Some(obstacle) = obstacle else {
            let changed = self.any;
            (self.any, self.all) = (false, false);
            return changed;
        };
        let fresh = !self.any;
        self.any = true;
        self.solid.resize(grid.cells(), 0);
        let rows = self.solid.par_chunks_mut(grid.w).with_min_len(rows_per_task(grid.w)).enumerate();
        let (changed, count) = rows
            .map(|(y, row)| {
                let (mut changed, mut count) = (0, 0u32);
                for (s, &v) in row.iter_mut().zip(obstacle.row(0, y)) {
                    let now = (v > level) as u8;
                    changed |= *s ^ now;
                    count += now as u32;
                    *s = now;
                }
                (changed != 0, count as usize)
            })
            .reduce(|| (false, 0), |a, b| (a.0 | b.0, a.1 + b.1));
        self.all = count == grid.cells();
        changed || fresh
    }

    /// Blocks within reach of something solid.
    fn feel(&mut self, grid: Grid, reach: f32) {
        let coarse = grid.coarse();
        let (w, h) = (coarse.w, coarse.h);
        let mut hard = vec![0u8; w * h];
        for (y, row) in self.solid.chunks(grid.w).enumerate().take(if self.any { grid.h } else { 0 }) {
            let out = &mut hard[y / BLOCK * w..][..w];
            row.chunks(BLOCK).zip(out).for_each(|(c, o)| *o |= c.iter().fold(0, |a, b| a | b));
        }
        let far = libm::ceilf((reach + LEAP) / BLOCK as f32) as usize + 1;
        let across = spread(&hard, w, h, far, grid.torus, |x, y| y * w + x);
        self.near = spread(&across, h, w, far, grid.torus, |y, x| y * w + x);
    }

    /// Moves every body in a solid cell to the centre of the nearest free one.
    pub fn push_out(&self, grid: Grid, blocks: &mut [AgentBlock]) {
        let Some(solid) = self.solid().filter(|_| !self.all) else { return };
        let stuck = |b: &AgentBlock| (0..b.len).any(|i| solid[grid.inside(b.at(i))] != 0);
        if !blocks.par_iter().any(stuck) {
            return;
        }
        let refuge = NearestFree::new(grid, solid);
        blocks.par_iter_mut().for_each(|block| {
            for i in 0..block.len {
                let cell = grid.inside(block.at(i));
                if solid[cell] != 0 {
                    let (x, y) = refuge.nearest(cell % grid.w, cell / grid.w);
                    (block.x[i], block.y[i]) = (x as f32 + 0.5, y as f32 + 0.5);
                }
            }
        });
    }
}

/// Each line of `n` blocks (there are `lines`), dilated by `far`; everything beyond a wall is solid.
fn spread(
    from: &[u8],
    n: usize,
    lines: usize,
    far: usize,
    torus: bool,
    at: impl Fn(usize, usize) -> usize,
) -> Vec<u8> {
    let mut out = vec![0; from.len()];
    for line in 0..lines {
        for i in 0..n {
            let hit = |d: isize| {
                let k = i as isize + d;
                match (0..n as isize).contains(&k) {
                    true => from[at(k as usize, line)] != 0,
                    false => !torus || from[at(k.rem_euclid(n as isize) as usize, line)] != 0,
                }
            };
            out[at(i, line)] = (-(far as isize)..=far as isize).any(hit) as u8;
        }
    }
    out
}

/// For each cell the distance to the nearest free cell of its row.
struct NearestFree {
    grid: Grid,
    across: Vec<i32>,
}

/// Greater than the length of any row.
const FAR: i32 = 1 << 20;

impl NearestFree {
    fn new(grid: Grid, solid: &[u8]) -> Self {
        let mut across = vec![FAR; grid.cells()];
        let n = grid.w as i32;
        across.par_chunks_mut(grid.w).zip(solid.par_chunks(grid.w)).for_each(|(row, solid)| {
            let rounds = if grid.torus { 2 } else { 1 };
            // Signed: to the left first, so that of two at the same distance the left one is taken.
            let mut last = -FAR;
            for x in 0..n * rounds {
                last = if solid[(x % n) as usize] == 0 { x } else { last };
                row[(x % n) as usize] = (last - x).max(-FAR);
            }
            let mut last = 2 * FAR;
            for x in (0..n * rounds).rev() {
                let cell = &mut row[(x % n) as usize];
                last = if solid[(x % n) as usize] == 0 { x } else { last };
                *cell = if last - x < cell.abs() { last - x } else { *cell };
            }
        });
        Self { grid, across }
    }

    /// The free cell nearest to (x, y); of several the one in the row nearest, upper before lower, left before right.
    fn nearest(&self, x: usize, y: usize) -> (usize, usize) {
        let Grid { w, h, torus } = self.grid;
        let (mut best, mut found) = (i64::MAX, (x, y));
        for far in 0..h as i64 {
            if far * far >= best {
                break;
            }
            for row in [y as i64 - far, y as i64 + far] {
                let row = match (0..h as i64).contains(&row) {
                    true => row as usize,
                    false if torus => row.rem_euclid(h as i64) as usize,
                    false => continue,
                };
                let across = self.across[row * w + x] as i64;
                let distance = far * far + across * across;
                if across.abs() < FAR as i64 && distance < best {
                    best = distance;
                    found = ((x as i64 + across).rem_euclid(w as i64) as usize, row);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    proptest::proptest! {
        #[test]
        fn the_refuge_is_the_nearest_free_cell(w in 1usize..24, h in 1usize..24, torus: bool, seed: u64) {
            let grid = Grid { w, h, torus };
            let r = Rng::new(seed);
            let mut solid: Vec<u8> = (0..w * h).map(|i| (r.unit(i as u64) < 0.9) as u8).collect();
            solid[r.below(0, (w * h) as u64) as usize] = 0;
            let refuge = NearestFree::new(grid, &solid);
            let gap = |a: usize, b: usize, n: usize| {
                let d = a.abs_diff(b);
                if torus { d.min(n - d) } else { d }
            };
            for cell in 0..w * h {
                let (x, y) = (cell % w, cell / w);
                let square = |u: usize, v: usize| gap(x, u, w).pow(2) + gap(y, v, h).pow(2);
                let (u, v) = refuge.nearest(x, y);
                proptest::prop_assert_eq!(solid[v * w + u], 0);
                let free = (0..w * h).filter(|c| solid[*c] == 0);
                let best = free.map(|c| square(c % w, c / w)).min().unwrap();
                proptest::prop_assert_eq!(square(u, v), best);
            }
        }

        #[test]
        fn whatever_can_be_felt_lies_in_a_near_block(w in 1usize..60, h in 1usize..60, torus: bool, seed: u64) {
            let grid = Grid { w, h, torus };
            let r = Rng::new(seed);
            let cell = r.below(0, (w * h) as u64) as usize;
            let field = Field::from_fn(w, h, |x, y| (y * w + x == cell) as u8 as f32);
            let mut terrain = Terrain::default();
            let reach = r.range(1, 1.0, 9.0);
            terrain.update(grid, Some(&field), 0.5, reach);
            let at = |c: usize| super::super::steer::Vec2::new((c % w) as f32 + 0.5, (c / w) as f32 + 0.5);
            for c in 0..w * h {
                let way = grid.way(at(c), at(cell));
                if way.dot(way).sqrt() <= reach + LEAP {
                    proptest::prop_assert_eq!(terrain.near().unwrap()[grid.block(at(c))], 1);
                }
            }
        }
    }
}

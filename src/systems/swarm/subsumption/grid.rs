//! The grid of the agents: cells, borders, and movement that never passes through a solid cell.

use super::steer::Vec2;

/// Cells across one block of the coarse fields (odour, neighbours, nearness of obstacles).
pub const BLOCK: usize = 4;

/// No body moves further than this in one tick along either axis, in cells.
pub const LEAP: f32 = 4.0;

/// Size and border of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Cells across.
    pub w: usize,
    /// Cells down.
    pub h: usize,
    /// Whether the borders are periodic; otherwise they are walls.
    pub torus: bool,
}

/// The greatest integer not above `v`, for |v| < 2³¹.
#[inline(always)]
pub fn floor(v: f32) -> i32 {
    let t = v as i32;
    t - (v < t as f32) as i32
}

/// Blocks around a position, and its coordinates between their centres.
#[derive(Clone, Copy, Debug)]
pub struct BlockPosition {
    /// Columns of blocks, from one to the left of the enclosing pair to one to the right.
    pub columns: [usize; 4],
    /// Start of the rows, from one above the pair to one below.
    pub rows: [usize; 4],
    /// Fraction from the left of the pair to the right, 0..1.
    pub s: f32,
    /// Fraction from the upper of the pair to the lower, 0..1.
    pub t: f32,
}

#[inline(always)]
fn fold(i: i32, n: usize, torus: bool) -> Option<usize> {
    if (i as u32 as usize) < n {
        Some(i as usize)
    } else if torus {
        Some(i.rem_euclid(n as i32) as usize)
    } else {
        None
    }
}

/// An index from a little outside 0..n, wrapped or clamped to the border.
#[inline(always)]
fn around(i: i32, n: usize, torus: bool) -> usize {
    fold(i, n, torus).unwrap_or(i.clamp(0, n as i32 - 1) as usize)
}

impl Grid {
    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.w * self.h
    }

    /// The grid of blocks of [`BLOCK`]×[`BLOCK`] cells; the last ones may be cut by the border.
    pub fn coarse(&self) -> Grid {
        Grid { w: self.w.div_ceil(BLOCK), h: self.h.div_ceil(BLOCK), torus: self.torus }
    }

    /// Index of the cell at `p`; `None` beyond a wall.
    #[inline(always)]
    pub fn cell(&self, p: Vec2) -> Option<usize> {
        let x = fold(floor(p.x), self.w, self.torus)?;
        let y = fold(floor(p.y), self.h, self.torus)?;
        Some(y * self.w + x)
    }

    /// Index of the cell of a position that is inside the world.
    #[inline(always)]
    pub fn inside(&self, p: Vec2) -> usize {
        (p.y as usize).min(self.h - 1) * self.w + (p.x as usize).min(self.w - 1)
    }

    /// Index of the block of a position that is inside the world.
    #[inline(always)]
    pub fn block(&self, p: Vec2) -> usize {
        (p.y as usize).min(self.h - 1) / BLOCK * self.w.div_ceil(BLOCK)
            + (p.x as usize).min(self.w - 1) / BLOCK
    }

    /// Value of a fine plane at the cell of `p`; 0 beyond a wall.
    #[inline(always)]
    pub fn nearest(&self, plane: &[f32], p: Vec2) -> f32 {
        self.cell(p).map_or(0.0, |c| plane[c])
    }

    /// The blocks around `p`; beyond a wall the border is repeated.
    #[inline(always)]
    pub fn spot(&self, p: Vec2) -> BlockPosition {
        let (w, h) = (self.w.div_ceil(BLOCK), self.h.div_ceil(BLOCK));
        let (u, v) = (p.x * (1.0 / BLOCK as f32) - 0.5, p.y * (1.0 / BLOCK as f32) - 0.5);
        let (x, y) = (floor(u), floor(v));
        let torus = self.torus;
        let columns =
            [around(x - 1, w, torus), around(x, w, torus), around(x + 1, w, torus), around(x + 2, w, torus)];
        let rows =
            [around(y - 1, h, torus), around(y, h, torus), around(y + 1, h, torus), around(y + 2, h, torus)];
        let rows = [rows[0] * w, rows[1] * w, rows[2] * w, rows[3] * w];
        BlockPosition { columns, rows, s: u - x as f32, t: v - y as f32 }
    }

    /// Value of a coarse plane at `p`, interpolated between block centres; beyond a wall the border is repeated.
    #[inline(always)]
    pub fn smooth(&self, coarse: &[f32], p: Vec2) -> f32 {
        let (w, h) = (self.w.div_ceil(BLOCK), self.h.div_ceil(BLOCK));
        let (u, v) = (p.x * (1.0 / BLOCK as f32) - 0.5, p.y * (1.0 / BLOCK as f32) - 0.5);
        let (x, y) = (floor(u), floor(v));
        let (s, t) = (u - x as f32, v - y as f32);
        let (x0, x1) = (around(x, w, self.torus), around(x + 1, w, self.torus));
        let (y0, y1) = (around(y, h, self.torus) * w, around(y + 1, h, self.torus) * w);
        let (top, bottom) = (coarse[y0 + x0], coarse[y1 + x0]);
        let above = top + (coarse[y0 + x1] - top) * s;
        let below = bottom + (coarse[y1 + x1] - bottom) * s;
        above + (below - above) * t
    }

    /// The shortest vector from `from` to `to`, across periodic borders.
    #[inline(always)]
    pub fn way(&self, from: Vec2, to: Vec2) -> Vec2 {
        let shorter = |d: f32, n: f32| {
            let around = if d > 0.0 { d - n } else { d + n };
            if self.torus && around.abs() < d.abs() { around } else { d }
        };
        Vec2::new(shorter(to.x - from.x, self.w as f32), shorter(to.y - from.y, self.h as f32))
    }

    /// A coordinate wrapped into `0..n`; `None` beyond a wall.
    #[inline(always)]
    fn wrapped(&self, v: f32, n: f32) -> Option<f32> {
        if v >= 0.0 && v < n {
            return Some(v);
        }
        if !self.torus {
            return None;
        }
        let v = if v < 0.0 { v + n } else { v - n };
        Some(if v >= 0.0 && v < n { v } else { 0.0 })
    }

    /// Moves from `from` by `by`, axis after axis in sub-steps of less than a cell, so that every cell on the way
    /// shares a side with the one before and none is passed over. A blocked axis does not move: bodies slide along
    /// walls. Returns the new position and whether anything blocked the way.
    #[inline(always)]
    pub fn sweep(&self, solid: Option<&[u8]>, from: Vec2, by: Vec2) -> (Vec2, bool) {
        let far = by.x.abs().max(by.y.abs());
        let steps = (far * (1.0 / 0.75)) as i32 + 1;
        let part = by.times(1.0 / steps as f32);
        let (mut at, mut bumped) = (from, false);
        let free = |p: Vec2| solid.is_none_or(|s| s[self.inside(p)] == 0);
        for _ in 0..steps {
            match self.wrapped(at.x + part.x, self.w as f32) {
                Some(x) if free(Vec2::new(x, at.y)) => at.x = x,
                _ => bumped = true,
            }
            match self.wrapped(at.y + part.y, self.h as f32) {
                Some(y) if free(Vec2::new(at.x, y)) => at.y = y,
                _ => bumped = true,
            }
        }
        (at, bumped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// A walker that starts in a sealed room never leaves it.
    #[test]
    fn a_sealed_room_holds_whatever_moves_in_it() {
        // Diagonal walls, one cell thick: only corners touch.
        let grid = Grid { w: 40, h: 40, torus: true };
        let ring = |i: usize| {
            let (x, y) = ((i % 40) as i32 - 20, (i / 40) as i32 - 20);
            (x.abs() + y.abs() == 12) as u8
        };
        let solid: Vec<u8> = (0..1600).map(ring).collect();
        let r = Rng::new(3);
        for walker in 0..40 {
            let mut at = Vec2::new(20.5, 20.5);
            for t in 0..5000 {
                let r = r.fork(walker).fork(t);
                let by = Vec2::new(r.range(0, -LEAP, LEAP), r.range(1, -LEAP, LEAP));
                at = grid.sweep(Some(&solid), at, by).0;
                assert_eq!(solid[grid.inside(at)], 0);
                assert!((at.x - 20.5).abs() + (at.y - 20.5).abs() <= 13.0, "it went through: {at:?}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn positions_stay_inside(w in 1usize..4096, h in 1usize..90, torus: bool, seed: u64) {
            let grid = Grid { w, h, torus };
            let r = Rng::new(seed);
            let mut at = Vec2::new(r.range(0, 0.0, w as f32), r.range(1, 0.0, h as f32));
            for t in 0..200 {
                let r = r.fork(t);
                at = grid.sweep(None, at, Vec2::new(r.range(0, -4.0, 4.0), r.range(1, -4.0, 4.0))).0;
                proptest::prop_assert!(at.x >= 0.0 && at.x < w as f32 && at.y >= 0.0 && at.y < h as f32);
            }
        }

        #[test]
        fn the_way_is_the_shortest(x in 0.0f32..50.0, y in 0.0f32..30.0, u in 0.0f32..50.0, v in 0.0f32..30.0) {
            let d = Grid { w: 50, h: 30, torus: true }.way(Vec2::new(x, y), Vec2::new(u, v));
            for (i, j) in (-1..=1).flat_map(|i| (-1..=1).map(move |j| (i as f32, j as f32))) {
                let other = Vec2::new(u + i * 50.0 - x, v + j * 30.0 - y);
                proptest::prop_assert!(d.dot(d) <= other.dot(other) + 1e-2);
            }
        }
    }
}

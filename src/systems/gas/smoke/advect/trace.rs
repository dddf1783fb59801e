//! Where gas comes from and where it goes: displacements over a step, by the midpoint rule.

use super::super::rows::each_pair;
use super::nodes::{BLOCK, Four, Nodes, Points, Rows, Source};
use crate::real::Real;
use world::widest;

/// Displacements of cells, in cells.
#[derive(Clone, Debug, Default)]
pub struct Displacements<T> {
    /// To the right.
    pub x: Vec<T>,
    /// Downwards.
    pub y: Vec<T>,
}

/// Both ways from each cell.
#[derive(Clone, Debug, Default)]
pub struct Traces<T> {
    /// To where its gas was a step ago.
    pub back: Displacements<T>,
    /// To where its gas will be.
    pub ahead: Displacements<T>,
}

impl<T: Real> Traces<T> {
    /// For so many cells.
    pub fn new(cells: usize) -> Self {
        let plane = || Displacements { x: vec![T::ZERO; cells], y: vec![T::ZERO; cells] };
        Self { back: plane(), ahead: plane() }
    }

    /// Follows a flow, given at the centres of cells in cells a step, both ways.
    pub fn follow(&mut self, cells: Nodes, flow: &[[T; 2]], wide: bool) {
        let w = cells.w;
        for (into, sign) in [(&mut self.back, -T::ONE), (&mut self.ahead, T::ONE)] {
            each_pair((&mut into.x, w), (&mut into.y, w), wide, |y, across, down| {
                follow_row([across, down], cells, flow, y, sign);
            });
        }
    }
}

widest! {
    fn follow_row<T: Real>(into: [&mut [T]; 2], cells: Nodes, flow: &[[T; 2]], y: usize, sign: T) {
        let [across, down] = into;
        let mut points = Points::new(Rows::ALL);
        let (mut dx, mut dy) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
        let mut fetched = [Four::ZERO; BLOCK];
        let half = sign * T::of(0.5);
        for (k, (across, down)) in across.chunks_mut(BLOCK).zip(down.chunks_mut(BLOCK)).enumerate() {
            let (x, n) = (k * BLOCK, across.len());
            let here = &flow[y * cells.w + x..][..n];
            for (i, v) in here.iter().enumerate() {
                (dx[i], dy[i]) = (v[0], v[1]);
            }
            points.displace(cells, (x, y), n, half, [&dx, &dy]);
            let down = &mut down[..n];
            let source = Source::values(flow, &points);
            cells.fetch(source, n, &mut fetched);
            for i in 0..n {
                let v = cells.round(source, &fetched, i).between(points.tx[i], points.ty[i]);
                (across[i], down[i]) = (sign * v[0], sign * v[1]);
            }
        }
    }
}

/// What nodes stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Centres of cells.
    Centres,
    /// Left faces; one more a row than cells.
    Across,
    /// Top faces; one more row than cells.
    Down,
}

impl Place {
    /// The nodes of a world.
    pub fn nodes(self, (w, h): (usize, usize), wraps: [bool; 2]) -> Nodes {
        let period = [if wraps[0] { w } else { 0 }, if wraps[1] { h } else { 0 }];
        let (w, h) = match self {
            Self::Centres => (w, h),
            Self::Across => (w + 1, h),
            Self::Down => (w, h + 1),
        };
        Nodes { w, h, period }
    }

    /// Displacements of `n` nodes of a row from `x` on: those of cells, or means of the two cells at a face.
    #[inline(always)]
    pub fn displacements<T: Real>(
        self,
        nodes: Nodes,
        cells: &Displacements<T>,
        (x, y): (usize, usize),
        n: usize,
        [dx, dy]: [&mut [T; BLOCK]; 2],
    ) {
        let half = T::of(0.5);
        for (from, into) in [(&cells.x, dx), (&cells.y, dy)] {
            match self {
                Self::Centres => into[..n].copy_from_slice(&from[y * nodes.w + x..][..n]),
                Self::Down => {
                    let h = nodes.h - 1;
                    let [above, below] = match (y, nodes.period[1]) {
                        (0, 0) => [0, 0],
                        (y, 0) if y == h => [h - 1, h - 1],
                        (y, _) => [(y + h - 1) % h, y % h],
                    };
                    let (above, below) =
                        (&from[above * nodes.w + x..][..n], &from[below * nodes.w + x..][..n]);
                    for i in 0..n {
                        into[i] = half * (above[i] + below[i]);
                    }
                }
                Self::Across => {
                    let w = nodes.w - 1;
                    let row = &from[y * w..(y + 1) * w];
                    let last = if nodes.period[0] > 0 { [w - 1, 0] } else { [0, w - 1] };
                    let (low, high) = ((x == 0) as usize, n - (x + n > w) as usize);
                    if low < high {
                        let (before, after) = (&row[x + low - 1..x + high - 1], &row[x + low..x + high]);
                        for ((to, a), b) in into[low..high].iter_mut().zip(before).zip(after) {
                            *to = half * (*a + *b);
                        }
                    }
                    if low == 1 {
                        into[0] = half * (row[last[0]] + row[0]);
                    }
                    if high < n {
                        into[high] = half * (row[w - 1] + row[last[1]]);
                    }
                }
            }
        }
    }
}

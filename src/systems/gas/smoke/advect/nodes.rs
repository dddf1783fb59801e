//! A grid of nodes, and values between them.

use super::super::real::{FAR, Real, greater, lesser};

/// Nodes, row after row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nodes {
    /// Nodes of a row.
    pub w: usize,
    /// Rows.
    pub h: usize,
    /// After how many nodes the world repeats, across and down; 0 where it ends.
    pub period: [usize; 2],
}

/// Row or column of a node: within the grid as it is, beyond it wrapped or that of the border.
#[inline(always)]
fn resolve(i: i32, n: usize, period: usize) -> usize {
    if (i as usize) < n {
        return i as usize;
    }
    match period {
        0 => i.clamp(0, n as i32 - 1) as usize,
        _ => i.rem_euclid(period as i32) as usize,
    }
}

/// The two rows or columns of nodes on either side of a place.
type Pair = fn(i32, usize, usize) -> [usize; 2];

/// For a value: beyond the border it is that of the border, exactly.
fn held(i: i32, n: usize, period: usize) -> [usize; 2] {
    [i, i.saturating_add(1)].map(|i| resolve(i, n, period))
}

/// For limits: the place itself is kept on the grid, and has two nodes there too.
fn kept(i: i32, n: usize, period: usize) -> [usize; 2] {
    if period > 0 || n == 1 {
        return held(i, n, period);
    }
    let first = i.clamp(0, n as i32 - 2) as usize;
    [first, first + 1]
}

impl Nodes {
    /// What `f` makes of the values at the four nodes round a point.
    #[inline(always)]
    pub fn four<T: Real, const C: usize, R>(
        &self,
        Source { from, points, sides }: Source<T, C>,
        i: usize,
        f: impl FnOnce(Four<T, C>) -> R,
    ) -> R {
        // Below 0 becomes far beyond the end.
        let (column, row) = (points.x[i] as u32 as usize, points.y[i] as u32 as usize);
        if points.inside || (column + 1 < self.w && row + 1 < self.h) {
            let near = &from[points.at[i] as usize..][..self.w + 2];
            // Each case on its own, so that the four stay in registers.
            return f(Four([near[0], near[1], near[self.w], near[self.w + 1]]));
        }
        f(Four(self.four_at_border(from, points.x[i], points.y[i], sides)))
    }

    #[cold]
    #[inline(never)]
    fn four_at_border<V: Copy>(&self, from: &[V], x: i32, y: i32, sides: Pair) -> [V; 4] {
        let [left, right] = sides(x, self.w, self.period[0]);
        let [above, below] = sides(y, self.h, self.period[1]).map(|y| self.w * y);
        [from[above + left], from[above + right], from[below + left], from[below + right]]
    }

    /// Calls `f` with the number of each of the first `n` points, and the values at the four nodes round it.
    #[expect(clippy::needless_range_loop, reason = "by iterators a whole step takes a twentieth longer")]
    #[inline(always)]
    pub fn each<T: Real, const C: usize>(
        &self,
        source: Source<T, C>,
        n: usize,
        mut f: impl FnMut(usize, Four<T, C>),
    ) {
        if C > FETCHED {
            for i in 0..n {
                self.four(source, i, |four| f(i, four));
            }
            return;
        }
        let mut fetched = [Four([[T::ZERO; C]; 4]); BLOCK];
        let n = n.min(BLOCK);
        for i in 0..n {
            fetched[i] = self.four(source, i, |four| four);
        }
        for i in 0..n {
            f(i, fetched[i]);
        }
    }
}

/// Places between the nodes of a plane, and which nodes are on either side of one at the border.
pub struct Source<'a, T, const C: usize> {
    from: &'a [[T; C]],
    points: &'a Points<T>,
    sides: Pair,
}

impl<T, const C: usize> Clone for Source<'_, T, C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, const C: usize> Copy for Source<'_, T, C> {}

impl<'a, T, const C: usize> Source<'a, T, C> {
    /// For values between nodes: beyond the border they are those of the border.
    pub fn values(from: &'a [[T; C]], points: &'a Points<T>) -> Self {
        Self { from, points, sides: held }
    }
    /// For limits: places are kept on the grid.
    pub fn limits(from: &'a [[T; C]], points: &'a Points<T>) -> Self {
        Self { from, points, sides: kept }
    }
}

/// Values of four nodes: upper left, upper right, lower left, lower right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Four<T, const C: usize>(pub [[T; C]; 4]);

impl<T: Real, const C: usize> Four<T, C> {
    /// Value between them, bilinear: `tx` to the right of the left ones, `ty` below the upper ones, 0..1.
    #[inline(always)]
    pub fn between(&self, tx: T, ty: T) -> [T; C] {
        let Self(v) = self;
        let mut out = [T::ZERO; C];
        for c in 0..C {
            let above = v[0][c] + (v[1][c] - v[0][c]) * tx;
            let below = v[2][c] + (v[3][c] - v[2][c]) * tx;
            out[c] = above + (below - above) * ty;
        }
        out
    }

    /// A value, kept within them.
    #[inline(always)]
    pub fn clamp(&self, value: [T; C]) -> [T; C] {
        let Self([a, b, c, d]) = *self;
        let low = each(each(a, b, lesser), each(c, d, lesser), lesser);
        let high = each(each(a, b, greater), each(c, d, greater), greater);
        each(each(value, low, greater), high, lesser)
    }
}

/// `f` of each pair: whole vectors at once.
#[inline(always)]
fn each<T: Real, const C: usize>(a: [T; C], b: [T; C], f: impl Fn(T, T) -> T) -> [T; C] {
    let mut out = a;
    for c in 0..C {
        out[c] = f(a[c], b[c]);
    }
    out
}

/// Values of a node up to which those of a block are fetched first, and then worked with by whole vectors; more are a vector.
pub const FETCHED: usize = 2;
/// Nodes whose places are found together.
pub const BLOCK: usize = 64;

/// Places between nodes: the node up and left of each, and how far beyond it.
pub struct Points<T> {
    /// Column.
    pub x: [i32; BLOCK],
    /// Row.
    pub y: [i32; BLOCK],
    /// How far to the right of it, 0..1.
    pub tx: [T; BLOCK],
    /// How far below it, 0..1.
    pub ty: [T; BLOCK],
    /// Index of the node, if all are inside.
    at: [i32; BLOCK],
    /// Whether all points lie between nodes of the grid.
    inside: bool,
}

impl<T: Real> Points<T> {
    /// All at a node.
    #[inline(always)]
    pub fn new() -> Self {
        let (none, zero) = ([0; BLOCK], [T::ZERO; BLOCK]);
        Self { x: none, y: none, tx: zero, ty: zero, at: none, inside: false }
    }

    /// The first `n` points, displaced by (dx, dy) times a scale from the nodes of row `y` from `x` on. Adding whole
    /// numbers to the node keeps small displacements exact far from the origin.
    #[inline(always)]
    pub fn displace(
        &mut self,
        nodes: Nodes,
        (x, y): (usize, usize),
        n: usize,
        scale: T,
        [dx, dy]: [&[T; BLOCK]; 2],
    ) {
        let (low, high) = (T::of(-FAR), T::of(FAR));
        for i in 0..BLOCK {
            let [dx, dy] = [dx[i], dy[i]].map(|d| lesser(greater(scale * d, low), high));
            let (left, top) = (dx.floor(), dy.floor());
            (self.x[i], self.y[i]) = (x as i32 + i as i32 + left.whole(), y as i32 + top.whole());
            (self.tx[i], self.ty[i]) = (dx - left, dy - top);
        }
        // Below 0 becomes far beyond the end; wrapping, for grids are smaller than an i32.
        let (w, columns, rows) = (nodes.w as i32, nodes.w as u32 - 1, nodes.h as u32 - 1);
        let mut outside = false;
        for i in 0..BLOCK {
            self.at[i] = self.y[i].wrapping_mul(w).wrapping_add(self.x[i]);
            let out = (self.x[i] as u32 >= columns) | (self.y[i] as u32 >= rows);
            outside |= out & (i < n);
        }
        self.inside = !outside;
    }
}

impl<T: Real> Default for Points<T> {
    fn default() -> Self {
        Self::new()
    }
}

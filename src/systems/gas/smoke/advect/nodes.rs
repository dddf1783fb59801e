//! A grid of nodes, and values between them.

use crate::real::{FAR, Real, greater, lesser};

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

/// Where the rows of a plane lie: all one after the other, or some of them in a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows(i32);

impl Rows {
    /// One after the other.
    pub const ALL: Self = Self(-1);

    /// Row `y` is the (y mod n)th; n is a power of two. The first stands once more after the last, so that the row below
    /// each follows it.
    pub fn ring(n: usize) -> Self {
        debug_assert!(n.is_power_of_two(), "a ring of {n} rows");
        Self(n as i32 - 1)
    }

    /// Where a row lies.
    #[inline(always)]
    pub fn place(self, y: i32) -> i32 {
        y & self.0
    }
}

/// Row or column of a node: within the grid as it is, beyond it wrapped or that of the border.
#[inline(always)]
pub fn resolve(i: i32, n: usize, period: usize) -> usize {
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
    /// The values at the four nodes round a point.
    #[inline(always)]
    pub fn four<T: Real, const C: usize>(
        &self,
        Source { from, points, sides }: Source<T, C>,
        i: usize,
    ) -> Four<T, C> {
        // Below 0 becomes far beyond the end.
        let (column, row) = (points.x[i] as u32 as usize, points.y[i] as u32 as usize);
        let mut copied = [[T::ZERO; C]; 4];
        // Where the four lie, so that both cases read them alike and they stay in registers.
        let (near, w) = if points.inside || (column + 1 < self.w && row + 1 < self.h) {
            (&from[points.at[i] as usize..], self.w)
        } else {
            self.copy_at_border(from, [points.x[i], points.y[i]], sides, points.rows, &mut copied);
            (&copied[..], 2)
        };
        let near = &near[..w + 2];
        Four([near[0], near[1], near[w], near[w + 1]])
    }

    #[cold]
    #[inline(never)]
    fn copy_at_border<V: Copy>(
        &self,
        from: &[V],
        [x, y]: [i32; 2],
        sides: Pair,
        rows: Rows,
        into: &mut [V; 4],
    ) {
        let [left, right] = sides(x, self.w, self.period[0]);
        let [above, below] = match rows {
            Rows::ALL => sides(y, self.h, self.period[1]),
            // A ring goes on where a world repeats.
            _ => [y, y + 1].map(|y| {
                let y = if self.period[1] > 0 { y } else { y.clamp(0, self.h as i32 - 1) };
                rows.place(y) as usize
            }),
        }
        .map(|y| self.w * y);
        *into = [from[above + left], from[above + right], from[below + left], from[below + right]];
    }

    /// Fetches the values round the first `n` points, if they are few enough to be worked with by whole vectors then.
    #[inline(always)]
    pub fn fetch<T: Real, const C: usize>(
        &self,
        source: Source<T, C>,
        n: usize,
        into: &mut [Four<T, C>; BLOCK],
    ) {
        if C > FETCHED {
            return;
        }
        if !source.points.inside {
            (0..n.min(BLOCK)).for_each(|i| into[i] = self.four(source, i));
            return;
        }
        let w = self.w;
        for (four, &at) in into.iter_mut().zip(&source.points.at[..n.min(BLOCK)]) {
            let near = &source.from[at as usize..][..w + 2];
            *four = Four([near[0], near[1], near[w], near[w + 1]]);
        }
    }

    /// The values at the four nodes round a point, which may have been fetched.
    #[inline(always)]
    pub fn round<T: Real, const C: usize>(
        &self,
        source: Source<T, C>,
        fetched: &[Four<T, C>; BLOCK],
        i: usize,
    ) -> Four<T, C> {
        if C <= FETCHED { fetched[i] } else { self.four(source, i) }
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
    /// All 0.
    pub const ZERO: Self = Self([[T::ZERO; C]; 4]);

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

    /// The least and the greatest of them.
    #[inline(always)]
    pub fn limits(&self) -> [[T; C]; 2] {
        let Self([a, b, c, d]) = *self;
        let low = each(each(a, b, lesser), each(c, d, lesser), lesser);
        let high = each(each(a, b, greater), each(c, d, greater), greater);
        [low, high]
    }
}

/// A value, kept within limits.
#[inline(always)]
pub fn within<T: Real, const C: usize>(value: [T; C], [low, high]: [[T; C]; 2]) -> [T; C] {
    each(each(value, low, greater), high, lesser)
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
    pub inside: bool,
    /// Where the rows lie that they are fetched from.
    rows: Rows,
}

impl<T: Real> Points<T> {
    /// All at a node, in a plane whose rows lie so.
    #[inline(always)]
    pub fn new(rows: Rows) -> Self {
        let (none, zero) = ([0; BLOCK], [T::ZERO; BLOCK]);
        Self { x: none, y: none, tx: zero, ty: zero, at: none, inside: false, rows }
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
        for i in 0..BLOCK {
            let [dx, dy] = [dx[i], dy[i]].map(|d| countable(scale * d));
            let (left, top) = (dx.floor(), dy.floor());
            (self.x[i], self.y[i]) = (x as i32 + i as i32 + left.whole(), y as i32 + top.whole());
            (self.tx[i], self.ty[i]) = (dx - left, dy - top);
        }
        // Below 0 becomes far beyond the end; wrapping, for grids are smaller than an i32.
        let (w, columns, rows) = (nodes.w as i32, nodes.w as u32 - 1, nodes.h as u32 - 1);
        let mut outside = false;
        for i in 0..BLOCK {
            self.at[i] = self.rows.place(self.y[i]).wrapping_mul(w).wrapping_add(self.x[i]);
            let out = (self.x[i] as u32 >= columns) | (self.y[i] as u32 >= rows);
            outside |= out & (i < n);
        }
        self.inside = !outside;
    }
}

/// A displacement, limited to what can be counted.
#[inline(always)]
fn countable<T: Real>(d: T) -> T {
    lesser(greater(d, T::of(-FAR)), T::of(FAR))
}

/// How many rows up (negative) and down of a node the nodes lie that are round its place after such displacements, at most.
#[inline(always)]
pub fn reach<T: Real>(displacements: &[T]) -> [i32; 2] {
    let (mut low, mut high) = (T::ZERO, T::ZERO);
    for &d in displacements {
        low = lesser(low, countable(d));
        high = greater(high, countable(d));
    }
    [low.floor().whole(), high.floor().whole() + 1]
}

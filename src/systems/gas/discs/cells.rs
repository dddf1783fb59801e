//! Cell lists: who is near whom. A disc looks for others only in the cells around, and again when it crosses into the next.
//!
//! A cell is as wide as two discs that touch. Where a few are much larger than the others it would be crowded with small ones
//! then; so cells are made for the small discs, and the large ones are listed in blocks of cells instead. Small discs look for
//! each other in the cells around and for large ones in the blocks around; large ones look for small ones in all cells that
//! they may reach (Ogarko and Luding 2012, with two levels).

use super::arena::{Arena, Side};
use super::disc::{Disc, NOBODY};

/// A wall may be met in this cell.
pub const WALLS: u8 = 1;
/// An obstacle may be met in this cell.
pub const SOLIDS: u8 = 2;
/// Side of a cell where there is room, in square roots of the area for each disc: fewer to look at against fewer borders to
/// cross.
const ROOMY: f64 = 0.9;

/// The grid, and the first disc of each cell.
#[derive(Clone, Debug)]
pub struct Cells {
    /// Cells across and down.
    pub counts: [usize; 2],
    /// Width and height of a cell.
    pub size: [f64; 2],
    /// The largest radius that small discs may have, and any disc.
    pub limits: [f64; 2],
    wraps: [bool; 2],
    /// How many cells away small discs may touch a large one.
    range: i32,
    /// Cells along a block of large discs; none if there are no large ones.
    blocks: Option<[usize; 2]>,
    heads: Vec<u32>,
    block_heads: Vec<u32>,
    hard: Vec<u8>,
    large: Vec<bool>,
    of: Vec<[u16; 2]>,
}

impl Cells {
    /// A grid for discs of which each may become as large as `limits` says.
    pub fn new(arena: &Arena, discs: &mut [Disc], limits: &[f64]) -> Self {
        let largest = limits.iter().fold(0.0, |a: f64, &b| if b > a { b } else { a });
        let mut cells = match two_levels(arena, limits, largest) {
            Some(small) => Self::of_two(arena, discs.len(), small, largest),
            None => Self::of_one(arena, discs.len(), largest),
        };
        (0..discs.len()).for_each(|disc| cells.add(discs, disc, limits[disc]));
        cells
    }

    /// A grid for about so many discs of at most this radius, without any.
    pub fn of_one(arena: &Arena, discs: usize, largest: f64) -> Self {
        // No more than a few cells a disc where there is room.
        let side = (2.0 * largest * (1.0 + 1e-9)).max(roomy(arena, discs));
        let counts = arena.size.map(|size| ((size / side) as usize).clamp(1, u16::MAX as usize));
        Self::with(arena, discs, counts, [largest; 2], None)
    }

    /// The same for small and for large ones.
    fn of_two(arena: &Arena, discs: usize, small: f64, largest: f64) -> Self {
        let side = (2.0 * small * (1.0 + 1e-9)).max(roomy(arena, discs));
        let block = 2.0 * largest * (1.0 + 1e-9);
        let across = arena.size.map(|size| ((size / block) as usize).clamp(1, 4096));
        let along: [usize; 2] = std::array::from_fn(|k| {
            ((arena.size[k] / across[k] as f64 / side) as usize).clamp(1, u16::MAX as usize / across[k])
        });
        Self::with(arena, discs, [across[0] * along[0], across[1] * along[1]], [small, largest], Some(along))
    }

    fn with(
        arena: &Arena,
        discs: usize,
        counts: [usize; 2],
        limits: [f64; 2],
        blocks: Option<[usize; 2]>,
    ) -> Self {
        let size = [arena.size[0] / counts[0] as f64, arena.size[1] / counts[1] as f64];
        let (cells, of_blocks) =
            (counts[0] * counts[1], blocks.map_or(0, |b| counts[0] / b[0] * (counts[1] / b[1])));
        let reach = (limits[0] + limits[1]) * (1.0 + 1e-9);
        Self {
            counts,
            size,
            limits,
            wraps: arena.wraps,
            range: libm::ceil(reach / size[0].min(size[1])) as i32,
            blocks,
            heads: vec![NOBODY; cells],
            block_heads: vec![NOBODY; of_blocks],
            hard: vec![0; cells],
            large: Vec::with_capacity(discs),
            of: Vec::with_capacity(discs),
        }
    }

    /// Takes up the next disc, by number.
    pub fn add(&mut self, discs: &mut [Disc], disc: usize, limit: f64) {
        debug_assert_eq!(disc, self.of.len(), "one after the other");
        self.large.push(limit > self.limits[0]);
        self.of.push(self.at(discs[disc].place));
        self.enter(discs, disc);
    }

    /// The cell at a position.
    pub fn at(&self, place: [f64; 2]) -> [u16; 2] {
        let index = |k: usize| ((place[k] / self.size[k]) as usize).min(self.counts[k] - 1) as u16;
        [index(0), index(1)]
    }

    /// The cell of a disc, column and row.
    #[inline(always)]
    pub fn of(&self, disc: usize) -> [u16; 2] {
        self.of[disc]
    }

    /// What else may be met in the cell of a disc.
    #[inline(always)]
    pub fn hard(&self, disc: usize) -> u8 {
        self.hard[self.index(self.of[disc])]
    }

    #[inline(always)]
    fn index(&self, [column, row]: [u16; 2]) -> usize {
        row as usize * self.counts[0] + column as usize
    }

    /// Where a cell begins along an axis; it ends where the next one begins.
    #[inline(always)]
    pub fn bound(&self, axis: usize, index: u16) -> f64 {
        index as f64 * self.size[axis]
    }

    /// Whether the shortest way between discs that may meet is never one round the world.
    #[inline(always)]
    pub fn is_wide(&self) -> bool {
        let far = |k: usize| self.blocks.map_or(1, |b| b[k].max(self.range as usize));
        (0..2).all(|k| self.counts[k] > 2 * (far(k) + 1).max(2 * far(k)) || !self.wraps[k])
    }

    /// Whether a cell has a neighbour at this side.
    #[inline(always)]
    pub fn continues(&self, side: Side, index: u16) -> bool {
        let k = side.axis();
        let last = self.counts[k] as u16 - 1;
        self.wraps[k] | (index != if side.is_low() { 0 } else { last })
    }

    /// The cell with an index that may lie beyond the border, of `n` along an axis, with the offset of the image that it is.
    #[inline(always)]
    fn image(&self, axis: usize, index: i32, n: i32) -> Option<(usize, f64)> {
        let (low, high) = (index < 0, index >= n);
        match self.wraps[axis] {
            _ if !low & !high => Some((index as usize, 0.0)),
            true => {
                let length = self.size[axis] * self.counts[axis] as f64;
                Some((index.rem_euclid(n) as usize, index.div_euclid(n) as f64 * length))
            }
            false => None,
        }
    }

    /// The first discs of the cell of a disc and of those around it, if none of these lies beyond the border and there are no
    /// large discs.
    #[inline(always)]
    pub fn inner(&self, disc: usize) -> Option<[&[u32; 3]; 3]> {
        let ([column, row], [across, down]) = (self.of[disc], self.counts);
        let (column, row) = (column as usize, row as usize);
        if column == 0 || column + 1 >= across || row == 0 || row + 1 >= down || self.blocks.is_some() {
            return None;
        }
        let from = (row - 1) * across + column - 1;
        let three = |from: usize| self.heads[from..].first_chunk::<3>();
        Some([three(from)?, three(from + across)?, three(from + 2 * across)?])
    }

    /// How many cells away a disc looks for small ones.
    #[inline(always)]
    fn sight(&self, large: bool) -> i32 {
        if large { self.range } else { 1 }
    }

    /// Calls `f` with the first disc of every list in which others may be that a disc can meet, and the offset of the image
    /// that is there.
    #[inline]
    pub fn around(&self, disc: usize, mut f: impl FnMut(u32, [f64; 2])) {
        let (cell, sight) = (self.of[disc], self.sight(self.large[disc]));
        self.smalls(cell, [-sight, sight], [-sight, sight], &mut f);
        self.larges(cell, &mut f);
    }

    /// The same for the lists that came in sight when it crossed a side of its cell.
    #[inline]
    pub fn beyond(&self, disc: usize, side: Side, mut f: impl FnMut(u32, [f64; 2])) {
        let (cell, sight) = (self.of[disc], self.sight(self.large[disc]));
        let (ahead, across) = ([if side.is_low() { -sight } else { sight }; 2], [-sight, sight]);
        match side.axis() {
            0 => self.smalls(cell, ahead, across, &mut f),
            _ => self.smalls(cell, across, ahead, &mut f),
        }
        self.larges(cell, &mut f);
    }

    /// Cells from one offset to another, across and down.
    #[inline(always)]
    fn smalls(&self, cell: [u16; 2], across: [i32; 2], down: [i32; 2], f: &mut impl FnMut(u32, [f64; 2])) {
        let [n, m] = self.counts.map(|n| n as i32);
        for j in down[0]..=down[1] {
            let Some((row, shift_y)) = self.image(1, cell[1] as i32 + j, m) else { continue };
            for i in across[0]..=across[1] {
                if let Some((column, shift_x)) = self.image(0, cell[0] as i32 + i, n) {
                    f(self.heads[row * self.counts[0] + column], [shift_x, shift_y]);
                }
            }
        }
    }

    /// The blocks around a cell.
    #[inline(always)]
    fn larges(&self, cell: [u16; 2], f: &mut impl FnMut(u32, [f64; 2])) {
        let Some(along) = self.blocks else { return };
        let [n, m] = [self.counts[0] / along[0], self.counts[1] / along[1]];
        for j in -1..=1 {
            let at = cell[1] as i32 / along[1] as i32 + j;
            let Some((row, shift_y)) = self.image(1, at, m as i32) else { continue };
            for i in -1..=1 {
                let at = cell[0] as i32 / along[0] as i32 + i;
                if let Some((column, shift_x)) = self.image(0, at, n as i32) {
                    f(self.block_heads[row * n + column], [shift_x, shift_y]);
                }
            }
        }
    }

    /// Calls `f` with every disc that one with this limit of its radius could touch at a position, and the offset of the image
    /// that is there.
    pub fn near(&self, discs: &[Disc], place: [f64; 2], limit: f64, mut f: impl FnMut(usize, [f64; 2])) {
        let (cell, sight) = (self.at(place), self.sight(limit > self.limits[0]));
        let mut each = |head: u32, shift: [f64; 2]| {
            let mut at = head;
            while at != NOBODY {
                f(at as usize, shift);
                at = discs[at as usize].next;
            }
        };
        self.smalls(cell, [-sight, sight], [-sight, sight], &mut each);
        self.larges(cell, &mut each);
    }

    /// Whether a disc would overlap none of the others there.
    pub fn is_free(&self, discs: &[Disc], place: [f64; 2], radius: f64, but: Option<usize>) -> bool {
        let mut free = true;
        self.near(discs, place, radius, |other, shift| {
            let d = &discs[other];
            let r = [place[0] - d.place[0] - shift[0], place[1] - d.place[1] - shift[1]];
            let reach = radius + d.radius;
            free &= Some(other) == but || r[0] * r[0] + r[1] * r[1] >= reach * reach;
        });
        free
    }

    /// Moves a disc across a side of its cell; what is to be added to its position where it comes in at the other end.
    #[inline]
    pub fn cross(&mut self, discs: &mut [Disc], disc: usize, side: Side) -> f64 {
        let k = side.axis();
        let next = self.of[disc][k] as i32 + if side.is_low() { -1 } else { 1 };
        let Some((index, shift)) = self.image(k, next, self.counts[k] as i32) else { return 0.0 };
        self.leave(discs, disc);
        self.of[disc][k] = index as u16;
        self.enter(discs, disc);
        -shift
    }

    /// Moves a disc to the cell at its position.
    pub fn put(&mut self, discs: &mut [Disc], disc: usize) {
        self.leave(discs, disc);
        self.of[disc] = self.at(discs[disc].place);
        self.enter(discs, disc);
    }

    /// The list of a disc: of its cell, or of its block if it is large.
    #[inline(always)]
    fn list(&mut self, disc: usize) -> &mut u32 {
        let [column, row] = self.of[disc].map(usize::from);
        match self.blocks {
            Some([across, down]) if self.large[disc] => {
                &mut self.block_heads[row / down * (self.counts[0] / across) + column / across]
            }
            _ => &mut self.heads[row * self.counts[0] + column],
        }
    }

    #[inline(always)]
    fn enter(&mut self, discs: &mut [Disc], disc: usize) {
        let head = self.list(disc);
        discs[disc].next = *head;
        *head = disc as u32;
    }

    #[inline(always)]
    fn leave(&mut self, discs: &mut [Disc], disc: usize) {
        let (own, next, head) = (disc as u32, discs[disc].next, self.list(disc));
        if *head == own {
            *head = next;
            return;
        }
        let mut at = *head;
        while at != NOBODY {
            let before = &mut discs[at as usize];
            if before.next == own {
                before.next = next;
                return;
            }
            at = before.next;
        }
    }

    /// Marks the cells in which something hard may be met: `reaches` is told where each cell begins and ends.
    pub fn mark(&mut self, what: u8, reaches: impl Fn([f64; 2], [f64; 2]) -> bool) {
        for row in 0..self.counts[1] {
            for column in 0..self.counts[0] {
                let low = [column as f64 * self.size[0], row as f64 * self.size[1]];
                let high = [low[0] + self.size[0], low[1] + self.size[1]];
                let hard = &mut self.hard[row * self.counts[0] + column];
                *hard = *hard & !what | if reaches(low, high) { what } else { 0 };
            }
        }
    }
}

/// Side of cells that hold about one disc.
fn roomy(arena: &Arena, discs: usize) -> f64 {
    ROOMY * (arena.area() / (discs as f64 + 1.0)).sqrt()
}

/// The radius up to which discs are small, if it pays to tell small from large: by how many discs each search looks at.
fn two_levels(arena: &Arena, limits: &[f64], largest: f64) -> Option<f64> {
    let smallest = limits.iter().fold(largest, |a: f64, &b| if b < a { b } else { a });
    let middle = (smallest * largest).sqrt();
    let small = limits.iter().filter(|r| **r <= middle).fold(0.0, |a: f64, &b| if b > a { b } else { a });
    if small <= 0.0 || largest < 1.3 * small {
        return None;
    }
    let count = limits.iter().filter(|r| **r <= small).count();
    let (all, area) = (limits.len() as f64, arena.area());
    let (few, many) = (all - count as f64, count as f64);
    let side = (2.0 * small).max(roomy(arena, limits.len()));
    let (cell, block) = (side * side, 4.0 * largest * largest);
    // Large ones are hit more often, in proportion to their size.
    let hits = few * largest / small;
    let one = (many + hits) * 9.0 * block.max(area / all) * all / area;
    let reach = 2.0 * libm::ceil((largest + small) / side) + 1.0;
    let two = many * (9.0 * cell * many / area + 9.0 * block * few / area + 9.0)
        + hits * reach * reach * (1.0 + cell * many / area);
    (two < one).then_some(small)
}

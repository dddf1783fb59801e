//! Bit layout of the cells.
//!
//! A row of `width` cells takes `stride` words of 512 bits. Column x is lane x / stride of word x mod stride: the
//! columns are interleaved so that a cell's horizontal neighbours are in the *same lane* of the words before and after
//! it. A generation then needs no shifts inside words, except across the two ends of a row. Columns from `width` up to
//! 512·stride are padding and may hold anything.

use rayon::prelude::*;

/// Cells per word.
pub const LANES: usize = 512;
/// `u64`s per word.
pub const PARTS: usize = LANES / 64;

/// 512 cells, one per lane; as wide and as aligned as a cache line and an AVX-512 register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Word(pub [u64; PARTS]);

impl Word {
    /// No cell alive.
    pub const ZERO: Self = Self([0; PARTS]);
}

// SAFETY: eight u64 and no padding; every bit pattern is a value.
unsafe impl bytemuck::Zeroable for Word {}
// SAFETY: as above.
unsafe impl bytemuck::Pod for Word {}

/// Size of a world and of its rows in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    /// Words per row.
    pub stride: usize,
    /// Place of the last column, and of the padding column after it if there is padding.
    ends: (BitIndex, Option<BitIndex>),
}

/// Index of a `u64` in a row, and a bit in it.
pub type BitIndex = (usize, u32);

impl Layout {
    /// The layout of a world; sizes of zero are raised to one.
    pub fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let stride = width.div_ceil(LANES);
        let place = |x: usize| (x % stride * PARTS + x / stride / 64, (x / stride % 64) as u32);
        let beyond = (width < LANES * stride).then(|| place(width));
        Self { width, height, stride, ends: (place(width - 1), beyond) }
    }

    /// Place of the last column, and of the padding column after it if there is padding.
    #[inline(always)]
    pub fn ends(&self) -> (BitIndex, Option<BitIndex>) {
        self.ends
    }

    /// Column x of a row: index of its `u64`, and the bit in it.
    #[inline(always)]
    pub fn place(&self, x: usize) -> BitIndex {
        let (lane, word) = (x / self.stride, x % self.stride);
        (word * PARTS + lane / 64, (lane % 64) as u32)
    }

    /// One row of ones where there are cells and zeros where there is padding.
    pub fn mask(&self) -> Vec<Word> {
        let mut row = vec![Word::ZERO; self.stride];
        let bits = bytemuck::cast_slice_mut::<Word, u64>(&mut row);
        for x in 0..self.width {
            let (i, bit) = self.place(x);
            bits[i] |= 1 << bit;
        }
        row
    }

    /// Calls `f(x, index, bit)` for every column, from the left.
    #[inline(always)]
    pub fn each_column(&self, mut f: impl FnMut(usize, usize, u32)) {
        let mut x = 0;
        for lane in 0..self.width.div_ceil(self.stride) {
            for word in 0..self.stride.min(self.width - x) {
                f(x, word * PARTS + lane / 64, (lane % 64) as u32);
                x += 1;
            }
        }
    }
}

/// One bit per cell.
#[derive(Clone, Debug)]
pub struct Grid {
    layout: Layout,
    words: Vec<Word>,
}

impl Grid {
    /// All cells dead.
    pub fn new(layout: Layout) -> Self {
        Self { layout, words: vec![Word::ZERO; layout.stride * layout.height] }
    }

    /// From a function of (x, y), called once per cell, rows in parallel.
    pub fn from_fn(layout: Layout, alive: impl Fn(usize, usize) -> bool + Sync) -> Self {
        let mut grid = Self::new(layout);
        grid.each_row(|y, row| layout.each_column(|x, i, bit| row[i] |= (alive(x, y) as u64) << bit));
        grid
    }

    /// Size and strides.
    pub fn layout(&self) -> Layout {
        self.layout
    }
    /// All words, row after row.
    pub fn words(&self) -> &[Word] {
        &self.words
    }
    /// All words, to change.
    pub fn words_mut(&mut self) -> &mut [Word] {
        &mut self.words
    }
    /// One row.
    #[inline(always)]
    pub fn row(&self, y: usize) -> &[u64] {
        let s = self.layout.stride;
        bytemuck::cast_slice(&self.words[y * s..(y + 1) * s])
    }

    /// Changes rows in parallel: `f(y, row)`.
    pub fn each_row(&mut self, f: impl Fn(usize, &mut [u64]) + Sync) {
        let s = self.layout.stride;
        let rows = (64 / s).max(1);
        self.words
            .par_chunks_mut(s)
            .with_min_len(rows)
            .enumerate()
            .for_each(|(y, row)| f(y, bytemuck::cast_slice_mut(row)));
    }

    /// Whether a cell is alive.
    #[inline(always)]
    pub fn get(&self, x: usize, y: usize) -> bool {
        let (i, bit) = self.layout.place(x);
        self.words[y * self.layout.stride + i / PARTS].0[i % PARTS] >> bit & 1 == 1
    }

    /// Makes a cell live or die.
    pub fn set(&mut self, x: usize, y: usize, alive: bool) {
        let (i, bit) = self.layout.place(x);
        let part = &mut self.words[y * self.layout.stride + i / PARTS].0[i % PARTS];
        *part = *part & !(1 << bit) | (alive as u64) << bit;
    }

    /// Number of live cells.
    pub fn population(&self) -> u64 {
        let mask = self.layout.mask();
        let mask: &[u64] = bytemuck::cast_slice(&mask);
        (0..self.layout.height)
            .into_par_iter()
            .map(|y| self.row(y).iter().zip(mask).map(|(w, m)| (w & m).count_ones() as u64).sum::<u64>())
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_column_has_its_own_bit(width in 1usize..3000) {
            let layout = Layout::new(width, 1);
            let mut seen = std::collections::BTreeSet::new();
            let mut next = 0;
            layout.each_column(|x, i, bit| {
                assert_eq!((x, (i, bit)), (next, layout.place(x)));
                assert!(seen.insert((i, bit)) && i < layout.stride * PARTS);
                next += 1;
            });
            prop_assert_eq!(next, width);
            let mask = layout.mask();
            let ones: u32 = mask.iter().flat_map(|w| w.0).map(u64::count_ones).sum();
            prop_assert_eq!(ones as usize, width);
        }

        #[test]
        fn what_is_set_is_got(w in 1usize..1500, h in 1usize..5, x in 0usize..1500, y in 0usize..5) {
            let (x, y) = (x % w, y % h);
            let mut grid = Grid::new(Layout::new(w, h));
            grid.set(x, y, true);
            prop_assert!(grid.get(x, y));
            prop_assert_eq!(grid.population(), 1);
            let same = Grid::from_fn(grid.layout(), |a, b| (a, b) == (x, y));
            prop_assert_eq!(same.words(), grid.words());
            grid.set(x, y, false);
            prop_assert_eq!(grid.population(), 0);
        }
    }
}

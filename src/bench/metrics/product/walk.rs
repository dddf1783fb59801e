//! Walking a product of two factors tile by tile.

use std::ops::Range;

use rayon::prelude::*;

use super::kernel::{Factors, Number};
use super::pack::{Packed, Source};

/// Rows of a tile.
pub(crate) const ROWS: usize = 128;
/// Columns of a tile; [`ROWS`] is a multiple of it, and it is one of every strip.
pub(crate) const COLUMNS: usize = 64;
/// Bytes of the right factor that are packed at a time.
const PACKED: usize = 64 << 20;
/// Most rows of the right factor that are packed at a time.
const WIDE: usize = 4096;

/// Which pairs of rows are walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pairs {
    /// All.
    All,
    /// Of a factor with itself: tiles that contain a pair (i, j) with j < i.
    Below,
}

/// A tile of the product.
pub(crate) struct Tile<'a, T> {
    /// First row of each factor.
    pub first: [usize; 2],
    /// How many rows of each.
    pub size: [usize; 2],
    values: &'a [T],
}

impl<T> Tile<'_, T> {
    /// Products of a row of the left factor with the rows of the right, followed by numbers without meaning up to
    /// [`COLUMNS`].
    #[inline(always)]
    pub fn row(&self, i: usize) -> &[T] {
        &self.values[i * COLUMNS..][..COLUMNS]
    }

    /// How many numbers of a row belong to pairs that are walked.
    #[inline(always)]
    pub fn counted(&self, i: usize, pairs: Pairs) -> usize {
        match pairs {
            Pairs::All => self.size[1],
            Pairs::Below => (self.first[0] + i).saturating_sub(self.first[1]).min(self.size[1]),
        }
    }
}

/// Number of blocks of rows: one state each.
pub(crate) fn blocks(rows: usize) -> usize {
    rows.div_ceil(ROWS)
}

/// Rows of the right factor that are packed at a time: whole blocks.
fn wide<T>(depth: usize) -> usize {
    let fit = PACKED / (depth.max(1) * size_of::<T>());
    fit.clamp(ROWS, WIDE) / ROWS * ROWS
}

/// Bytes that a walk takes at most, beyond its factors and states.
pub(crate) fn bytes<T>([left, right]: [usize; 2], depth: usize, threads: usize) -> u64 {
    let (wide, rows) = (wide::<T>(depth).min(right.next_multiple_of(COLUMNS)), ROWS.min(left.max(1)));
    let numbers = (wide + threads * rows) as u64 * depth as u64 + (threads * ROWS * COLUMNS) as u64;
    numbers * size_of::<T>() as u64
}

/// Calls `visit` with the tiles of left · rightᵀ, and with the state of the block of rows that a tile belongs to. Blocks
/// are walked in parallel; the tiles of each come in ascending order of columns.
pub(crate) fn walk<T: Number, S: Send>(
    left: &impl Source<T>,
    right: &impl Source<T>,
    pairs: Pairs,
    states: &mut [S],
    visit: impl Fn(&mut S, &Tile<'_, T>) + Sync,
) {
    assert!(left.depth() == right.depth() && states.len() == blocks(left.rows()));
    let wide = wide::<T>(right.depth());
    for from in (0..right.rows()).step_by(wide) {
        let columns = from..right.rows().min(from + wide);
        let packed = Packed::in_parallel(right, columns.clone());
        states.par_iter_mut().enumerate().with_max_len(1).for_each(|(block, state)| {
            let rows = block * ROWS..left.rows().min((block + 1) * ROWS);
            let end = if pairs == Pairs::Below { columns.end.min(rows.end) } else { columns.end };
            if end > columns.start {
                let own = Packed::of(left, rows.clone());
                tiles(&own, rows, &packed, columns.start..end, |tile| visit(state, tile));
            }
        });
    }
}

/// The tiles of a block of rows. `columns` are the first of the packed ones.
fn tiles<T: Number>(
    left: &Packed<T>,
    rows: Range<usize>,
    right: &Packed<T>,
    columns: Range<usize>,
    mut visit: impl FnMut(&Tile<'_, T>),
) {
    let mut values = vec![T::default(); rows.len().next_multiple_of(T::STRIP) * COLUMNS];
    let high = rows.len().div_ceil(T::STRIP);
    for from in columns.clone().step_by(COLUMNS) {
        let size = COLUMNS.min(columns.end - from);
        let first = (from - columns.start) / T::STRIP;
        // A last tile of fewer strips is narrower while it is summed.
        let strips = first..first + size.div_ceil(T::STRIP);
        let width = strips.len() * T::STRIP;
        let sums = &mut values[..high * T::STRIP * width];
        sums.fill(T::default());
        for depth in left.depths() {
            let (left, right) = (left.strips(0..high, &depth), right.strips(strips.clone(), &depth));
            T::add_products(Factors { left, right, depth: depth.len() }, sums);
        }
        if width < COLUMNS {
            widen(&mut values, width);
        }
        visit(&Tile { first: [rows.start, from], size: [rows.len(), size], values: &values });
    }
}

/// Moves rows of `width` numbers apart to [`COLUMNS`].
fn widen<T: Copy>(values: &mut [T], width: usize) {
    for row in (1..values.len() / COLUMNS).rev() {
        values.copy_within(row * width..(row + 1) * width, row * COLUMNS);
    }
}

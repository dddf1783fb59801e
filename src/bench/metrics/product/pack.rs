//! Packing of factors into strips.

use std::ops::Range;

use rayon::prelude::*;

use super::kernel::Number;
use crate::metrics::Samples;

/// Depth of a block: two strips of it fit the first cache.
pub(super) const DEPTH: usize = 256;

/// Longest chain of roundings in a product of this depth: within a block, then over blocks, and one for the product.
pub(crate) fn chain(depth: usize) -> usize {
    depth.min(DEPTH) + depth.div_ceil(DEPTH) + 1
}

/// A factor of a product: rows of numbers, from which strips are filled.
pub(crate) trait Source<T>: Sync {
    /// Number of rows.
    fn rows(&self) -> usize;
    /// Numbers of a row.
    fn depth(&self) -> usize;
    /// Fills a strip with the transposed rows from `first` on, over a stretch of depth; rows beyond the last are zero.
    fn fill(&self, first: usize, depth: Range<usize>, strip: &mut [T]);
}

/// Samples as rows: (x − centre) · scale.
pub(crate) struct Rows<'a> {
    /// The samples.
    pub samples: Samples<'a>,
    /// What is subtracted from each; nothing if empty.
    pub centre: &'a [f64],
    /// What the difference is multiplied by.
    pub scale: f64,
}

impl<'a> Rows<'a> {
    /// The samples as they are.
    pub fn plain(samples: Samples<'a>) -> Self {
        Self { samples, centre: &[], scale: 1.0 }
    }

    /// The samples less a centre.
    pub fn centred(samples: Samples<'a>, centre: &'a [f64]) -> Self {
        Self { samples, centre, scale: 1.0 }
    }
}

impl<T: Number> Source<T> for Rows<'_> {
    fn rows(&self) -> usize {
        self.samples.rows()
    }

    fn depth(&self) -> usize {
        self.samples.columns()
    }

    fn fill(&self, first: usize, depth: Range<usize>, strip: &mut [T]) {
        for lane in 0..T::STRIP {
            let places = strip.iter_mut().skip(lane).step_by(T::STRIP);
            if first + lane >= self.samples.rows() {
                places.for_each(|p| *p = T::default());
                continue;
            }
            let row = &self.samples.row(first + lane)[depth.clone()];
            match self.centre.get(depth.clone()) {
                Some(centre) => {
                    let values = row.iter().zip(centre).map(|(x, c)| (x - c) * self.scale);
                    places.zip(values).for_each(|(p, v)| *p = T::of(v));
                }
                None => places.zip(row).for_each(|(p, x)| *p = T::of(x * self.scale)),
            }
        }
    }
}

/// Features as rows, over a stretch of the samples: x − centre.
pub(crate) struct Columns<'a> {
    /// The samples.
    pub samples: Samples<'a>,
    /// Which of them.
    pub stretch: Range<usize>,
    /// What is subtracted, one number a feature.
    pub centre: &'a [f64],
}

impl<T: Number> Source<T> for Columns<'_> {
    fn rows(&self) -> usize {
        self.samples.columns()
    }

    fn depth(&self) -> usize {
        self.stretch.len()
    }

    fn fill(&self, first: usize, depth: Range<usize>, strip: &mut [T]) {
        let features = first..self.samples.columns().min(first + T::STRIP);
        for (places, sample) in strip.chunks_exact_mut(T::STRIP).zip(depth) {
            let row = &self.samples.row(self.stretch.start + sample)[features.clone()];
            places.fill(T::default());
            let values = row.iter().zip(&self.centre[features.clone()]).map(|(x, c)| x - c);
            places.iter_mut().zip(values).for_each(|(p, v)| *p = T::of(v));
        }
    }
}

/// Rows of a factor in strips: for each block of depth all strips, one after the other.
pub(super) struct Packed<T> {
    strips: usize,
    depth: usize,
    values: Vec<T>,
}

impl<T: Number> Packed<T> {
    /// Packs a range of rows.
    pub fn of(source: &impl Source<T>, rows: Range<usize>) -> Self {
        let mut packed = Self::empty(source, rows.len());
        packed.each(|strips, size, depth| {
            strips
                .chunks_exact_mut(size)
                .enumerate()
                .for_each(|(s, strip)| source.fill(rows.start + s * T::STRIP, depth.clone(), strip));
        });
        packed
    }

    /// The same on all threads.
    pub fn in_parallel(source: &impl Source<T>, rows: Range<usize>) -> Self {
        let mut packed = Self::empty(source, rows.len());
        packed.each(|strips, size, depth| {
            strips
                .par_chunks_exact_mut(size)
                .enumerate()
                .for_each(|(s, strip)| source.fill(rows.start + s * T::STRIP, depth.clone(), strip));
        });
        packed
    }

    fn empty(source: &impl Source<T>, rows: usize) -> Self {
        let (strips, depth) = (rows.div_ceil(T::STRIP), source.depth());
        Self { strips, depth, values: vec![T::default(); strips * T::STRIP * depth] }
    }

    /// Calls `fill` with all strips of a block of depth, the size of one, and the block.
    fn each(&mut self, fill: impl Fn(&mut [T], usize, Range<usize>)) {
        let mut rest = &mut self.values[..];
        for from in (0..self.depth).step_by(DEPTH) {
            let block = from..self.depth.min(from + DEPTH);
            let size = block.len() * T::STRIP;
            let (strips, others) = rest.split_at_mut(self.strips * size);
            fill(strips, size, block);
            rest = others;
        }
    }

    /// Blocks of depth: the first, and how deep it is.
    pub fn depths(&self) -> impl Iterator<Item = Range<usize>> + use<T> {
        let depth = self.depth;
        (0..depth).step_by(DEPTH).map(move |from| from..depth.min(from + DEPTH))
    }

    /// Some strips over a block of depth.
    pub fn strips(&self, strips: Range<usize>, block: &Range<usize>) -> &[T] {
        let from = block.start * self.strips * T::STRIP;
        let size = block.len() * T::STRIP;
        &self.values[from + strips.start * size..from + strips.end * size]
    }
}

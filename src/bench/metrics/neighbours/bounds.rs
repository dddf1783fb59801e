//! Squared distances bounded from both sides by a product in single precision, |x − y|² = |x|² + |y|² − 2 x·y.
//!
//! The bounds only sort out pairs: wherever they leave a comparison open, the distance is computed from the differences
//! of the coordinates in double precision. So every answer is that of comparing all pairs directly, ties included, on
//! every machine; and the sums in single precision cost half of those in double precision.
//!
//! With u = 2⁻²⁴, samples rounded to single precision and a chain of c roundings, the product is off by at most
//! (c + 3)u·|x||y| ≤ (c + 3)u·(|x|² + |y|²)/2 (Higham 2002, section 3.1). Samples are shifted to the mean of the first
//! set, which makes the norms small, and scaled by a power of two to at most 1, so that nothing overflows.

use world::widest;

use crate::metrics::Samples;
use crate::metrics::linear::square_distance;
use crate::metrics::product::{COLUMNS, Pairs, ROWS, Rows, Tile, chain};

/// Unit roundoff of f32.
const U: f64 = f32::EPSILON as f64 / 2.0;
/// Binary exponents of the largest coordinate for which squares stay within range; beyond, nothing is sorted out.
const EXPONENTS: std::ops::RangeInclusive<i32> = -400..=400;
/// More than an underflow in single precision can do to one term.
const UNDERFLOW: f64 = f32::MIN_POSITIVE as f64 / 16_384.0;
/// The threshold that no product passes.
pub(super) const NEVER: f32 = f32::MAX;

/// How samples are shifted and scaled, and how far their products can be off.
pub(super) struct Frame {
    /// Subtracted from every sample; empty if nothing can be sorted out.
    centre: Vec<f64>,
    /// What differences are multiplied by, a power of two; 0 if nothing can be sorted out.
    scale: f64,
    /// Error relative to the sum of the squared norms.
    relative: f64,
    /// Error from underflow.
    absolute: f64,
}

impl Frame {
    /// Around the mean of the first set.
    pub fn of(sets: &[Samples]) -> Self {
        let centre = sets.first().map_or(Vec::new(), |s| s.mean());
        let depth = centre.len();
        let most = |s: &Samples| {
            let of = |i: usize| s.row(i).iter().zip(&centre).fold(0f64, |m, (x, c)| m.max((x - c).abs()));
            (0..s.rows()).map(of).fold(0.0, f64::max)
        };
        let most = sets.iter().map(most).fold(0.0, f64::max);
        let exponent = libm::frexp(most).1;
        let relative = 1.05 * (chain(depth) + 8) as f64 * U + (depth + 16) as f64 * f64::EPSILON;
        let absolute = depth as f64 * UNDERFLOW;
        match most.is_finite() && (most == 0.0 || EXPONENTS.contains(&exponent)) {
            true => Self { centre, scale: libm::ldexp(1.0, -exponent), relative, absolute },
            false => Self { centre: Vec::new(), scale: 0.0, relative, absolute },
        }
    }

    /// A squared distance as products have it. One that is not zero does not become zero.
    pub fn scaled(&self, square: f64) -> f64 {
        let least = if square > 0.0 { f64::MIN_POSITIVE } else { 0.0 };
        (square * self.scale * self.scale).max(least)
    }

    /// A sample whose squared norm is at least `low` has no squared distance (scaled) below `reach` from another unless
    /// their product is more than this and the other's [`Cloud::share`] together.
    pub fn threshold(low: f64, reach: f64) -> f32 {
        match reach > 0.0 {
            true => ((low - reach) / 2.0 - 8.0 * U * (low.abs() + reach)) as f32,
            false => NEVER,
        }
    }
}

/// Samples in a frame.
pub(super) struct Cloud<'a> {
    /// The samples.
    pub samples: Samples<'a>,
    frame: &'a Frame,
    /// Lower and upper bound of each squared norm, with its share of the error of a product.
    pub low: Vec<f64>,
    high: Vec<f64>,
    /// Half of the lower bound, for comparisons in single precision.
    pub share: Vec<f32>,
}

impl<'a> Cloud<'a> {
    /// The samples of a set.
    pub fn of(samples: Samples<'a>, frame: &'a Frame) -> Self {
        let bounds = |i: usize| match frame.centre.is_empty() {
            true => (f64::NEG_INFINITY, f64::INFINITY),
            false => {
                let norm = frame.scaled(square_distance(samples.row(i), &frame.centre));
                let error = norm * frame.relative + frame.absolute;
                (norm - error, norm + error)
            }
        };
        let (low, high): (Vec<f64>, Vec<f64>) = (0..samples.rows()).map(bounds).unzip();
        let share = low.iter().map(|l| (l / 2.0 - 8.0 * U * l.abs()) as f32).collect();
        Self { samples, frame, low, high, share }
    }

    /// The factor of products.
    pub fn rows(&self) -> Rows<'_> {
        Rows { samples: self.samples, centre: &self.frame.centre, scale: self.frame.scale }
    }

    /// The threshold of each sample for another nearer than its radius (all squared).
    pub fn thresholds(&self, radii: &[f64]) -> Vec<f32> {
        let one = |(low, r): (&f64, &f64)| Frame::threshold(*low, self.frame.scaled(*r));
        self.low.iter().zip(radii).map(one).collect()
    }

    /// Bounds of the squared distance (scaled) of a sample and one of another set, from their product.
    pub fn distance(&self, i: usize, other: &Self, j: usize, product: f32) -> (f64, f64) {
        let product = 2.0 * f64::from(product);
        (self.low[i] + other.low[j] - product, self.high[i] + other.high[j] - product)
    }
}

/// Thresholds and shares of the samples along one side of a tile.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// Each sample's own threshold.
    pub thresholds: &'a [f32],
    /// Each sample's share.
    pub shares: &'a [f32],
}

impl Side<'_> {
    /// The side from a sample on, up to the width of a tile; beyond the last sample nothing passes.
    pub fn padded(&self, from: usize) -> [[f32; COLUMNS]; 2] {
        let mut both = [[NEVER; COLUMNS], [0.0; COLUMNS]];
        let [thresholds, shares] = &mut both;
        thresholds.iter_mut().zip(&self.thresholds[from..]).for_each(|(t, v)| *t = *v);
        shares.iter_mut().zip(&self.shares[from..]).for_each(|(s, v)| *s = *v);
        both
    }
}

/// Whether a product passes the threshold of either sample. [`NEVER`] passes only where a share is −∞.
#[inline(always)]
pub(super) fn passes(product: f32, [threshold, share]: [f32; 2], [other, its]: [f32; 2]) -> bool {
    let (a, b) = (threshold + its, other + share);
    product > if a < b { a } else { b }
}

widest! {
    /// The pairs of a tile whose products pass: for each row the columns as bits. `columns` are padded to the width of a
    /// tile.
    pub(super) fn passing(
        tile: &Tile<'_, f32>,
        pairs: Pairs,
        rows: Side<'_>,
        columns: &[[f32; COLUMNS]; 2],
        found: &mut Found,
    ) {
        found.fill(0);
        let [thresholds, shares] = columns;
        for (i, bits) in found.iter_mut().enumerate().take(tile.size[0]) {
            let own = [rows.thresholds[i], rows.shares[i]];
            let row = tile.row(i);
            let others = || row.iter().zip(thresholds.iter().zip(shares));
            let one = |(p, (t, s)): (&f32, (&f32, &f32))| passes(*p, own, [*t, *s]);
            // Most rows have none, which the first look finds out with vectors.
            if others().fold(0, |any, other| any | u32::from(one(other))) > 0 {
                for (j, other) in others().enumerate().take(tile.counted(i, pairs)) {
                    *bits |= u64::from(one(other)) << j;
                }
            }
        }
    }
}

/// Which pairs of a tile passed: for each row one bit a column.
pub(super) type Found = [u64; ROWS];

/// A tile has at most as many columns as there are bits.
const _: () = assert!(COLUMNS == u64::BITS as usize);

/// The pairs (row, column) that passed, row by row.
pub(super) fn pairs(found: &Found) -> impl Iterator<Item = (usize, usize)> {
    let row = |(i, bits): (usize, &u64)| {
        let mut left = *bits;
        std::iter::from_fn(move || {
            let j = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some((i, j))
        })
    };
    found.iter().enumerate().flat_map(row)
}

//! Which samples lie within whose neighbourhood.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::bounds::{Cloud, Frame, Side, pairs, passing};
use super::halves::{Bits, Containing, Counter, Halves, NONE, add, and};
use super::lists::{Near, Neighbours};
use crate::metrics::Samples;
use crate::metrics::interval::DRAWS;
use crate::metrics::linear::widest_square_distance;
use crate::metrics::product::{COLUMNS, Pairs, ROWS, Tile, blocks, walk};

/// Fidelity and diversity sample by sample; the metrics are the means.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourStats {
    /// For each candidate: 1 if it lies within the manifold of the reference.
    pub precision: Vec<f64>,
    /// For each reference sample: 1 if it lies within the manifold of the candidates.
    pub recall: Vec<f64>,
    /// For each candidate: the number of reference neighbourhoods that contain it, divided by k.
    pub density: Vec<f64>,
    /// For each reference sample: 1 if its neighbourhood contains a candidate.
    pub coverage: Vec<f64>,
}

/// A set with its neighbours.
#[derive(Clone, Copy)]
pub(crate) struct Listed<'a> {
    /// Its samples.
    pub samples: Samples<'a>,
    /// At least k neighbours of each.
    pub neighbours: &'a Neighbours,
}

/// One of the two sets, as it is looked at.
struct Set<'a> {
    cloud: Cloud<'a>,
    lists: &'a [Vec<Near>],
    thresholds: Vec<f32>,
    containing: Option<Containing>,
}

impl Set<'_> {
    fn side(&self, from: usize) -> Side<'_> {
        Side { thresholds: &self.thresholds[from..], shares: &self.cloud.share[from..] }
    }
}

/// What was found of a sample as one of a block of the reference.
#[derive(Clone, Copy, Default)]
struct Row {
    recalled: bool,
    covered: bool,
    /// The same in each half-sample.
    halves: [Bits; 2],
}

/// What was found of a block of reference samples.
#[derive(Clone, Default)]
struct Block {
    rows: Vec<Row>,
    /// Pairs of a neighbourhood and a candidate within it, in each half-sample.
    density: Counter,
}

/// What is looked at, and what was found of the candidates.
struct Look<'a> {
    frame: &'a Frame,
    sets: [Set<'a>; 2],
    halves: Option<&'a Halves>,
    k: usize,
    /// Neighbourhoods of the reference that contain each candidate.
    neighbourhoods: Vec<AtomicU32>,
    /// Half-samples in which there is one.
    precise: Vec<[AtomicU64; NONE.len()]>,
}

/// Precision, recall, density and coverage from the neighbours of both sets; and, if half-samples are given, the metrics
/// of each of them, one value a half-sample.
pub(crate) fn within(
    sets: [Listed; 2],
    k: usize,
    halves: Option<&Halves>,
) -> (NeighbourStats, Option<NeighbourStats>) {
    let frame = Frame::of(&sets.map(|s| s.samples));
    let set = |s: usize| {
        let cloud = Cloud::of(sets[s].samples, &frame);
        let thresholds = cloud.thresholds(&sets[s].neighbours.reaches());
        let containing = halves.map(|h| Containing::of(sets[s].neighbours, h, s, k));
        Set { thresholds, lists: &sets[s].neighbours.lists, containing, cloud }
    };
    let [n, m] = sets.map(|s| s.samples.rows());
    let look = Look {
        frame: &frame,
        sets: [set(0), set(1)],
        halves,
        k,
        neighbourhoods: (0..m).map(|_| AtomicU32::new(0)).collect(),
        precise: (0..halves.map_or(0, |_| m)).map(|_| Default::default()).collect(),
    };
    let block =
        |b: usize| Block { rows: vec![Row::default(); ROWS.min(n - b * ROWS)], density: Counter::default() };
    let mut found: Vec<Block> = (0..blocks(n)).map(block).collect();
    let [rows, columns] = look.sets.each_ref().map(|s| s.cloud.rows());
    walk(&rows, &columns, Pairs::All, &mut found, |block, tile| look.at(block, tile));
    (look.samples(&found), halves.map(|h| look.halves(&found, h)))
}

impl Look<'_> {
    /// Looks at a tile.
    fn at(&self, block: &mut Block, tile: &Tile<'_, f32>) {
        let [row, column] = tile.first;
        let [reference, candidate] = &self.sets;
        let mut passed = [0; ROWS];
        passing(tile, Pairs::All, reference.side(row), &candidate.side(column).padded(0), &mut passed);
        let (mut counts, mut precise) = ([0; COLUMNS], [NONE; COLUMNS]);
        for (i, j) in pairs(&passed) {
            let at = [row + i, column + j];
            let ranks = self.ranks(at, tile.row(i)[j]);
            let found = &mut block.rows[i];
            found.covered |= ranks[0] < self.k;
            counts[j] += u32::from(ranks[0] < self.k);
            found.recalled |= ranks[1] < self.k;
            if let Some([covered, recalled]) = self.in_halves(at, ranks) {
                add(&mut found.halves[0], &recalled);
                add(&mut found.halves[1], &covered);
                add(&mut precise[j], &covered);
                block.density.add(&covered);
            }
        }
        // Whole numbers and bits add up to the same in any order.
        for (j, n) in counts.into_iter().enumerate().filter(|(_, n)| *n > 0) {
            self.neighbourhoods[column + j].fetch_add(n, Ordering::Relaxed);
        }
        for (j, bits) in precise.iter().enumerate().filter(|(_, bits)| **bits != NONE) {
            let to = self.precise[column + j].iter().zip(bits);
            to.for_each(|(to, bits)| _ = to.fetch_or(*bits, Ordering::Relaxed));
        }
    }

    /// How many listed neighbours of the reference sample are as near to it as the candidate is, and the other way round.
    fn ranks(&self, [a, b]: [usize; 2], product: f32) -> [usize; 2] {
        let [reference, candidate] = &self.sets;
        let (low, high) = reference.cloud.distance(a, &candidate.cloud, b, product);
        let mut exact = None;
        let mut rank = |list: &[Near]| {
            let scaled = |n: Option<&Near>| n.map_or(f64::INFINITY, |n| self.frame.scaled(n.0));
            if high < scaled(list.first()) {
                return 0;
            }
            if low >= scaled(list.last()) {
                return list.len();
            }
            let direct =
                || widest_square_distance(reference.cloud.samples.row(a), candidate.cloud.samples.row(b));
            let square = *exact.get_or_insert_with(direct);
            list.partition_point(|n| n.0 <= square)
        };
        [rank(&reference.lists[a]), rank(&candidate.lists[b])]
    }

    /// The half-samples with both samples in which the reference's neighbourhood contains the candidate, and the other
    /// way round.
    fn in_halves(&self, at: [usize; 2], ranks: [usize; 2]) -> Option<[Bits; 2]> {
        let halves = self.halves?;
        let of = |own: usize, other: usize| {
            let containing = self.sets[own].containing.as_ref()?.at(at[own], ranks[own]);
            Some(and(containing, halves.of(other, at[other])))
        };
        Some([of(0, 1)?, of(1, 0)?])
    }

    /// The metrics, a value a sample.
    fn samples(&self, found: &[Block]) -> NeighbourStats {
        let counts: Vec<u32> = self.neighbourhoods.iter().map(|n| n.load(Ordering::Relaxed)).collect();
        let flag = |is: bool| f64::from(u8::from(is));
        let rows = || found.iter().flat_map(|b| &b.rows);
        NeighbourStats {
            precision: counts.iter().map(|n| flag(*n > 0)).collect(),
            recall: rows().map(|r| flag(r.recalled)).collect(),
            density: counts.iter().map(|n| f64::from(*n) / self.k as f64).collect(),
            coverage: rows().map(|r| flag(r.covered)).collect(),
        }
    }

    /// The metrics, a value a half-sample.
    fn halves(&self, found: &[Block], halves: &Halves) -> NeighbourStats {
        let [n, m] = halves.sizes.map(|n| n as f64);
        let counted = |bits: &mut dyn Iterator<Item = Bits>| {
            let mut counter = Counter::default();
            bits.for_each(|b| counter.add(&b));
            counter
        };
        let draws = |counter: &Counter, by: f64| (0..DRAWS).map(|d| counter.count(d) as f64 / by).collect();
        let rows = |which: usize| {
            draws(&counted(&mut found.iter().flat_map(|b| &b.rows).map(|r| r.halves[which])), n)
        };
        let mut precise = self.precise.iter().map(|p| p.each_ref().map(|w| w.load(Ordering::Relaxed)));
        let pairs = |d: usize| found.iter().map(|b| b.density.count(d)).sum::<u64>() as f64;
        NeighbourStats {
            precision: draws(&counted(&mut precise), m),
            recall: rows(0),
            density: (0..DRAWS).map(|d| pairs(d) / (self.k as f64 * m)).collect(),
            coverage: rows(1),
        }
    }
}

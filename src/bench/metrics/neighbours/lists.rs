//! The nearest neighbours of each sample within its set.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::bounds::{Cloud, Frame, Side, pairs, passes, passing};
use crate::metrics::Samples;
use crate::metrics::linear::widest_square_distance;
use crate::metrics::product::{Pairs, ROWS, Tile, blocks, walk};

/// A neighbour: its squared distance, and its index.
pub(super) type Near = (f64, u32);

/// The nearest neighbours of each sample of a set, ascending by distance, then by index.
pub(crate) struct Neighbours {
    pub(super) lists: Vec<Vec<Near>>,
}

impl Neighbours {
    /// As many of each sample as asked for, or all others if there are fewer.
    ///
    /// Each pair is looked at once, for both of its samples. What is found is the same in whatever order the threads find
    /// it. A sample that coincides with as many others as asked for has any of these.
    pub fn of(set: Samples, count: usize) -> Self {
        let count = count.min(set.rows().saturating_sub(1)).max(1);
        let frame = Frame::of(&[set]);
        let cloud = Cloud::of(set, &frame);
        let found: Vec<Mutex<Block>> =
            cloud.low.chunks(ROWS).map(|low| Mutex::new(Block::of(low, count))).collect();
        let mut blocks = vec![(); blocks(set.rows())];
        walk(&cloud.rows(), &cloud.rows(), Pairs::Below, &mut blocks, |(), tile| {
            both_ways(&cloud, &frame, &found, tile);
        });
        let blocks = found.into_iter().map(|b| b.into_inner().unwrap_or_else(PoisonError::into_inner));
        Self { lists: blocks.flat_map(|b| b.nearest).collect() }
    }

    /// Indices of a sample's neighbours, the nearest first.
    pub fn indices(&self, sample: usize) -> impl Iterator<Item = usize> {
        self.lists[sample].iter().map(|n| n.1 as usize)
    }

    /// Squared distance of the farthest listed neighbour of each sample; infinite if it has none.
    pub(super) fn reaches(&self) -> Vec<f64> {
        self.lists.iter().map(|l| l.last().map_or(f64::INFINITY, |n| n.0)).collect()
    }
}

/// The nearest neighbours found so far of a block of samples.
struct Block {
    count: usize,
    nearest: Vec<Vec<Near>>,
    /// Lower bounds of the squared norms.
    low: Vec<f64>,
    /// How much a product must be for its pair to matter.
    thresholds: Vec<f32>,
}

impl Block {
    fn of(low: &[f64], count: usize) -> Self {
        let thresholds = low.iter().map(|l| Frame::threshold(*l, f64::INFINITY)).collect();
        Self { count, nearest: vec![Vec::new(); low.len()], low: low.into(), thresholds }
    }

    fn insert(&mut self, i: usize, (square, index): Near, frame: &Frame) {
        let list = &mut self.nearest[i];
        let is_before = |n: &Near| n.0 < square || n.0 == square && n.1 < index;
        if list.len() == self.count && list.last().is_some_and(is_before) {
            return;
        }
        list.insert(list.partition_point(is_before), (square, index));
        list.truncate(self.count);
        if let Some((most, _)) = list.last().filter(|_| list.len() == self.count) {
            self.thresholds[i] = Frame::threshold(self.low[i], frame.scaled(*most));
        }
    }
}

fn locked(block: &Mutex<Block>) -> MutexGuard<'_, Block> {
    block.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds the distances of a tile to the lists of its rows and of its columns.
fn both_ways(cloud: &Cloud, frame: &Frame, found: &[Mutex<Block>], tile: &Tile<'_, f32>) {
    let [row, column] = tile.first;
    // Locks are taken in ascending order, so no two threads wait for each other.
    let mut left = locked(&found[column / ROWS]);
    let mut below = (row / ROWS != column / ROWS).then(|| locked(&found[row / ROWS]));
    let (shares, offset) = (&cloud.share, column % ROWS);
    let columns = Side { thresholds: &left.thresholds, shares: &shares[column - offset..] }.padded(offset);
    let own = &below.as_ref().unwrap_or(&left).thresholds;
    let mut passed = [0; ROWS];
    passing(tile, Pairs::Below, Side { thresholds: own, shares: &shares[row..] }, &columns, &mut passed);
    for (i, j) in pairs(&passed) {
        // Earlier pairs may have brought the thresholds down.
        let own = [below.as_ref().unwrap_or(&left).thresholds[i], shares[row + i]];
        let other = [left.thresholds[offset + j], shares[column + j]];
        if passes(tile.row(i)[j], own, other) {
            let (a, b) = (row + i, column + j);
            let square = widest_square_distance(cloud.samples.row(a), cloud.samples.row(b));
            left.insert(offset + j, (square, a as u32), frame);
            below.as_mut().unwrap_or(&mut left).insert(i, (square, b as u32), frame);
        }
    }
}

//! The nearest sample of another set, and memorisation of the training set.

use super::bounds::{Cloud, Frame, NEVER, Side, pairs, passes, passing};
use crate::metrics::linear::widest_square_distance;
use crate::metrics::product::{COLUMNS, Pairs, ROWS, Tile, blocks, walk};
use crate::metrics::{MetricError, SampleMatrix, both};

/// The nearest found so far for a block of samples.
struct Block {
    /// Its index and squared distance.
    best: Vec<(usize, f64)>,
    thresholds: Vec<f32>,
}

/// For each sample of `from` the index of the nearest of `to` (the first of several), and the distance to it. If there
/// is none, because `to` is empty or has other columns, the index is 0 and the distance infinite.
pub fn nearest(from: &SampleMatrix, to: &SampleMatrix) -> Vec<(usize, f64)> {
    if from.rows() == 0 || to.rows() == 0 || from.columns() != to.columns() {
        return vec![(0, f64::INFINITY); from.rows()];
    }
    let frame = Frame::of(&[to.into(), from.into()]);
    let (own, others) = (Cloud::of(from.into(), &frame), Cloud::of(to.into(), &frame));
    let block = |b: usize| {
        let low = &own.low[b * ROWS..from.rows().min((b + 1) * ROWS)];
        let thresholds = low.iter().map(|l| Frame::threshold(*l, f64::INFINITY)).collect();
        Block { best: vec![(0, f64::INFINITY); low.len()], thresholds }
    };
    let mut found: Vec<Block> = (0..blocks(from.rows())).map(block).collect();
    walk(&own.rows(), &others.rows(), Pairs::All, &mut found, |block, tile| {
        look(&own, &others, &frame, block, tile);
    });
    found.into_iter().flat_map(|b| b.best).map(|(j, square)| (j, square.sqrt())).collect()
}

/// Looks for nearer ones in a tile. Columns come in ascending order, so the first of several is kept.
fn look(own: &Cloud, others: &Cloud, frame: &Frame, block: &mut Block, tile: &Tile<'_, f32>) {
    let [row, column] = tile.first;
    let mut shares = [0.0; COLUMNS];
    shares.iter_mut().zip(&others.share[column..]).for_each(|(s, v)| *s = *v);
    let side = Side { thresholds: &block.thresholds, shares: &own.share[row..] };
    let mut passed = [0; ROWS];
    passing(tile, Pairs::All, side, &[[NEVER; COLUMNS], shares], &mut passed);
    for (i, j) in pairs(&passed) {
        if !passes(tile.row(i)[j], [block.thresholds[i], own.share[row + i]], [NEVER, shares[j]]) {
            continue;
        }
        let square = widest_square_distance(own.samples.row(row + i), others.samples.row(column + j));
        if square < block.best[i].1 {
            block.best[i] = (column + j, square);
            block.thresholds[i] = Frame::threshold(own.low[row + i], frame.scaled(square));
        }
    }
}

/// For each candidate 1 if it is nearer to a training sample than to any held-out one (½ for a tie). The mean is ½ for
/// a generator that learned the distribution, 1 for one that reproduces its training set (after the data-copying test
/// of Meehan et al. 2020). Training and held-out sets must be of equal size, as the nearest of more samples is nearer.
///
/// # Errors
/// An empty set, or different numbers of columns or of training and held-out samples.
pub fn memorisation(
    train: &SampleMatrix,
    held_out: &SampleMatrix,
    candidate: &SampleMatrix,
) -> Result<Vec<f64>, MetricError> {
    const NAME: &str = "memorisation";
    both(NAME, train, candidate, 1)?;
    both(NAME, held_out, candidate, 1)?;
    if train.rows() != held_out.rows() {
        let say = |n: usize, what: &str| format!("{n} {what} samples");
        return Err(MetricError::Unlike {
            metric: NAME,
            expected: say(train.rows(), "held-out (as many as training)"),
            found: say(held_out.rows(), "held-out"),
        });
    }
    let (seen, unseen) = (nearest(candidate, train), nearest(candidate, held_out));
    let one = |(a, b): (&(usize, f64), &(usize, f64))| match a.1.total_cmp(&b.1) {
        std::cmp::Ordering::Less => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 0.0,
    };
    Ok(seen.iter().zip(&unseen).map(one).collect())
}

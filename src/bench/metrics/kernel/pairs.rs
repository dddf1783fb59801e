//! Sums over all pairs of samples, tile by tile.

use rayon::prelude::*;

use super::function::Kernel;
use super::sums::Sums;
use crate::metrics::linear::{dot, square_distance, sum};
use crate::metrics::product::{COLUMNS, Pairs, ROWS, Rows, Tile, blocks, walk};
use crate::metrics::{SampleMatrix, Samples};

/// Samples in the order of their groups.
struct Grouped<'a> {
    table: &'a SampleMatrix,
    kernel: Kernel,
    /// Rows of the table, group by group.
    order: Vec<usize>,
    /// Where in that order each group begins, and the end of the last.
    bounds: Vec<usize>,
    /// What samples are shifted by; nothing if the kernel does not allow it.
    centre: Vec<f64>,
    /// Squared norms of the shifted samples, in order; as many as samples.
    norms: Vec<f64>,
}

impl<'a> Grouped<'a> {
    /// Sample i in group i mod `groups`.
    fn of(table: &'a SampleMatrix, kernel: Kernel, groups: usize, centre: &[f64]) -> Self {
        let n = table.rows();
        let order: Vec<usize> = (0..groups).flat_map(|g| (g..n).step_by(groups)).collect();
        let (mut bounds, mut begin) = (vec![0], 0);
        for g in 0..groups {
            begin += (g..n).step_by(groups).count();
            bounds.push(begin);
        }
        let centre = if kernel.is_of_differences() { centre.to_vec() } else { Vec::new() };
        let norm = |i: &usize| if centre.is_empty() { 0.0 } else { square_distance(table.row(*i), &centre) };
        let norms = order.par_iter().map(norm).collect();
        Self { table, kernel, order, bounds, centre, norms }
    }

    fn samples(&self) -> Samples<'_> {
        Samples::at(self.table, &self.order)
    }

    fn rows(&self) -> Rows<'_> {
        Rows::centred(self.samples(), &self.centre)
    }

    fn groups(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The group of each sample, in order.
    fn group_of_each(&self) -> impl Iterator<Item = usize> {
        self.bounds.windows(2).enumerate().flat_map(|(g, b)| (b[0]..b[1]).map(move |_| g))
    }
}

/// Sums over pairs of two sets.
struct PairSums {
    /// Group by group.
    table: Vec<f64>,
    /// With each row and column multiplied by their weights, for each list of weights.
    weighted: Vec<f64>,
}

/// Sums over all pairs, or over the pairs below the diagonal of a set with itself.
fn pair_sums(left: &Grouped, right: &Grouped, pairs: Pairs, weights: &[Vec<f64>]) -> PairSums {
    let (groups, width) = (right.groups(), right.groups() + weights.len());
    let n = left.samples().rows();
    let states = |b: usize| vec![0.0; ROWS.min(n - b * ROWS) * width];
    let mut found: Vec<Vec<f64>> = (0..blocks(n)).map(states).collect();
    walk(&left.rows(), &right.rows(), pairs, &mut found, |sums, tile| {
        add_tile(left, right, pairs, weights, sums, tile);
    });
    let mut all = PairSums { table: vec![0.0; left.groups() * groups], weighted: vec![0.0; weights.len()] };
    let rows = found.iter().flat_map(|block| block.chunks_exact(width));
    for (i, (row, group)) in rows.zip(left.group_of_each()).enumerate() {
        let (by_group, by_weight) = row.split_at(groups);
        all.table[group * groups..][..groups].iter_mut().zip(by_group).for_each(|(t, v)| *t += v);
        let weighted = by_weight.iter().zip(weights).map(|(v, w)| v * w[i]);
        all.weighted.iter_mut().zip(weighted).for_each(|(t, v)| *t += v);
    }
    all
}

/// Adds the rows of a tile to the sums of its block: for each sample one sum a group of the others, then one a list of
/// weights.
fn add_tile(
    left: &Grouped,
    right: &Grouped,
    pairs: Pairs,
    weights: &[Vec<f64>],
    sums: &mut [f64],
    tile: &Tile<'_, f64>,
) {
    let (column, width) = (tile.first[1], right.groups() + weights.len());
    let first = right.bounds.partition_point(|b| *b <= column) - 1;
    let mut values = [0.0; COLUMNS];
    for (i, sums) in sums.chunks_exact_mut(width).enumerate() {
        let n = tile.counted(i, pairs);
        let (values, norms) = (&mut values[..n], &right.norms[column..column + n]);
        let own = left.norms[tile.first[0] + i];
        left.kernel.of_products(&tile.row(i)[..n], left.table.columns(), own, norms, values);
        let values = &*values;
        let (mut at, mut group) = (0, first);
        while at < n {
            let end = n.min(right.bounds[group + 1] - column);
            sums[group] += sum(&values[at..end]);
            (at, group) = (end, group + 1);
        }
        let weighted = weights.iter().map(|w| dot(values, &w[column..column + n]));
        sums[right.groups()..].iter_mut().zip(weighted).for_each(|(s, v)| *s += v);
    }
}

/// A set with the sums over its own pairs.
pub(crate) struct SummedSet<'a> {
    set: Grouped<'a>,
    within: Vec<f64>,
    own: Vec<f64>,
    /// The unbiased discrepancy of each pair of halves.
    pub halves: Vec<f64>,
}

impl<'a> SummedSet<'a> {
    /// Sums within a set whose sample i is in group i mod `groups`, and the discrepancies of pairs of its halves (each
    /// half with its rows, both of one size). Sets to be held against each other take the same centre and groups.
    pub fn of(
        table: &'a SampleMatrix,
        kernel: Kernel,
        groups: usize,
        centre: &[f64],
        halves: &[[Vec<usize>; 2]],
    ) -> Self {
        let groups = groups.max(1);
        let set = Grouped::of(table, kernel, groups, centre);
        let signs: Vec<Vec<f64>> = halves.iter().map(|h| signs(h, &set.order)).collect();
        let mut sums = pair_sums(&set, &set, Pairs::Below, &signs);
        // Each pair was taken once.
        for i in 0..groups {
            sums.table[i * groups + i] *= 2.0;
            for j in 0..i {
                let both = sums.table[i * groups + j] + sums.table[j * groups + i];
                (sums.table[i * groups + j], sums.table[j * groups + i]) = (both, both);
            }
        }
        let all = sums.table.iter().sum::<f64>();
        let discrepancy = |((halves, signs), signed): ((&[Vec<usize>; 2], &Vec<f64>), &f64)| {
            let total = all - 2.0 * left_out(&set, signs);
            of_halves(halves[0].len() as f64, total, 2.0 * signed)
        };
        let halves = halves.iter().zip(&signs).zip(&sums.weighted).map(discrepancy).collect();
        let mut own = vec![0.0; groups];
        for (i, group) in set.group_of_each().enumerate() {
            let row = set.samples().row(i);
            own[group] += kernel.of(row, row);
        }
        Self { within: sums.table, own, halves, set }
    }

    /// The sums of this set as the reference and another as the candidate.
    pub fn against(&self, candidate: &SummedSet) -> Sums {
        let sizes = |set: &Grouped| set.bounds.windows(2).map(|b| (b[1] - b[0]) as f64).collect();
        Sums {
            groups: self.set.groups(),
            sizes: [sizes(&self.set), sizes(&candidate.set)],
            within: [self.within.clone(), candidate.within.clone()],
            across: pair_sums(&self.set, &candidate.set, Pairs::All, &[]).table,
            own: [self.own.clone(), candidate.own.clone()],
        }
    }
}

/// 1 for the samples of the first half, −1 for those of the second, 0 for what an odd number leaves over; in order.
fn signs([first, second]: &[Vec<usize>; 2], order: &[usize]) -> Vec<f64> {
    let mut signs = vec![0.0; order.len()];
    first.iter().for_each(|i| signs[*i] = 1.0);
    second.iter().for_each(|i| signs[*i] = -1.0);
    order.iter().map(|i| signs[*i]).collect()
}

/// Sum over the pairs that have a sample in neither half, each pair once.
fn left_out(set: &Grouped, signs: &[f64]) -> f64 {
    let samples = set.samples();
    let is_out = |i: &usize| signs[*i] == 0.0;
    let of = |i: usize| -> f64 {
        let others = (0..samples.rows()).filter(|j| *j != i && !(is_out(j) && *j < i));
        others.map(|j| set.kernel.of(samples.row(i), samples.row(j))).sum()
    };
    (0..samples.rows()).filter(is_out).map(of).sum()
}

/// The unbiased discrepancy of two halves of `n` samples, from the sum over all ordered pairs of distinct samples, and
/// from the same with the pairs across the halves subtracted.
fn of_halves(n: f64, total: f64, signed: f64) -> f64 {
    let (within, across) = ((total + signed) / 2.0, (total - signed) / 4.0);
    within / (n * (n - 1.0)) - 2.0 * across / (n * n)
}

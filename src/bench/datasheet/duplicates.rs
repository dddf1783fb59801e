//! Pictures that repeat, to the byte or nearly.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::perceptual::PerceptualHash;
use crate::sets::image_set::ImageSet;

/// Bits of 64 in which the hashes of near-duplicates differ at most.
pub const NEAR: u32 = 10;
/// Least correlation of near-duplicates at 16 × 16.
pub const ALIKE: f32 = 0.99;
/// Pairs that are kept.
const KEPT: usize = 10_000;

/// Two pictures that are nearly the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearPair {
    /// Their indices, the smaller first.
    pub pair: [usize; 2],
    /// Correlation of their luma at 16 × 16.
    pub correlation: f32,
}

/// Pictures that repeat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duplicates {
    /// Indices of pictures that are equal to the byte, a group each.
    pub exact: Vec<Vec<usize>>,
    /// Pairs that are nearly the same, the most alike first; equal ones are left out. Ten thousand at most.
    pub near: Vec<NearPair>,
    /// How many such pairs there are.
    pub pairs: usize,
    /// Test pictures that are equal or nearly the same as a training picture.
    pub leaked: Vec<usize>,
    /// Pictures that are equal or nearly the same as another of another class.
    pub contradicting: Vec<usize>,
}

impl Duplicates {
    /// Of a set whose first `training` pictures are of the training split. Every pair is compared.
    pub fn of(set: &ImageSet, training: usize) -> Self {
        let exact = equal(&set.pixels);
        let mut group = vec![usize::MAX; set.pixels.len()];
        exact.iter().enumerate().for_each(|(g, all)| all.iter().for_each(|i| group[*i] = g));
        let hashes: Vec<PerceptualHash> =
            set.pixels.par_iter().map(|p| PerceptualHash::of(p, set.side, set.channels)).collect();
        let found: Vec<Vec<NearPair>> =
            (0..hashes.len()).into_par_iter().map(|i| alike(&hashes, i)).collect();
        let is_equal = |[a, b]: [usize; 2]| group[a] != usize::MAX && group[a] == group[b];
        let mut near: Vec<NearPair> = found.into_iter().flatten().filter(|p| !is_equal(p.pair)).collect();
        near.sort_by(|a, b| b.correlation.total_cmp(&a.correlation).then(a.pair.cmp(&b.pair)));
        let (leaked, contradicting) =
            (leaked(&exact, &near, training), contradicting(&exact, &near, &set.labels));
        let pairs = near.len();
        near.truncate(KEPT);
        Self { exact, near, pairs, leaked, contradicting }
    }

    /// Pictures that are equal to an earlier one.
    pub fn repeated(&self) -> usize {
        self.exact.iter().map(|g| g.len() - 1).sum()
    }
}

/// Test pictures that are equal or nearly the same as a training picture.
fn leaked(exact: &[Vec<usize>], near: &[NearPair], training: usize) -> Vec<usize> {
    let is_split = |g: &[usize]| g.iter().any(|i| *i < training);
    let equal = exact.iter().filter(|g| is_split(g)).flatten();
    let alike = near.iter().filter(|p| is_split(&p.pair)).flat_map(|p| &p.pair);
    ascending(equal.chain(alike).copied().filter(|i| *i >= training))
}

/// Pictures that are equal or nearly the same as one of another class.
fn contradicting(exact: &[Vec<usize>], near: &[NearPair], labels: &[usize]) -> Vec<usize> {
    let differ = |g: &[usize]| g.iter().any(|i| labels[*i] != labels[g[0]]);
    let equal = exact.iter().filter(|g| differ(g)).flatten();
    ascending(equal.chain(near.iter().filter(|p| differ(&p.pair)).flat_map(|p| &p.pair)).copied())
}

/// Each once, ascending.
fn ascending(indices: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut all: Vec<usize> = indices.collect();
    all.sort();
    all.dedup();
    all
}

/// Groups of equal pictures.
fn equal(pictures: &[Vec<u8>]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    pictures.iter().enumerate().for_each(|(i, p)| groups.entry(p).or_default().push(i));
    let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|g| g.len() > 1).collect();
    groups.sort();
    groups
}

/// The later pictures that are nearly the same as this one.
fn alike(hashes: &[PerceptualHash], i: usize) -> Vec<NearPair> {
    let Some(bits) = hashes[i].bits else { return Vec::new() };
    let later = hashes.iter().enumerate().skip(i + 1);
    let close = later.filter(|(_, h)| h.bits.is_some_and(|b| (b ^ bits).count_ones() <= NEAR));
    let pair =
        |(j, h): (usize, &PerceptualHash)| NearPair { pair: [i, j], correlation: hashes[i].correlation(h) };
    close.map(pair).filter(|p| p.correlation >= ALIKE).collect()
}

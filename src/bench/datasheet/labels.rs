//! Labels held against those of similar pictures: confident learning (Northcutt, Jiang and Chuang 2021) with the classes
//! of nearest neighbours as out-of-sample probabilities.

use std::collections::BTreeSet;
use std::path::Path;

use crate::metrics::neighbours::Neighbours;
use crate::metrics::{MetricError, SampleMatrix};
use crate::sets::SetError;
use crate::sets::extractor::FeatureExtractor;
use crate::sets::image_set::ImageSet;
use data::sample::shuffled;
use world::rng::Rng;

/// Neighbours that vote on a label.
pub const VOTERS: usize = 10;

/// A label that similar pictures contradict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspect {
    /// Index of the picture.
    pub index: usize,
    /// Its label.
    pub label: usize,
    /// What similar pictures are called.
    pub likely: usize,
    /// The share of its neighbours' votes for each of the two.
    pub votes: [f32; 2],
}

/// Labels held against those of similar pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelCheck {
    /// The features by which pictures are similar.
    pub features: String,
    /// How many labels were checked.
    pub checked: usize,
    /// Share of them that most of their neighbours have too: accuracy of a nearest-neighbour classifier.
    pub agreement: f64,
    /// Counts `[label][class of most neighbours]`.
    pub confusion: Vec<Vec<usize>>,
    /// Likely mislabelled, the surest first.
    pub suspects: Vec<Suspect>,
    /// Indices of the hardest of the others: those whose neighbours agree least with the label.
    pub hardest: Vec<usize>,
}

/// Hard pictures that are listed.
const HARDEST: usize = 60;

/// Checks the labels by those features that agree best with them, of `most` pictures at most; none if there are too few
/// for neighbours to vote.
///
/// # Errors
/// The extractor cannot be used for these pictures.
pub fn check(
    set: &ImageSet,
    path: &Path,
    extractors: &[FeatureExtractor],
    most: usize,
) -> Result<Option<LabelCheck>, SetError> {
    if set.pixels.len() <= 2 * VOTERS || set.classes.len() < 2 {
        return Ok(None);
    }
    let mut chosen = shuffled(set.pixels.len(), Rng::new(0).named("datasheet"));
    chosen.truncate(most.max(2 * VOTERS + 1));
    chosen.sort();
    let part = set.pick(&chosen);
    let mut best: Option<LabelCheck> = None;
    for extractor in extractors {
        let found = by(extractor, &part, &chosen, path)?;
        if best.as_ref().is_none_or(|b| found.agreement > b.agreement) {
            best = Some(found);
        }
    }
    Ok(best)
}

/// Checks the labels of pictures by some features; `indices` are theirs in the set.
fn by(
    extractor: &FeatureExtractor,
    pictures: &ImageSet,
    indices: &[usize],
    path: &Path,
) -> Result<LabelCheck, SetError> {
    let found = extractor.extract(pictures, path)?;
    if let Some(flaw) = found.flaw {
        return Err(SetError::table(path, flaw));
    }
    let features = standardised(&found.features).map_err(|e| SetError::table(path, e))?;
    let near = Neighbours::of((&features).into(), VOTERS);
    let votes: Vec<Vec<f32>> = (0..indices.len()).map(|i| shares(&near, i, pictures)).collect();
    Ok(judged(extractor.name(), &votes, &pictures.labels, indices))
}

/// Every column with mean 0 and deviation 1; one that is constant is left out of distances.
fn standardised(table: &SampleMatrix) -> Result<SampleMatrix, MetricError> {
    let (rows, columns) = (table.rows(), table.columns());
    let mut values = table.values().to_vec();
    for c in 0..columns {
        let column = table.column(c);
        let mean = column.iter().sum::<f64>() / rows as f64;
        let deviation = (column.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / rows as f64).sqrt();
        let scale = if deviation > 1e-12 { 1.0 / deviation } else { 0.0 };
        values.iter_mut().skip(c).step_by(columns).for_each(|v| *v = (*v - mean) * scale);
    }
    SampleMatrix::new(columns, values)
}

/// The share of a picture's neighbours in each class; nearer ones weigh more.
fn shares(near: &Neighbours, i: usize, set: &ImageSet) -> Vec<f32> {
    let mut votes = vec![0f32; set.classes.len()];
    for (rank, j) in near.indices(i).enumerate() {
        votes[set.labels[j]] += 1.0 / (rank + 2) as f32;
    }
    let sum: f32 = votes.iter().sum();
    votes.iter_mut().for_each(|v| *v /= sum.max(f32::MIN_POSITIVE));
    votes
}

fn best(votes: &[f32]) -> usize {
    (0..votes.len()).max_by(|a, b| votes[*a].total_cmp(&votes[*b]).then(b.cmp(a))).unwrap_or(0)
}

/// What the votes say about labels. A class's threshold is the mean share that its own pictures give it; a picture is a
/// suspect if another class has more votes than its own and reaches its threshold.
fn judged(features: String, votes: &[Vec<f32>], labels: &[usize], indices: &[usize]) -> LabelCheck {
    let classes = votes.first().map_or(0, Vec::len);
    let threshold = |c: usize| {
        let own: Vec<f32> = votes.iter().zip(labels).filter(|(_, l)| **l == c).map(|(v, _)| v[c]).collect();
        own.iter().sum::<f32>() / own.len().max(1) as f32
    };
    let thresholds: Vec<f32> = (0..classes).map(threshold).collect();
    let mut confusion = vec![vec![0; classes]; classes];
    votes.iter().zip(labels).for_each(|(v, l)| confusion[*l][best(v)] += 1);
    let right = votes.iter().zip(labels).filter(|(v, l)| best(v) == **l).count();
    let suspect = |(i, (v, &label)): (usize, (&Vec<f32>, &usize))| {
        let likely = best(v);
        let is_one = likely != label && v[likely] >= thresholds[likely];
        is_one.then(|| Suspect { index: indices[i], label, likely, votes: [v[label], v[likely]] })
    };
    let mut suspects: Vec<Suspect> = votes.iter().zip(labels).enumerate().filter_map(suspect).collect();
    let margin = |s: &Suspect| s.votes[1] - s.votes[0];
    suspects.sort_by(|a, b| margin(b).total_cmp(&margin(a)).then(a.index.cmp(&b.index)));
    let taken: BTreeSet<usize> = suspects.iter().map(|s| s.index).collect();
    let mut rest: Vec<(f32, usize)> = votes
        .iter()
        .zip(labels)
        .zip(indices)
        .map(|((v, l), i)| (v[*l], *i))
        .filter(|(_, i)| !taken.contains(i))
        .collect();
    rest.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    LabelCheck {
        features,
        checked: votes.len(),
        agreement: right as f64 / votes.len().max(1) as f64,
        confusion,
        suspects,
        hardest: rest.into_iter().take(HARDEST).filter(|(share, _)| *share < 1.0).map(|(_, i)| i).collect(),
    }
}

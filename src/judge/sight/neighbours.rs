//! Pictures of a data set that a judge finds most like another: nearest in the embedding.

use crate::inference::Judge;
use crate::verdict::EMBEDDING;
use data::sample::Samples;

/// Embeddings of a data set.
pub struct Neighbours {
    embeddings: Vec<[f32; EMBEDDING]>,
    /// Over the variance within a class of each dimension, as the detector of strangers measures distances.
    scales: Vec<f64>,
}

/// One of the nearest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Its place in the data set.
    pub place: usize,
    /// Distance in the embedding, in deviations within a class, over all dimensions.
    pub distance: f64,
}

impl Neighbours {
    /// Embeds a data set whose pictures have the judge's size.
    pub fn of(judge: &Judge, data: &Samples) -> Self {
        let scales = judge.header.doubt.variance.iter().map(|v| 1.0 / (*v as f64).max(1e-9)).collect();
        Self { embeddings: judge.classifier().samples(data).embeddings, scales }
    }

    /// Embeddings, in the order of the data set.
    pub fn embeddings(&self) -> &[[f32; EMBEDDING]] {
        &self.embeddings
    }

    /// The `most` nearest to an embedding, the nearest first; of equal ones the first.
    pub fn nearest(&self, to: &[f32], most: usize) -> Vec<Neighbour> {
        let distance = |e: &[f32; EMBEDDING]| {
            let all = e.iter().zip(to).zip(&self.scales);
            let squares = all.map(|((a, b), s)| (*a as f64 - *b as f64) * (*a as f64 - *b as f64) * s);
            libm::sqrt(squares.sum::<f64>())
        };
        let with = |(place, e): (usize, &[f32; EMBEDDING])| Neighbour { place, distance: distance(e) };
        let mut all: Vec<Neighbour> = self.embeddings.iter().enumerate().map(with).collect();
        all.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        all.truncate(most);
        all
    }
}

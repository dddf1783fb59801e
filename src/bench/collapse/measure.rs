//! Metrics of a generation's samples against the origin.

use crate::metrics::interval::quantile;
use crate::metrics::{MetricError, SampleMatrix, frechet, neighbours};
use crate::sets::pictures::ExtractedFeatures;

/// One generation, measured against held-out pictures of the origin.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GenerationMetrics {
    /// 0 is the origin itself: other pictures of it, as the noise floor.
    pub generation: usize,
    /// Sum of the variances of all features, relative to the reference's.
    pub variance: f64,
    /// Share of the samples beyond the 95th percentile of the reference's distances from its mean; 0.05 if nothing is
    /// lost.
    pub tail: f64,
    /// Share of the samples within the reference's manifold.
    pub precision: f64,
    /// Share of the reference within the samples' manifold.
    pub recall: f64,
    /// Share of the reference with a sample in its neighbourhood.
    pub coverage: f64,
    /// Fréchet distance of the features.
    pub frechet: f64,
    /// Entropy of the predicted classes, bits; none if the extractor does not classify.
    pub class_entropy: Option<f64>,
    /// Share of each predicted class, 0..1.
    pub classes: Vec<f64>,
    /// Training time, seconds.
    pub seconds: f64,
}

/// k of the k-nearest-neighbour manifold.
pub const K: usize = 5;

/// Measures a generation.
///
/// # Errors
/// Too few samples, or features that are not finite.
pub fn read(
    reference: &ExtractedFeatures,
    candidate: &ExtractedFeatures,
    generation: usize,
) -> Result<GenerationMetrics, MetricError> {
    if let Some(flaw) = reference.flaw.as_ref().or(candidate.flaw.as_ref()) {
        return Err(flaw.clone());
    }
    let (r, c) = (&reference.features, &candidate.features);
    let neighbours = neighbours::neighbour_stats(r, c, K)?;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len().max(1) as f64;
    let (spread, centre) = spread(r);
    let mut far: Vec<f64> = distances(r, &centre);
    far.sort_by(f64::total_cmp);
    let edge = quantile(&far, 0.95);
    let beyond = distances(c, &centre).iter().filter(|d| **d > edge).count();
    let classes = candidate.probabilities.as_ref().map_or(Vec::new(), class_shares);
    let entropy: f64 = classes.iter().filter(|p| **p > 0.0).map(|p| -p * p.log2()).sum::<f64>().abs();
    Ok(GenerationMetrics {
        generation,
        variance: self::spread(c).0 / spread,
        tail: beyond as f64 / c.rows() as f64,
        precision: mean(&neighbours.precision),
        recall: mean(&neighbours.recall),
        coverage: mean(&neighbours.coverage),
        frechet: frechet::frechet(r, c)?,
        class_entropy: (!classes.is_empty()).then_some(entropy),
        classes,
        seconds: 0.0,
    })
}

/// Sum of the variances of all columns, and their means.
fn spread(t: &SampleMatrix) -> (f64, Vec<f64>) {
    let n = t.rows() as f64;
    let mut centre = vec![0.0; t.columns()];
    (0..t.rows()).for_each(|i| centre.iter_mut().zip(t.row(i)).for_each(|(c, v)| *c += v / n));
    (distances(t, &centre).iter().sum::<f64>() / (n - 1.0).max(1.0), centre)
}

/// Squared distance of every row from a point.
fn distances(t: &SampleMatrix, from: &[f64]) -> Vec<f64> {
    let one = |i| t.row(i).iter().zip(from).map(|(v, c): (&f64, &f64)| (v - c) * (v - c)).sum();
    (0..t.rows()).map(one).collect()
}

/// Share of samples for which each class is the most probable.
fn class_shares(probabilities: &SampleMatrix) -> Vec<f64> {
    let mut counts = vec![0.0; probabilities.columns()];
    for i in 0..probabilities.rows() {
        let row = probabilities.row(i);
        let best = (0..row.len()).fold(0, |b, j| if row[j] > row[b] { j } else { b });
        counts[best] += 1.0 / probabilities.rows() as f64;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    fn cloud(n: usize, deviation: f64, seed: u64) -> ExtractedFeatures {
        let r = Rng::new(seed);
        let values = (0..n as u64 * 8).map(|i| deviation * r.normal(i) as f64).collect();
        ExtractedFeatures { features: SampleMatrix::new(8, values).unwrap(), probabilities: None, flaw: None }
    }

    #[test]
    fn a_shrunken_cloud_loses_tail_and_recall() {
        let origin = cloud(600, 1.0, 1);
        let same = read(&origin, &cloud(600, 1.0, 2), 0).unwrap();
        assert!((same.variance - 1.0).abs() < 0.1 && (same.tail - 0.05).abs() < 0.03, "{same:?}");
        assert!(same.recall > 0.85 && same.frechet < 0.3);
        let half = read(&origin, &cloud(600, 0.5, 3), 1).unwrap();
        assert!((half.variance - 0.25).abs() < 0.03 && half.tail == 0.0, "{half:?}");
        // |1 − ½|² in each of eight directions.
        assert!((half.frechet - 2.0).abs() < 0.2 && half.recall < 0.5 && half.precision > 0.95, "{half:?}");
    }

    #[test]
    fn classes_are_counted() {
        let mut one = cloud(4, 1.0, 1);
        one.probabilities = SampleMatrix::new(2, vec![0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.7, 0.3]).ok();
        assert_eq!(one.probabilities.as_ref().map(class_shares), Some(vec![0.75, 0.25]));
    }
}

//! Reliability diagrams: how often a judge is right, by how sure it says it is (DeGroot and Fienberg 1983).

use judge::calibration::{best, softmax};

/// Bins of equal width.
pub const BINS: usize = 10;

/// Pictures of which the confidence lies in one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ReliabilityBin {
    /// How many.
    pub pictures: usize,
    /// Sum of their confidences.
    pub confidence: f64,
    /// How many of them are classified correctly.
    pub right: usize,
}

impl ReliabilityBin {
    /// Mean confidence and accuracy; none of an empty bin.
    pub fn point(&self) -> Option<(f64, f64)> {
        let n = self.pictures as f64;
        (self.pictures > 0).then(|| (self.confidence / n, self.right as f64 / n))
    }

    /// With the pictures of another.
    pub fn and(&self, other: &Self) -> Self {
        Self {
            pictures: self.pictures + other.pictures,
            confidence: self.confidence + other.confidence,
            right: self.right + other.right,
        }
    }
}

/// The bins of classified pictures, at a temperature.
pub fn bins(logits: &[Vec<f32>], labels: &[usize], temperature: f64) -> Vec<ReliabilityBin> {
    let mut bins = vec![ReliabilityBin::default(); BINS];
    for (logits, label) in logits.iter().zip(labels) {
        let probabilities = softmax(logits, temperature);
        let class = best(&probabilities);
        let confidence = f64::from(probabilities[class]);
        let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        let right = usize::from(class == *label);
        *bin = bin.and(&ReliabilityBin { pictures: 1, confidence, right });
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_pictures_of_known_confidence_are_in_one_bin() {
        // Confidence 0.75 at temperature 1, 0.9 at one half: p / (1 − p) is squared.
        let logits = vec![vec![3f32.ln(), 0.0]; 10];
        let labels: Vec<usize> = (0..10).map(|i| usize::from(i >= 6)).collect();
        let found = bins(&logits, &labels, 1.0);
        let point = found[7].point().unwrap();
        assert!((point.0 - 0.75).abs() < 1e-6 && point.1 == 0.6 && found[7].pictures == 10, "{found:?}");
        assert!(found.iter().enumerate().all(|(i, b)| i == 7 || b.point().is_none()));
        let sharper = bins(&logits, &labels, 0.5);
        assert!(sharper[9].pictures + sharper[8].pictures == 10, "{sharper:?}");
        let both = found[7].and(&found[7]);
        assert_eq!((both.pictures, both.right), (20, 12));
    }
}

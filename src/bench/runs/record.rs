//! What is known of a training afterwards.

use judge::calibration::{accuracy, calibration_error};

/// What was measured after an epoch.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EpochRecord {
    /// Mean loss of its steps.
    pub loss: f64,
    /// Fraction of each watched set classified correctly, in the order of the sets.
    pub accuracy: Vec<f64>,
    /// Mean negative log-likelihood of each watched set, nats.
    pub losses: Vec<f64>,
}

/// A finished training.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RunRecord {
    /// Names of the watched sets.
    pub sets: Vec<String>,
    /// Every epoch, of all phases.
    pub epochs: Vec<EpochRecord>,
    /// Logits of the pictures of each watched set, at the end.
    pub logits: Vec<Vec<Vec<f32>>>,
    /// Their labels.
    pub labels: Vec<Vec<usize>>,
    /// CPU time of the training, seconds.
    pub seconds: f64,
}

impl RunRecord {
    /// The place of a watched set.
    pub fn set(&self, name: &str) -> Option<usize> {
        self.sets.iter().position(|s| s == name)
    }

    /// Accuracy on a watched set after the last epoch.
    pub fn accuracy(&self, set: &str) -> Option<f64> {
        self.epochs.last()?.accuracy.get(self.set(set)?).copied()
    }

    /// Fraction of each class of a watched set classified correctly at the end; none where it has no pictures.
    pub fn recall(&self, set: &str, classes: usize) -> Option<Vec<Option<f64>>> {
        let at = self.set(set)?;
        let of = |class: usize| {
            let own = (0..self.labels[at].len()).filter(|i| self.labels[at][*i] == class);
            let logits: Vec<Vec<f32>> = own.map(|i| self.logits[at][i].clone()).collect();
            (!logits.is_empty()).then(|| accuracy(&logits, &vec![class; logits.len()]))
        };
        Some((0..classes).map(of).collect())
    }

    /// Expected calibration error on a watched set at the end.
    pub fn calibration(&self, set: &str) -> Option<f64> {
        let at = self.set(set)?;
        Some(calibration_error(&self.logits[at], &self.labels[at], 1.0))
    }
}

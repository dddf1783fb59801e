//! Training configuration of a judge.

use data::augment::Augmentations;

/// Training configuration (hyperparameters).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TrainingConfig {
    /// Maximum number of epochs.
    pub epochs: usize,
    /// Batch size.
    pub batch: usize,
    /// Peak learning rate.
    pub rate: f64,
    /// Weight decay of AdamW.
    pub decay: f64,
    /// Label smoothing: weight spread evenly over all classes.
    pub smoothing: f32,
    /// Out-of-distribution samples added, as a fraction of the training pictures; their target is uniform.
    pub strangers: f64,
    /// Early-stopping patience: epochs without a lower validation loss.
    pub patience: usize,
    /// Random seed.
    pub seed: u64,
    /// Augmentations of the training pictures; without a list those of their kind ([`vary`](super::augment::vary)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub augment: Option<Augmentations>,
}

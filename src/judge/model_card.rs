//! The model card: what a judge was trained on, and how well it does.

use super::layer_options::LayerOptions;
use super::progress::Epoch;
use super::training_config::TrainingConfig;
use data::tree::TreeAccuracy;

/// Written next to the weights as JSON.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ModelCard {
    /// Version of the program.
    pub version: String,
    /// Name of the data.
    pub data: String,
    /// Hash of its training pictures and labels.
    pub data_hash: String,
    /// Class names, in the order of the tables.
    pub classes: Vec<String>,
    /// Training, validation and test pictures.
    pub pictures: [usize; 3],
    /// Channels and side of a picture.
    pub input: [usize; 2],
    /// Name of the backbone.
    pub backbone: String,
    /// Layers chosen instead of the backbone's own.
    #[serde(skip_serializing_if = "LayerOptions::is_own")]
    pub layers: LayerOptions,
    /// Number of weights.
    pub weights: usize,
    /// Training configuration.
    pub plan: TrainingConfig,
    /// Every epoch.
    pub history: Vec<Epoch>,
    /// Whether training was interrupted; the best epoch so far was kept.
    pub interrupted: bool,
    /// What `accuracy` and the figures below were measured on: `test` or `validation`.
    pub measured_on: String,
    /// Fraction classified correctly.
    pub accuracy: f64,
    /// Counts, `[true class][predicted class]`.
    pub confusion: Vec<Vec<usize>>,
    /// Fraction of each class classified correctly.
    pub recall: Vec<f64>,
    /// Accuracy at each level of a label tree, and the cost of mistakes in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<TreeAccuracy>,
    /// Fitted on the validation pictures.
    pub temperature: f64,
    /// Expected calibration error, 15 bins, before and after the temperature.
    pub calibration_error: [f64; 2],
    /// Fraction of in-distribution pictures called unsure.
    pub unsure: f64,
    /// Fraction of out-of-distribution samples called unsure.
    pub unsure_strangers: Option<f64>,
    /// Wall and processor seconds of training.
    pub seconds: [f64; 2],
}

//! The architecture of a judge's network.

use super::layer_options::LayerOptions;

/// What determines the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Architecture {
    /// 1 or 3.
    pub channels: usize,
    /// Pixels a side.
    pub side: usize,
    /// Number of classes.
    pub classes: usize,
    /// Name of the backbone.
    #[serde(default = "unnamed")]
    pub backbone: String,
    /// Layers chosen instead of the backbone's own.
    #[serde(default, skip_serializing_if = "LayerOptions::is_own")]
    pub layers: LayerOptions,
}

/// The name of the backbone of files that name none.
pub fn unnamed() -> String {
    "compact".into()
}

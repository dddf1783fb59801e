//! How a method is trained.

use std::collections::BTreeMap;

use learn::training::TrainingConfig;

/// How a method is trained in every generation.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Recipe {
    /// Its settings by name.
    pub settings: BTreeMap<String, f64>,
    /// Training configuration; the seed is that of the run and the generation in place of its own.
    pub plan: TrainingConfig,
}

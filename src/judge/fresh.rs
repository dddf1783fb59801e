//! Networks to train: with fresh weights, or with those of a judge.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::Device;

use super::architecture::Architecture;
use super::network::Network;
use super::{Judge, JudgeError, backbone};

/// A network with fresh weights; seed the device first.
///
/// # Errors
/// There is no such backbone.
pub fn fresh(shape: &Architecture, device: &Device) -> Result<Box<dyn Network>, String> {
    Ok(backbone::find(&shape.backbone)?.fresh(shape, device))
}

impl Judge {
    /// The network in training, to fine-tune it or to take its gradient.
    ///
    /// # Errors
    /// The weights do not fit the architecture.
    pub fn network(&self, device: &Device) -> Result<Box<dyn Network>, JudgeError> {
        let made = fresh(&self.header.architecture, device).and_then(|n| n.with(self.weights()));
        made.map_err(JudgeError::Failed)
    }
}

//! The declaration of a backbone.

use std::ops::RangeInclusive;

use super::network::FeatureNetwork;
use crate::architecture::Architecture;
#[cfg(feature = "judge")]
use crate::network::Fresh;
use learn::net::weights::Weights;

/// A backbone.
pub struct Backbone {
    /// Name on the command line and in files.
    pub name: &'static str,
    /// What it is, in one sentence with its source.
    pub about: &'static str,
    /// Sides of the pictures that it accepts, pixels.
    pub sides: RangeInclusive<usize>,
    /// Number of features of a picture.
    pub features: fn(&Architecture) -> usize,
    /// Receptive field of its last layer, pixels a side.
    pub field: fn(&Architecture) -> usize,
    /// Names and dimensions of its weights.
    pub weights: fn(&Architecture) -> Vec<WeightSpec>,
    /// Builds it for inference.
    pub open: Open,
    /// Builds it for training, with fresh weights; seed the device first.
    #[cfg(feature = "judge")]
    pub fresh: Fresh,
}

/// Name and dimensions of a weight array.
pub type WeightSpec = (String, Vec<usize>);

/// Builds a backbone for a number of pictures at a time from weights, or reports what is wrong with them.
pub type Open = fn(&Weights, &Architecture, usize) -> Result<Box<dyn FeatureNetwork>, String>;

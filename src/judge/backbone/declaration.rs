//! The declaration of a backbone.

use std::ops::RangeInclusive;

use super::graph::Graph;
use super::graph::gradient::DifferentiableGraph;
use super::network::{FeatureNetwork, WeightSpec};
use crate::architecture::Architecture;
#[cfg(feature = "judge")]
use crate::model::whole;
#[cfg(feature = "judge")]
use crate::network::{Fresh, Network};
use learn::net::weights::Weights;
use world::limits;

/// A backbone.
pub struct Backbone {
    /// Name on the command line and in files.
    pub name: &'static str,
    /// What it is, in one sentence with its source.
    pub about: &'static str,
    /// Sides of the pictures that it accepts, pixels.
    pub sides: RangeInclusive<usize>,
    /// Its layers.
    pub layers: Layers,
}

/// The layers of a backbone, at inference and in training.
pub enum Layers {
    /// Convolutions, declared as a graph.
    Graph(fn(&Architecture) -> Graph),
    /// Others.
    Own(OwnLayers),
}

/// Layers that are no graph of convolutions.
pub struct OwnLayers {
    /// Whether the chosen layers are possible, or which are not.
    pub check: fn(&Architecture) -> Result<(), String>,
    /// Number of features of a picture.
    pub features: fn(&Architecture) -> usize,
    /// Receptive field of its last layer, pixels a side.
    pub field: fn(&Architecture) -> usize,
    /// Multiplications with a sum for a picture.
    pub multiply_adds: fn(&Architecture) -> u64,
    /// Names and dimensions of its weights.
    pub weights: fn(&Architecture) -> Vec<WeightSpec>,
    /// Builds it for inference.
    pub open: Open,
    /// Builds it for training, with fresh weights; seed the device first.
    #[cfg(feature = "judge")]
    pub fresh: Fresh,
}

/// Builds a backbone for a number of pictures at a time from weights, or reports what is wrong with them.
pub type Open = fn(&Weights, &Architecture, usize) -> Result<Box<dyn FeatureNetwork>, String>;

/// Values between the layers of one picture, at most.
const VALUES: usize = 1 << 24;

/// Greatest side of a picture whose gradient is taken, pixels.
const SIDE: usize = 1024;

impl Backbone {
    /// Whether it can be built for an architecture whose sizes are within limits.
    ///
    /// # Errors
    /// The side, or layers that were chosen and do not fit.
    pub fn check(&self, shape: &Architecture) -> Result<(), String> {
        limits::within("side", shape.side, self.sides.clone())?;
        match &self.layers {
            Layers::Graph(graph) => {
                limits::within("values between layers", graph(shape).values(), 0..=VALUES).map(drop)
            }
            Layers::Own(own) => (own.check)(shape),
        }
    }

    /// Number of features of a picture.
    pub fn features(&self, shape: &Architecture) -> usize {
        match &self.layers {
            Layers::Graph(graph) => graph(shape).features(),
            Layers::Own(own) => (own.features)(shape),
        }
    }

    /// Receptive field of its last layer, pixels a side.
    pub fn field(&self, shape: &Architecture) -> usize {
        match &self.layers {
            Layers::Graph(graph) => graph(shape).field(),
            Layers::Own(own) => (own.field)(shape),
        }
    }

    /// Multiplications with a sum for a picture.
    pub fn multiply_adds(&self, shape: &Architecture) -> u64 {
        match &self.layers {
            Layers::Graph(graph) => graph(shape).multiply_adds(),
            Layers::Own(own) => (own.multiply_adds)(shape),
        }
    }

    /// Names and dimensions of its weights.
    pub fn weights(&self, shape: &Architecture) -> Vec<WeightSpec> {
        match &self.layers {
            Layers::Graph(graph) => graph(shape).weights(),
            Layers::Own(own) => (own.weights)(shape),
        }
    }

    /// Builds it for inference, for a number of pictures at a time.
    ///
    /// # Errors
    /// Weights are missing or of another shape.
    pub fn open(
        &self,
        weights: &Weights,
        shape: &Architecture,
        pictures: usize,
    ) -> Result<Box<dyn FeatureNetwork>, String> {
        match &self.layers {
            Layers::Graph(graph) => Ok(Box::new(graph(shape).open(weights, pictures)?)),
            Layers::Own(own) => (own.open)(weights, shape, pictures),
        }
    }

    /// Builds it for inference and gradients, for a number of pictures at a time of this height and width.
    ///
    /// # Errors
    /// Weights are missing or of another shape, the pictures are too small or too large, or the backbone is no graph of
    /// convolutions.
    pub fn differentiable(
        &self,
        weights: &Weights,
        shape: &Architecture,
        size: (usize, usize),
        pictures: usize,
    ) -> Result<DifferentiableGraph, String> {
        let Layers::Graph(graph) = &self.layers else {
            return Err(format!(
                "the backbone {} has no gradients at inference; those made of convolutions have them",
                self.name
            ));
        };
        let graph = graph(shape);
        for side in [size.0, size.1] {
            limits::within("side", side, *self.sides.start()..=SIDE)?;
        }
        limits::within("values between layers", graph.values_at(size), 0..=VALUES)?;
        graph.differentiable(size, weights, pictures)
    }

    /// Builds it for training, with fresh weights; seed the device first.
    #[cfg(feature = "judge")]
    #[expect(clippy::disallowed_types, reason = "training runs on burn")]
    pub fn fresh(&self, shape: &Architecture, device: &burn::tensor::Device) -> Box<dyn Network> {
        match &self.layers {
            Layers::Graph(graph) => {
                let graph = graph(shape);
                let features = graph.features();
                whole(super::graph::TrainedGraph::new(graph, device), features, shape, device)
            }
            Layers::Own(own) => (own.fresh)(shape, device),
        }
    }
}

//! The network in training; [`super::inference`] is the same on plain slices. All numbers are normalised.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::sync::Arc;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::silu;
use burn::tensor::{Device, Tensor, TensorData};

use super::config::{SIZE_FLOOR, StepConfig};
use crate::dynamics::projected::{Projector, projected};
use crate::dynamics::projection::Projection;
use crate::dynamics::trajectories::Scales;
use crate::unet::model::UNet;

/// The network: the change of a state.
#[derive(Module, Debug)]
pub struct StepNet {
    embed: Vec<Linear>,
    unet: UNet,
}

impl StepNet {
    /// Fresh weights; seed the device first.
    pub fn new(config: &StepConfig, device: &Device) -> Self {
        let e = config.unet.conditioning;
        Self {
            embed: [config.features(), e].map(|from| LinearConfig::new(from, e).init(device)).into(),
            unet: UNet::new(&config.unet, device),
        }
    }

    /// The change, in its deviations, of what is seen `[n, inputs, height, width]`, from features `[n, features]`.
    pub fn forward(&self, seen: Tensor<4>, features: Tensor<2>) -> Tensor<4> {
        let x = silu(self.embed[0].forward(features));
        let conditioning = silu(self.embed[1].forward(x));
        self.unet.forward(seen, &conditioning)
    }
}

/// What turns changes into states in training.
pub struct Stepper {
    /// Sizes.
    pub config: StepConfig,
    /// Scale of each plane.
    pub scales: Scales,
    ratios: Vec<f32>,
    projector: Option<Projector>,
}

impl Stepper {
    /// For these sizes and scales. `cutoff` is that of [`Projection::new`].
    pub fn new(config: StepConfig, scales: Scales, cutoff: f64) -> Self {
        let (h, w) = (config.spec.height, config.spec.width);
        let projector = config
            .velocity
            .map(|planes| Projector { planes, projection: Arc::new(Projection::new(h, w, cutoff)) });
        Self { ratios: scales.ratios(), config, scales, projector }
    }

    /// Features of a batch: knobs, sizes of the planes of the newest state, and the refinement. No gradient flows
    /// through the sizes.
    pub fn features(&self, state: &Tensor<4>, knobs: &[Vec<f32>], refinements: &[usize]) -> Tensor<2> {
        let [n, planes, h, w] = state.dims();
        let squares = state.clone().detach().powi_scalar(2).reshape([n, planes, h * w]).mean_dim(2);
        let sizes = squares.reshape([n, planes]).add_scalar(SIZE_FLOOR).log().mul_scalar(0.5);
        let rest = |rows: Vec<Vec<f32>>| {
            let columns = rows[0].len();
            let data = TensorData::new(rows.concat(), [n, columns]);
            Tensor::<2>::from_data(data, &state.device())
        };
        let one_hot =
            |k: &usize| (0..=self.config.refinements).map(|i| if i == *k { 1.0 } else { 0.0 }).collect();
        let refinements = rest(refinements.iter().map(one_hot).collect());
        let mut parts = vec![sizes, refinements];
        if !self.config.spec.knobs.is_empty() {
            parts.insert(0, rest(knobs.iter().map(|k| self.config.knob_features(k)).collect()));
        }
        Tensor::cat(parts, 1)
    }

    /// The next state: a state and its change, in its deviations.
    pub fn next(&self, state: Tensor<4>, change: Tensor<4>) -> Tensor<4> {
        let c = self.ratios.len();
        let ratios = TensorData::new(self.ratios.clone(), [1, c, 1, 1]);
        let next = state.clone() + change * Tensor::<4>::from_data(ratios, &state.device());
        match &self.projector {
            // Both planes have one deviation, and the projection keeps means: it commutes with the scales.
            Some(projector) => projected(next, projector),
            None => next,
        }
    }

    /// The error of a state, in deviations of its change.
    pub fn error(&self, state: Tensor<4>, truth: Tensor<4>) -> Tensor<4> {
        let c = self.ratios.len();
        let inverse: Vec<f32> = self.ratios.iter().map(|r| 1.0 / r).collect();
        let inverse = Tensor::<4>::from_data(TensorData::new(inverse, [1, c, 1, 1]), &state.device());
        (state - truth) * inverse
    }
}

//! Optimisers by name, with the settings and defaults of PyTorch.
//!
//! Each is an [`Optimizer`](burn::optim::Optimizer) of burn: its own where that is as exact as PyTorch's, with the settings
//! that make it the same; [`adam`], [`adadelta`], [`adamax`], [`nadam`] and [`radam`] elsewhere. In all but AdamW the weight
//! decay is added to the gradient (L2); AdamW takes it from the weights (Loshchilov and Hutter 2019).

pub mod adadelta;
pub mod adam;
pub mod adamax;
pub mod moments;
pub mod nadam;
pub mod radam;
mod state;

#[cfg(test)]
mod tests;

pub use moments::Moments;

use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdaGradConfig, ModuleOptimizer, RmsPropConfig, SgdConfig};

/// An optimiser with its settings; the learning rate belongs to each step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimiser {
    /// Steepest descent, with momentum (Polyak 1964; Nesterov 1983; Sutskever et al. 2013).
    Sgd {
        /// Share of the last step that is taken again.
        momentum: f64,
        /// Share of the gradient that is left out of it.
        dampening: f64,
        /// Whether the step looks ahead.
        nesterov: bool,
    },
    /// Adam (Kingma and Ba 2015).
    Adam(Moments),
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    AdamW(Moments),
    /// Adam by the largest gradient (Kingma and Ba 2015).
    Adamax(Moments),
    /// Adam that looks ahead (Dozat 2016); the number is the decay of its momentum.
    Nadam(Moments, f64),
    /// Adam with its variance rectified (Liu et al. 2020).
    Radam(Moments),
    /// RMSprop (Tieleman and Hinton 2012).
    RmsProp {
        /// Decay of the mean square.
        alpha: f64,
        /// Added to its root.
        epsilon: f64,
        /// Share of the last step that is taken again.
        momentum: f64,
        /// Whether the mean is taken from the square.
        centered: bool,
    },
    /// Adagrad (Duchi et al. 2011).
    Adagrad {
        /// Decay of the learning rate per step.
        rate_decay: f64,
        /// Added to the root of the sum.
        epsilon: f64,
    },
    /// Adadelta (Zeiler 2012).
    Adadelta {
        /// Decay of both means.
        rho: f64,
        /// Added to both means.
        epsilon: f64,
    },
}

impl Optimiser {
    /// Every name.
    pub const NAMES: [&str; 11] = [
        "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "adamax", "nadam", "radam", "adagrad",
        "adadelta",
    ];

    /// That of a name, with its default settings; `momentum` and `nesterov` are SGD with a momentum of 0.9.
    pub fn named(name: &str) -> Option<Self> {
        let moments = Moments::default();
        let sgd = |momentum, nesterov| Self::Sgd { momentum, dampening: 0.0, nesterov };
        Some(match name {
            "sgd" => sgd(0.0, false),
            "momentum" => sgd(0.9, false),
            "nesterov" => sgd(0.9, true),
            "rmsprop" => Self::RmsProp { alpha: 0.99, epsilon: 1e-8, momentum: 0.0, centered: false },
            "adam" => Self::Adam(moments),
            "adamw" => Self::AdamW(moments),
            "adamax" => Self::Adamax(moments),
            "nadam" => Self::Nadam(moments, 4e-3),
            "radam" => Self::Radam(moments),
            "adagrad" => Self::Adagrad { rate_decay: 0.0, epsilon: 1e-10 },
            "adadelta" => Self::Adadelta { rho: 0.9, epsilon: 1e-6 },
            _ => return None,
        })
    }

    /// Its weight decay if none is named.
    pub fn default_decay(&self) -> f64 {
        if matches!(self, Self::AdamW(_)) { 0.01 } else { 0.0 }
    }

    /// The optimiser, with a weight decay.
    pub fn init(&self, decay: f64) -> ModuleOptimizer {
        let coupled = (decay != 0.0).then(|| WeightDecayConfig::new(decay as f32));
        match *self {
            Self::Sgd { momentum, dampening, nesterov } => {
                let of = MomentumConfig { momentum, dampening, nesterov };
                SgdConfig::new()
                    .with_weight_decay(coupled)
                    .with_momentum((momentum != 0.0).then_some(of))
                    .init()
            }
            Self::Adam(m) => adam::Adam::new(m, adam::Decay::Coupled(decay)).into(),
            Self::AdamW(m) => adam::Adam::new(m, adam::Decay::Decoupled(decay)).into(),
            Self::Adamax(m) => adamax::Adamax::new(m, decay).into(),
            Self::Nadam(m, momentum_decay) => nadam::Nadam::new(m, momentum_decay, decay).into(),
            Self::Radam(m) => radam::Radam::new(m, decay).into(),
            Self::RmsProp { alpha, epsilon, momentum, centered } => RmsPropConfig::new()
                .with_alpha(alpha as f32)
                .with_epsilon(epsilon as f32)
                .with_momentum(momentum as f32)
                .with_centered(centered)
                .with_weight_decay(coupled)
                .init(),
            Self::Adagrad { rate_decay, epsilon } => AdaGradConfig::new()
                .with_lr_decay(rate_decay)
                .with_epsilon(epsilon as f32)
                .with_weight_decay(coupled)
                .init(),
            Self::Adadelta { rho, epsilon } => adadelta::Adadelta::new(rho, epsilon, decay).into(),
        }
    }
}

//! Networks that say something of every pixel of a frame: which process it shows, or whether a body is centred on it and
//! how large it is. Both are the U-Net of [`unet`](super::unet), with a constant as its conditioning; they learn from
//! frames whose every pixel has a label ([`data::masked`]).
//!
//! [`frames`] prepares the frames and [`augment`] varies them (parts of several are composed anew in every step); `input`
//! says what of a picture the network sees; [`targets`] says what the network should give, [`training`] takes a step, [`inference`] runs it and reads what it gives.
//! [`iou`] and [`precision`] measure it.

pub mod augment;
pub mod example;
pub mod frames;
pub mod inference;
mod input;
pub mod iou;
#[cfg(feature = "judge")]
mod loss;
#[cfg(feature = "judge")]
pub mod pipeline;
pub mod precision;
mod settings;
pub mod targets;
#[cfg(feature = "judge")]
pub mod training;
mod zoom;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::unet::UNetConfig;
use super::unet::config::widths;
use data::reduce::SIDE;
pub use input::network_input;
pub use settings::{Contrast, Settings};

/// What is said of every pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Its process: one logit a class (semantic segmentation, Ronneberger et al. 2015).
    Segment,
    /// Whether a body is centred on it, one logit a class, and that body's size and place (CenterNet, Zhou et al. 2019).
    Detect,
}

/// Planes of a detector after those of the classes: logarithms of width and height, and the place of the centre in its
/// pixel.
pub const GEOMETRY: usize = 4;

/// What every block of the U-Net is modulated by: a constant of length one. Of many values, so that gains begin near 1: the
/// fewer there are, the larger are the initial weights of each.
pub const CONDITIONING: [f32; 16] = [0.25; 16];

impl Task {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Segment, Self::Detect];

    /// Name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::Detect => "detect",
        }
    }

    /// The task of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// Planes that its network gives.
    pub fn outputs(self, classes: usize) -> usize {
        classes + if self == Self::Detect { GEOMETRY } else { 0 }
    }

    /// The network of these settings.
    ///
    /// # Errors
    /// The patches do not tile a frame.
    pub fn network(self, settings: &Settings, classes: usize) -> Result<UNetConfig, String> {
        let config = UNetConfig {
            inputs: settings.contrast.planes(),
            outputs: self.outputs(classes),
            height: SIDE,
            width: SIDE,
            periodic: [false; 2],
            patch: settings.patch as usize,
            widths: widths(settings.width as usize, settings.deepest as usize, settings.levels as usize),
            blocks: settings.blocks as usize,
            conditioning: CONDITIONING.len(),
            normalise_last: true,
        };
        config.check()
    }

    /// Every setting by name, at its default.
    pub fn settings() -> BTreeMap<String, f64> {
        use world::params::Params as _;
        Settings::SPECS.iter().map(|s| (s.name.to_string(), s.default)).collect()
    }
}

//! Sizes, the noise schedule, and the time embedding.

use super::Settings;
use crate::ImageShape;
use crate::unet::config::{UNetConfig, widths};

/// Features of the time embedding.
pub const FEATURES: usize = 32;

/// Sizes of the denoiser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DenoiserConfig {
    /// Shape of the pictures.
    pub shape: ImageShape,
    /// Number of classes.
    pub classes: usize,
    /// Sizes of its U-Net.
    pub unet: UNetConfig,
}

impl DenoiserConfig {
    /// For pictures of a shape, in classes: three sizes, four from 48 cells on.
    ///
    /// # Errors
    /// The patches do not tile the picture as often as it is halved.
    pub fn of(s: &Settings, shape: ImageShape, classes: usize) -> Result<Self, String> {
        let patch = s.patch as usize;
        let levels = if shape.side / patch < 48 { 3 } else { 4 };
        let widths = widths(s.first as usize, s.width as usize, levels);
        let unet = UNetConfig {
            inputs: shape.channels,
            outputs: shape.channels,
            height: shape.side,
            width: shape.side,
            periodic: [false; 2],
            patch,
            blocks: s.blocks as usize,
            conditioning: widths[levels - 1],
            normalise_last: true,
            widths,
        };
        Ok(Self { shape, classes, unet: unet.check()? })
    }
    /// Dimensions of the time and class embedding.
    pub fn embedding(&self) -> usize {
        self.unet.conditioning
    }
    /// Whether the network is conditioned on a class.
    pub fn is_conditional(&self) -> bool {
        self.classes > 1
    }
    /// Row of the class table for the null class (classifier-free guidance).
    pub fn null_class(&self) -> usize {
        self.classes
    }
}

/// Signal and noise rates at a time: `signal² + noise² = 1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiffusionRates {
    /// Factor of the picture.
    pub signal: f32,
    /// Factor of the noise.
    pub noise: f32,
}

impl DiffusionRates {
    /// At a time in 0 (picture) to 1 (noise): the cosine schedule with its offset of 0.008, as an angle.
    pub fn at(time: f64) -> Self {
        const OFFSET: f64 = 0.008;
        let angle = (time + OFFSET) / (1.0 + OFFSET) * std::f64::consts::FRAC_PI_2;
        // At time 1 the cosine is only rounding error.
        Self { signal: libm::cos(angle).max(0.0) as f32, noise: libm::sin(angle) as f32 }
    }
}

/// Time before a step of sampling: 1 (noise) before the first, 0 (picture) after the last.
pub fn time(step: usize, steps: usize) -> f64 {
    1.0 - step.min(steps) as f64 / steps as f64
}

/// Sinusoidal embedding of a time (after Vaswani et al. 2017).
pub fn features(time: f64) -> [f32; FEATURES] {
    let mut all = [0.0; FEATURES];
    let half = FEATURES / 2;
    for i in 0..half {
        // Periods from twice the whole time to a fiftieth of it.
        let turns = 0.5 * libm::pow(100.0, i as f64 / (half - 1) as f64);
        let angle = std::f64::consts::TAU * turns * time;
        (all[i], all[half + i]) = (libm::sin(angle) as f32, libm::cos(angle) as f32);
    }
    all
}

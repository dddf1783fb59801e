//! Sizes, the noise schedule, and the time embedding.

use super::Settings;
use crate::ImageShape;

/// Features of the time embedding.
pub const FEATURES: usize = 32;

/// Groups that channels are normalised in.
pub const GROUPS: usize = 8;

/// Sizes of the U-Net.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UNetConfig {
    /// Shape of the pictures.
    pub shape: ImageShape,
    /// Number of classes.
    pub classes: usize,
    /// Channels at each size, the largest size first.
    pub widths: Vec<usize>,
}

impl UNetConfig {
    /// For pictures of a shape, in classes: three sizes, four from 48 pixels on.
    pub fn of(s: &Settings, shape: ImageShape, classes: usize) -> Self {
        let levels = if shape.side < 48 { 3 } else { 4 };
        let width = |level: usize| ((s.width as usize >> (levels - 1 - level)) / GROUPS * GROUPS).max(GROUPS);
        Self { shape, classes, widths: (0..levels).map(width).collect() }
    }
    /// Channels at the smallest size.
    pub fn deepest(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }
    /// Dimensions of the time and class embedding.
    pub fn embedding(&self) -> usize {
        self.deepest()
    }
    /// Pixels a side at a level.
    pub fn side(&self, level: usize) -> usize {
        self.shape.side >> level
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

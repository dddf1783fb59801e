//! Settings of networks that say something of every pixel.

use world::params;

params! {
    /// Settings of a network that says something of every pixel.
    pub struct Settings {
        /// Channels at the largest size, rounded down to a multiple of 8.
        width: u32 = 32 in 8..=128;
        /// Channels at the smallest size, which those of the larger ones grow to by equal factors.
        deepest: u32 = 96 in 8..=256;
        /// Residual blocks at each size, on the way down as on the way up.
        blocks: u32 = 1 in 1..=4;
        /// Pixels a side of the patches that the network sees as one cell; larger ones cost less and blur more.
        patch: u32 = 2 in 1..=4;
        /// Share of the pictures of a step that are composed anew, of parts of two or three frames (after Hu et al. 2016).
        compose: f32 = 0.75 in 0.0..=1.0;
        /// Share of the parts whose colours are changed at random: a palette says nothing about the process.
        recolour: f32 = 0.5 in 0.0..=1.0;
        /// Decay per step of the moving average of the weights, which are kept.
        average: f64 = 0.998 in 0.0..=0.99999;
    }
}

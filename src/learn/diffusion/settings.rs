//! Settings of the diffusion.

use world::params;

params! {
    /// Settings of the diffusion.
    pub struct Settings {
        /// Channels at the smallest size; half as many at each doubling. Rounded down to a multiple of 8.
        width: u32 = 96 in 16..=256;
        /// Sampling steps from noise to picture.
        steps: u32 = 25 in 1..=1000;
        /// Scale of classifier-free guidance: 1 as learned, more exaggerates the class at twice the cost, 0 ignores it.
        guidance: f32 = 1.0 in 0.0..=20.0;
        /// Decay per step of the moving average of the weights, which pictures are sampled with.
        average: f64 = 0.998 in 0.0..=0.99999;
    }
}

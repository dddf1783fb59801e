//! Settings of generator and discriminator.

use world::params;

params! {
    /// Settings of generator and discriminator.
    pub struct Settings {
        /// Latent dimensions.
        latent: u32 = 32 in 1..=256;
        /// Channels at the generator's smallest size; half as many at each doubling.
        width: u32 = 64 in 16..=256;
        /// Whether to use the Wasserstein loss with a gradient penalty.
        wasserstein: bool = false;
        /// Weight of the gradient penalty under `wasserstein`.
        penalty: f32 = 10.0 in 0.0..=1000.0;
        /// Initial deviation of the noise on the discriminator's inputs, which decreases to 0. Not under `wasserstein`.
        noise: f32 = 0.2 in 0.0..=2.0;
        /// Decay per step of the moving average of the weights, which pictures are sampled with.
        average: f64 = 0.995 in 0.0..=0.99999;
    }
}

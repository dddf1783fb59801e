//! Settings of the autoencoder.

use world::params;

world::choices! {
    /// Likelihood of a pixel.
    pub enum Likelihood {
        /// Bernoulli.
        Bernoulli: "bernoulli",
        /// Gaussian with a deviation of a tenth.
        Gaussian: "gaussian",
    }
}

params! {
    /// Settings of the autoencoder.
    pub struct Settings {
        /// Latent dimensions.
        latent: u32 = 16 in 1..=256;
        /// β: weight of the Kullback–Leibler divergence from the prior.
        beta: f32 = 1.0 in 0.0..=100.0;
        /// Likelihood of a pixel: Bernoulli, or Gaussian with a deviation of a tenth.
        likelihood: Choice of Likelihood = "bernoulli";
        /// Channels at a quarter of the side; half as many at a half, a quarter at the whole.
        width: u32 = 64 in 8..=256;
    }
}

//! Settings of autoencoder and prior.

use world::params;

params! {
    /// Settings of autoencoder and prior.
    pub struct Settings {
        /// Vectors in the codebook.
        codes: u32 = 128 in 2..=1024;
        /// Dimensions of a codebook vector.
        embedding: u32 = 16 in 1..=128;
        /// Channels at a quarter of the side; half as many at a half, a quarter at the whole.
        width: u32 = 64 in 8..=256;
        /// Weight of the commitment loss, which keeps the encoder close to the codes it has chosen.
        commitment: f32 = 0.25 in 0.0..=10.0;
        /// Fraction of the epochs that train the autoencoder (at least one); the rest train the prior.
        autoencoder: f32 = 0.5 in 0.01..=0.99;
        /// Layers of the transformer prior.
        layers: u32 = 3 in 1..=12;
        /// Attention heads of the prior.
        heads: u32 = 4 in 1..=16;
        /// Dimensions of a head.
        head: u32 = 24 in 4..=64;
        /// Sampling temperature of the prior: lower is more typical, higher more diverse.
        temperature: f32 = 1.0 in 0.05..=2.0;
    }
}

//! Settings of the mixture.

use world::params;

params! {
    /// Settings of the mixture.
    pub struct Settings {
        /// Number of principal components.
        principal: u32 = 48 in 2..=256;
        /// Gaussians in the mixture of each class.
        gaussians: u32 = 8 in 1..=64;
        /// Added to each variance, as a fraction of the mean variance: keeps Gaussians from collapsing onto one picture.
        floor: f64 = 0.002 in 0.00001..=0.5, Log;
    }
}

//! Settings of the learned step.

use world::params;

params! {
    /// Settings of the learned step.
    pub struct Settings {
        /// Frames of the past that the network sees.
        history: u32 = 1 in 1..=4;
        /// Channels at the largest size, which grow to `width` by equal factors; 0 halves `width` at each doubling.
        first: u32 = 32 in 0..=256;
        /// Channels at the smallest size.
        width: u32 = 64 in 8..=256;
        /// Sizes of the network: each halves the one before.
        levels: u32 = 3 in 1..=5;
        /// Residual blocks at each size, on the way down as on the way up.
        blocks: u32 = 1 in 1..=4;
        /// Pixels a side of the patches that the network sees as one cell.
        patch: u32 = 2 in 1..=4;
        /// Whether the velocity (planes named `….x` and `….y`) is kept free of divergence, on a torus.
        project: bool = false;
        /// Share of the highest wavenumber above which the velocity is cut off, where it is projected.
        cutoff: f64 = 1.0 in 0.1..=1.0;
        /// Normal noise added to the frames that the network learns from, in deviations of the change from frame to
        /// frame (Sanchez-Gonzalez et al. 2020).
        noise: f32 = 0.05 in 0.0..=10.0;
        /// Share of the training in which single steps are learned, before they are unrolled.
        single: f64 = 0.4 in 0.0..=1.0;
        /// Steps that are unrolled then (Kohl et al. 2023: 8 and more are stable, 4 and fewer are not).
        unroll: u32 = 8 in 1..=64;
        /// Worlds of a batch while unrolled; small batches are more stable (Kohl et al. 2023).
        unrolled_batch: u32 = 4 in 1..=256;
        /// Learning rate while unrolled, as a share of the peak rate.
        unrolled_rate: f64 = 0.3 in 0.001..=1.0;
        /// Whether gradients flow through the unrolled steps, or each step learns alone (List et al. 2024).
        through: bool = true;
        /// Denoising steps after the prediction (PDE-Refiner, Lippe et al. 2023); 0 is none.
        refinements: u32 = 0 in 0..=8;
        /// Least noise of the refinements, in deviations of the change.
        least: f32 = 0.03 in 0.0001..=1.0;
        /// Decay per step of the moving average of the weights, which the world runs with.
        average: f64 = 0.999 in 0.0..=0.99999;
        /// Steps of an epoch.
        rounds: u32 = 250 in 1..=100000;
    }
}

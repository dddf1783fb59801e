//! Settings of the diffusion.

use world::params;

params! {
    /// Settings of the diffusion.
    pub struct Settings {
        /// Channels at the smallest size; half as many at each doubling. Rounded down to a multiple of 8.
        width: u32 = 96 in 16..=256;
        /// Channels at the largest size, which grow to `width` by equal factors; 0 halves `width` at each doubling.
        /// Rounded down to a multiple of 8.
        first: u32 = 0 in 0..=256;
        /// Residual blocks at each size, on the way down as on the way up.
        blocks: u32 = 1 in 1..=4;
        /// Pixels a side of the patches that the network sees as one cell; larger ones cost less and blur more.
        patch: u32 = 1 in 1..=4;
        /// Whether pictures are mirrored left to right at random while it learns.
        mirror: bool = false;
        /// Whether pictures are rolled across their left and right edges at random while it learns: for worlds that are
        /// periodic across.
        roll: bool = false;
        /// Sampling steps from noise to picture.
        steps: u32 = 25 in 1..=1000;
        /// Order of the sampler: 1 is DDIM, 2 extrapolates from the step before and needs about half as many steps.
        order: u32 = 2 in 1..=2;
        /// Scale of classifier-free guidance: 1 as learned, more exaggerates the class at twice the cost, 0 ignores it.
        guidance: f32 = 1.0 in 0.0..=20.0;
        /// Decay per step of the moving average of the weights, which pictures are sampled with.
        average: f64 = 0.998 in 0.0..=0.99999;
    }
}

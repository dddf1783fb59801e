//! Settings of networks that say something of every pixel.

use world::params;

world::choices! {
    /// What is done to the contrast of a picture before the network sees it.
    pub enum Contrast {
        /// Nothing: bytes become numbers in −1..1.
        None: "none",
        /// Each channel minus its mean, divided by the deviation of the picture.
        Picture: "picture",
        /// That, and a further plane: the brightness of each pixel by mean and deviation of those around it.
        Local: "local",
    }
}

params! {
    /// Settings of a network that says something of every pixel.
    pub struct Settings {
        /// Channels at the largest size, rounded down to a multiple of 8.
        width: u32 = 32 in 8..=128;
        /// Channels at the smallest size, which those of the larger ones grow to by equal factors.
        deepest: u32 = 96 in 8..=256;
        /// Sizes: at each the picture is half as wide and high as before.
        levels: u32 = 3 in 2..=5;
        /// Residual blocks at each size, on the way down as on the way up.
        blocks: u32 = 1 in 1..=4;
        /// Pixels a side of the patches that the network sees as one cell; larger ones cost less and blur more.
        patch: u32 = 2 in 1..=4;
        /// What is done to the contrast of a picture before the network sees it.
        contrast: Choice of Contrast = "local";
        /// Share of the pictures of a step that are composed anew, of parts of two or three frames (after Hu et al. 2016).
        compose: f32 = 0.75 in 0.0..=1.0;
        /// Share of the parts whose colours are changed at random: a palette says nothing about the process.
        recolour: f32 = 0.5 in 0.0..=1.0;
        /// Share of the side by which half of the parts are cropped at most, and enlarged again.
        zoom: f32 = 0.0 in 0.0..=0.8;
        /// In training, pixels of a segmentation do not count that are so near to one of another class.
        seam: u32 = 0 in 0..=8, unit "pixels";
        /// Weight decay of a step, times the learning rate (AdamW, Loshchilov and Hutter 2019).
        decay: f64 = 0.01 in 0.0..=1.0;
        /// Decay per step of the moving average of the weights, which are kept.
        average: f64 = 0.998 in 0.0..=0.99999;
    }
}

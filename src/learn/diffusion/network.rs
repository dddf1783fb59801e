//! The denoiser on plain slices: a [`UNet`](unet) with an embedding of time and class.

use super::data::{DenoiserConfig, FEATURES, features};
use crate::net::layers::{Dense, silu};
use crate::net::weights::Weights;
use crate::unet::network as unet;

/// The network: from a noisy picture, a time and a class to the velocity.
pub struct Network {
    sizes: DenoiserConfig,
    time: [Dense; 2],
    classes: Vec<f32>,
    unet: unet::Network,
}

/// Embedding of time and class, the conditioning of every block.
pub struct Conditioning(Vec<f32>);

impl Network {
    /// Reads the weights.
    ///
    /// # Errors
    /// One is missing or of another shape.
    pub fn of(w: &Weights, sizes: DenoiserConfig) -> Result<Self, String> {
        let e = sizes.embedding();
        // Files of version 0.1.0 have the U-Net's weights at the top.
        let prefix = if w.has("begin.weight") { "" } else { "unet." };
        Ok(Self {
            time: [Dense::of(w, "time.0", FEATURES, e)?, Dense::of(w, "time.1", e, e)?],
            classes: w.get("classes", &[sizes.classes + 1, e])?,
            unet: unet::Network::of(w, prefix, sizes.unet.clone())?,
            sizes,
        })
    }

    /// Sizes of the network.
    pub fn sizes(&self) -> &DenoiserConfig {
        &self.sizes
    }

    /// Embedding of a time in 0..1 and a class (`None`: the null class).
    pub fn conditioning(&self, time: f64, label: Option<usize>) -> Conditioning {
        let row = match label {
            Some(l) if self.sizes.is_conditional() => l.min(self.sizes.classes - 1),
            _ => self.sizes.null_class(),
        };
        let e = self.sizes.embedding();
        let mut x = self.time[0].apply(&features(time));
        silu(&mut x);
        let mut x = self.time[1].apply(&x);
        x.iter_mut().zip(&self.classes[row * e..(row + 1) * e]).for_each(|(x, c)| *x += c);
        silu(&mut x);
        Conditioning(x)
    }

    /// Velocity of one noisy picture, `channels · side · side` values.
    pub fn velocity(&self, x: &[f32], conditioning: &Conditioning) -> Vec<f32> {
        self.unet.apply(x, &conditioning.0)
    }
}

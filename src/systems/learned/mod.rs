//! Learned generators as systems, next to the rule-based ones.

mod file;
pub mod latent;
pub mod nca;
#[cfg(test)]
mod tests;
mod wall;
pub mod world;

/// The shipped imitators: the scene that each was trained on, and its weights.
pub const IMITATORS: &[(&str, &[u8])] = &[("street", latent::SHIPPED), ("ink", INK), ("julia", JULIA)];

/// The imitator of `ink`: denoising diffusion.
const INK: &[u8] = include_bytes!("../../../assets/ink.safetensors");
/// The imitator of `julia`: a Gaussian mixture.
const JULIA: &[u8] = include_bytes!("../../../assets/julia.safetensors");

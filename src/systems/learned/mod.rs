//! Learned generators as systems, next to the rule-based ones.

mod file;
pub mod latent;
pub mod nca;
#[cfg(test)]
mod tests;
mod wall;

/// The shipped imitators: the scene that each was trained on, and its weights.
pub const IMITATORS: &[(&str, &[u8])] = &[("street", latent::SHIPPED), ("ink", nca::SHIPPED)];

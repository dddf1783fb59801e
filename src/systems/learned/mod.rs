//! Learned generators as systems, next to the rule-based ones.

mod file;
pub mod imitators;
pub mod latent;
pub mod nca;
#[cfg(test)]
mod tests;
mod walk;
mod wall;
pub mod world;

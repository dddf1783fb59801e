//! Learned generators as systems, next to the rule-based ones, and what looks with the eyes of a judge.

pub mod deepdream;
pub mod eye;
mod file;
pub mod imitators;
pub mod latent;
pub mod nca;
mod observing;
pub mod painter;
#[cfg(test)]
mod tests;
mod walk;
mod wall;
pub mod world;

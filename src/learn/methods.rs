//! The catalogue of methods: one line each, in [`METHODS`]. Each has its entry in its own folder.

use super::method::Method;
use super::{acgan, diffusion, gmm, nca, vae, vqvae};

/// Every method, in the order of the manual.
pub const METHODS: &[Method] = &[
    // One line a method.
    gmm::METHOD,
    vae::METHOD,
    vqvae::METHOD,
    acgan::METHOD,
    diffusion::METHOD,
    nca::METHOD,
];

/// Names of all methods, in the order of the manual.
pub fn names() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|m| m.name)
}

/// The method of that name.
///
/// # Errors
/// No method has that name; the message lists those that exist.
pub fn find(name: &str) -> Result<&'static Method, String> {
    METHODS.iter().find(|m| m.name == name).ok_or_else(|| {
        let known: Vec<&str> = names().collect();
        format!("expected a method among {}, found `{name}`", known.join(", "))
    })
}

#[cfg(test)]
mod tests;

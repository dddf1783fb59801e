//! Backbones: the layers that turn a picture into features, from which the judge's embedding is computed. The
//! catalogue, one line each.
//!
//! A backbone is declared in its own file: its description, the pictures it accepts, its layers at inference (on
//! [`learn::net`]: one order of sums, the same bits everywhere) and, with the feature `judge`, the same layers in
//! training (a `Body` of `model`). The rest is common to all judges: standardisation before it, an embedding and a
//! linear head after it.

pub mod compact;
mod declaration;
mod network;

pub use declaration::{Backbone, Open, WeightSpec};
pub use network::{FeatureNetwork, Workspace};

/// Every backbone, in the order of the manual. The first is the default, in training and for files that name none.
pub const BACKBONES: &[Backbone] = &[
    // One line a backbone.
    compact::BACKBONE,
];

/// Names of all backbones, in the order of the manual.
pub fn names() -> impl Iterator<Item = &'static str> {
    BACKBONES.iter().map(|b| b.name)
}

/// The backbone of that name.
///
/// # Errors
/// No backbone has that name; the message lists those that exist.
pub fn find(name: &str) -> Result<&'static Backbone, String> {
    BACKBONES.iter().find(|b| b.name == name).ok_or_else(|| {
        let known: Vec<&str> = names().collect();
        format!("expected a backbone among {}, found `{name}`", known.join(", "))
    })
}

#[cfg(test)]
pub(crate) mod tests;

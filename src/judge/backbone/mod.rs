//! Backbones: the layers that turn a picture into features, from which the judge's embedding is computed. The
//! catalogue, one line each.
//!
//! A backbone is declared in its own file: its description, the pictures it accepts and its layers. Convolutions are
//! declared once, as a [`graph`], from which follow the network at inference (on [`learn::net`]: one order of sums, the
//! same bits everywhere) and, with the feature `judge`, the same in training; other layers give both (a `Body` of
//! `model`). The rest is common to all judges: standardisation before it, an embedding and a linear head after it.

pub mod compact;
mod declaration;
pub mod graph;
pub mod inception;
mod network;
pub mod resnet;
pub mod squeezenet;
pub mod vgg;
pub mod vit;
pub mod xception;

pub use declaration::{Backbone, Layers, Open, OwnLayers};
pub use network::{FeatureNetwork, WeightSpec, Workspace};

/// Every backbone, in the order of the manual. The first is the default, in training and for files that name none.
pub const BACKBONES: &[Backbone] = &[
    // One line a backbone.
    compact::BACKBONE,
    vgg::BACKBONE,
    resnet::BACKBONE,
    squeezenet::BACKBONE,
    inception::BACKBONE,
    xception::BACKBONE,
    vit::BACKBONE,
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

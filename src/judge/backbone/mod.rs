//! Backbones: what turns a picture into the features that the judge's embedding is made of. The catalogue, one line each.
//!
//! A backbone is declared in its own file: how it is told, what pictures it takes, its layers for looking (on
//! [`learn::net`], one order of sums, the same bits everywhere) and, with the feature `judge`, the same layers in training
//! (a `Body` of `model`). Around it every judge is alike: the picture is standardised before, and an embedding and
//! a head follow.

pub mod compact;

use std::ops::RangeInclusive;

use super::classifier::Architecture;
use learn::net::padded::PaddedImages;
use learn::net::weights::Weights;

#[cfg(feature = "judge")]
use super::model::Fresh;

/// Every backbone, in the order of the manual. The first is trained where none is named, and is that of files that name
/// none.
pub const BACKBONES: &[Backbone] = &[
    // One line a backbone.
    compact::BACKBONE,
];

/// A backbone.
pub struct Backbone {
    /// Name on the command line and in files.
    pub name: &'static str,
    /// What it is, in one sentence with its source.
    pub about: &'static str,
    /// Sides that its pictures may have, pixels.
    pub sides: RangeInclusive<usize>,
    /// How many features it describes a picture by.
    pub features: fn(&Architecture) -> usize,
    /// Side of the square that its last layer sees of the picture, pixels.
    pub field: fn(&Architecture) -> usize,
    /// Its weights by name, with their dimensions.
    pub weights: fn(&Architecture) -> Vec<Named>,
    /// Itself, looking at so many pictures at a time.
    pub open: Open,
    /// Itself in training, with fresh weights; seed the device first.
    #[cfg(feature = "judge")]
    pub fresh: Fresh,
}

/// The name of an array of weights, and its dimensions.
pub type Named = (String, Vec<usize>);

/// Weights become a backbone that looks at so many pictures at a time, or tell what is wrong with them.
pub type Open = fn(&Weights, &Architecture, usize) -> Result<Box<dyn Looking>, String>;

/// A backbone that looks.
pub trait Looking: Send + Sync {
    /// What a thread needs.
    fn workspace(&self) -> Workspace;

    /// The features of the pictures in the workspace, all of one after all of the other.
    fn features(&self, workspace: &mut Workspace) -> Vec<f32>;
}

/// What one thread needs to look: pictures between the layers. The first ones, in the size and colours of the architecture,
/// hold what is looked at.
#[derive(Clone, Debug)]
pub struct Workspace(pub Vec<PaddedImages>);

/// Names of all backbones, in the order of the manual.
pub fn names() -> impl Iterator<Item = &'static str> {
    BACKBONES.iter().map(|b| b.name)
}

/// The name of the backbone of files that name none.
pub fn unnamed() -> String {
    BACKBONES[0].name.into()
}

/// The backbone of that name.
///
/// # Errors
/// There is none; the message names those there are.
pub fn find(name: &str) -> Result<&'static Backbone, String> {
    BACKBONES.iter().find(|b| b.name == name).ok_or_else(|| {
        let known: Vec<&str> = names().collect();
        format!("expected a backbone among {}, found `{name}`", known.join(", "))
    })
}

#[cfg(test)]
pub(crate) mod tests;

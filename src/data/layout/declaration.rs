//! What a layout declares.

use std::path::{Path, PathBuf};

use super::listing::Listing;
use crate::DataError;

/// A layout.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// What it is called.
    pub name: &'static str,
    /// Where it comes from.
    pub about: &'static str,
    /// The set's folder, if a path leads to a set of this layout.
    pub find: fn(&Path) -> Result<Option<PathBuf>, DataError>,
    /// Which pictures of which classes are in it.
    pub(super) list: fn(&Path) -> Result<Listing, DataError>,
}

//! Layouts in which known data sets are distributed, where they differ from [folders of classes](super::folder). A file for
//! each, and a line in [`LAYOUTS`].

mod declaration;
mod flat;
mod flowers;
mod imagenet;
mod listing;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::DataError;
use super::picture::ReadOptions;
use super::sample::Data;
pub use declaration::Layout;

/// All layouts, the first that fits counts.
pub const LAYOUTS: &[Layout] = &[flowers::LAYOUT, imagenet::LAYOUT, flat::LAYOUT];

/// The layout of a set, if it is one of these.
///
/// # Errors
/// A folder cannot be read.
pub fn recognised(path: &Path) -> Result<Option<&'static Layout>, DataError> {
    for layout in LAYOUTS {
        if (layout.find)(path)?.is_some() {
            return Ok(Some(layout));
        }
    }
    Ok(None)
}

/// Reads a set whose layout is one of these; none if it is none of them.
///
/// # Errors
/// A folder, a list of labels or too many pictures cannot be read.
pub fn read(path: &Path, name: &str, reading: &ReadOptions) -> Result<Option<Data>, DataError> {
    let Some(layout) = recognised(path)? else { return Ok(None) };
    let folder = (layout.find)(path)?.unwrap_or_else(|| path.into());
    let mut listing = (layout.list)(&folder)?;
    listing.notes.insert(0, format!("read as {}: {}", layout.name, layout.about));
    listing.read(&folder, name, reading).map(Some)
}

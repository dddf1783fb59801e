//! Whether a scene file has changed.

use std::time::SystemTime;

use show::source::SceneSource;

/// When a file was written, and its length.
pub type Stamp = (SystemTime, u64);

/// The stamp of a scene's file; `None` for one that ships with the program.
pub fn stamp(source: &SceneSource) -> Option<Stamp> {
    let meta = std::fs::metadata(source.path()?).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

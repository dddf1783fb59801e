//! What can go wrong with the file of a picture.

use std::path::{Path, PathBuf};

/// Why a picture could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// No such file, no permission, no space.
    #[error("cannot {verb} {}: {source}", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Nothing in it.
    #[error("{} is empty (0 bytes)", .0.display())]
    Empty(PathBuf),
    /// Something else in it.
    #[error("{} is not a PNG picture", .0.display())]
    NotPng(PathBuf),
    /// A truncated or damaged PNG.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What the decoder says.
        reason: String,
    },
    /// A PNG without provenance.
    #[error("{} has no provenance; only pictures saved by untrained do", .0.display())]
    NoProvenance(PathBuf),
}

impl PictureError {
    pub(super) fn file(verb: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::File { verb, path: path.into(), source }
    }
}

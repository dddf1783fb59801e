//! Why output ends.

use std::path::{Path, PathBuf};

use world::frame::PictureError;

/// Why output ended.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The name determines no format.
    #[error("cannot tell a format from `{}`; use a name ending in .mp4, .mkv, .webm, .gif or .png, or a folder \
             for a sequence of PNG pictures (.npy is for fields: --fields)", .0.display())]
    Kind(PathBuf),
    /// A folder that already holds an older sequence.
    #[error("the folder {} already holds pictures of another rendering; name another folder or empty it", .0.display())]
    Occupied(PathBuf),
    /// Full disk, missing or unwritable folder.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A picture that could not be written.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Video without ffmpeg.
    #[error(
        "video needs ffmpeg, which is not installed; `sudo apt install ffmpeg`, or let the output end in .gif or \
             name a folder"
    )]
    NoFfmpeg,
    /// The encoder failed.
    #[error("writing {} failed: {reason}; what was encoded so far is in {}", path.display(), part.display())]
    Encoder {
        /// The intended file.
        path: PathBuf,
        /// The unfinished file.
        part: PathBuf,
        /// What the encoder said last.
        reason: String,
    },
    /// A live output into something other than a pipe or camera, which would fill the disk.
    #[error("expected a named pipe (mkfifo) or a camera device, found {found} at {}", path.display())]
    Feed {
        /// Where it was to write.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
    /// More than the format can hold, or frames of different sizes.
    #[error("{}: {reason}", path.display())]
    Size {
        /// The intended file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
}

impl OutputError {
    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Write { path: path.into(), source }
    }

    /// Whether the request itself was wrong (exit code 2) rather than its execution (exit code 1).
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Kind(_) | Self::Occupied(_) | Self::Feed { .. } | Self::Size { .. })
    }
}

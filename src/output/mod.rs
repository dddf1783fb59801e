//! Frames to files: a sequence of PNG pictures, a GIF, a video, a contact sheet, a table of numbers, an
//! array of fields.
//!
//! Every file has its own name only once it is whole; until then it is called `NAME.part`. So after a full disk or an
//! interruption nothing half written passes for a whole.

use std::path::{Path, PathBuf};

use crate::world::frame::{Frame, PictureError};

mod array;
mod audio;
mod encoder;
mod gif;
mod interrupt;
#[cfg(unix)]
mod mailbox;
mod mux;
mod pictures;
mod progress;
mod quantise;
#[cfg(unix)]
mod raw;
mod rescue;
mod sheet;
mod table;
mod tool;
mod video;

pub use array::Array;
pub use audio::{Audio, sound_of};
pub use gif::Gif;
pub use interrupt::Interrupt;
pub use mux::add_sound;
pub use pictures::{Pictures, Still};
pub use progress::progress;
#[cfg(unix)]
pub use raw::Raw;
pub use rescue::rescue;
pub use sheet::Sheet;
pub use table::{Cell, Table};
pub use tool::tool;
pub use video::Video;

/// Takes frames in order and makes a file or a folder of them.
pub trait Sink: Send {
    /// The next frame. After an error nothing more is taken; what was finished stays.
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError>;
    /// The frame that came last once more, for the sake of time.
    ///
    /// # Errors
    /// As [`Self::frame`].
    fn again(&mut self, frame: &Frame) -> Result<(), OutputError> {
        self.frame(frame)
    }
    /// Whether it takes every frame at once, because those that find no place give way to newer ones.
    fn never_waits(&self) -> bool {
        false
    }
    /// The end: everything is written and takes its name. Also after an interruption, with the frames so far.
    fn finish(self: Box<Self>) -> Result<Done, OutputError>;
    /// Frames that it took but let go, because whoever reads them did not follow.
    fn dropped(&self) -> u64 {
        0
    }
}

/// What a sink has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The file or folder.
    pub path: PathBuf,
    /// Number of frames in it.
    pub frames: u64,
}

/// What is known before the first frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Format {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Frames a second.
    pub rate: f64,
}

/// Why output ended.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The name tells no format.
    #[error("cannot tell from `{}` what to write; let it end in .mp4, .mkv, .webm, .gif or .png, or name a folder \
             for a sequence of PNG pictures (.npy is for fields: --fields)", .0.display())]
    Kind(PathBuf),
    /// A folder that would be mixed up with an older sequence.
    #[error("the folder {} holds pictures of another rendering already; name another folder or empty it", .0.display())]
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
    /// The encoder gave up.
    #[error("writing {} failed: {reason}; what was encoded so far is in {}", path.display(), part.display())]
    Encoder {
        /// The file it was to be.
        path: PathBuf,
        /// The unfinished file.
        part: PathBuf,
        /// What the encoder said last.
        reason: String,
    },
    /// More than the format can hold, or frames of different sizes.
    #[error("{}: {reason}", path.display())]
    Size {
        /// The file it was to be.
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
        matches!(self, Self::Kind(_) | Self::Occupied(_) | Self::Size { .. })
    }
}

/// The sink that a path asks for: a named pipe gets raw RGBA, /dev/video… is a virtual camera (v4l2loopback), and
/// otherwise the ending tells; a path without one is a folder of pictures.
///
/// # Errors
/// An unknown ending, an unwritable place, a size the format cannot hold, or ffmpeg missing: told before the first
/// frame is made.
pub fn open(path: &Path, format: Format) -> Result<Box<dyn Sink>, OutputError> {
    #[cfg(unix)]
    if raw::is_pipe(path) {
        return Ok(Box::new(Raw::whole(path, format)));
    }
    sink(path, format, Video::create)
}

/// The same for a show that goes on meanwhile: video takes less of the processor, and more of the disk; whoever reads a
/// named pipe is not waited for.
///
/// # Errors
/// As [`open`].
pub fn open_live(path: &Path, format: Format) -> Result<Box<dyn Sink>, OutputError> {
    #[cfg(unix)]
    if raw::is_pipe(path) {
        return Ok(Box::new(Raw::create(path, format)));
    }
    sink(path, format, Video::live)
}

fn sink(
    path: &Path,
    format: Format,
    video: fn(&Path, Format) -> Result<Video, OutputError>,
) -> Result<Box<dyn Sink>, OutputError> {
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    let trailing = path.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    match ending.as_deref() {
        _ if path.starts_with("/dev") && path.to_string_lossy().contains("video") => {
            Ok(Box::new(Video::to_device(path, format)?))
        }
        _ if trailing || path.is_dir() => Ok(Box::new(Pictures::create(path)?)),
        None => Ok(Box::new(Pictures::create(path)?)),
        Some("png") => Ok(Box::new(Still::new(path)?)),
        Some("gif") => Ok(Box::new(Gif::create(path, format)?)),
        Some("mp4" | "mkv" | "webm") => Ok(Box::new(video(path, format)?)),
        Some(_) => Err(OutputError::Kind(path.into())),
    }
}

/// `NAME.part` beside `path`.
pub fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

/// Makes the folder that `path` lies in.
fn make_parent(path: &Path) -> Result<(), OutputError> {
    match path.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).map_err(OutputError::write(folder)),
        None => Ok(()),
    }
}

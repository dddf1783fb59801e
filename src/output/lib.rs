//! Frames to files: a sequence of PNG pictures, a GIF, a video, a contact sheet, a table of numbers, an
//! array of fields.
//!
//! Every file has its own name only once it is whole; until then it is called `NAME.part`. So after a full disk or an
//! interruption nothing half written passes for a whole.

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use world::frame::{Frame, PictureError};

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
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
mod table;
mod tool;
mod video;

pub use array::NpyWriter;
pub use audio::{Audio, sound_of};
pub use gif::Gif;
pub use interrupt::Interrupt;
pub use mux::add_sound;
pub use pictures::{PngSequence, Still};
pub use progress::progress;
#[cfg(unix)]
pub use raw::RawPipe;
pub use rescue::rescue;
pub use sheet::ContactSheet;
pub use table::{CsvValue, CsvWriter};
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
    /// A feed into something that is filled without end.
    #[error("expected a named pipe (mkfifo) or a camera device, found {found} at {}", path.display())]
    Feed {
        /// Where it was to go.
        path: PathBuf,
        /// What is there.
        found: &'static str,
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
        matches!(self, Self::Kind(_) | Self::Occupied(_) | Self::Feed { .. } | Self::Size { .. })
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
        return Ok(Box::new(RawPipe::whole(path, format)));
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
        return Ok(Box::new(RawPipe::create(path, format)));
    }
    sink(path, format, Video::live)
}

/// What a show can feed without end: a named pipe, whose reader is not waited for, or a virtual camera.
///
/// # Errors
/// Something else is there, or nothing, and is left so; or the camera cannot be opened.
pub fn open_feed(path: &Path, format: Format) -> Result<Box<dyn Sink>, OutputError> {
    #[cfg(unix)]
    if raw::is_pipe(path) {
        return Ok(Box::new(RawPipe::create(path, format)));
    }
    let found = match path.metadata() {
        Ok(there) if there.is_dir() => "a folder",
        Ok(there) if there.is_file() => "a file",
        Ok(_) if is_camera(path) => return Ok(Box::new(Video::to_device(path, format)?)),
        Ok(_) => "something else",
        Err(e) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&e.kind()) => "nothing",
        Err(e) => return Err(OutputError::write(path)(e)),
    };
    Err(OutputError::Feed { path: path.into(), found })
}

/// Whether a path names a camera of v4l2loopback.
fn is_camera(path: &Path) -> bool {
    path.starts_with("/dev") && path.to_string_lossy().contains("video")
}

fn sink(
    path: &Path,
    format: Format,
    video: fn(&Path, Format) -> Result<Video, OutputError>,
) -> Result<Box<dyn Sink>, OutputError> {
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    let trailing = path.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    match ending.as_deref() {
        _ if is_camera(path) => Ok(Box::new(Video::to_device(path, format)?)),
        _ if trailing || path.is_dir() => Ok(Box::new(PngSequence::create(path)?)),
        None => Ok(Box::new(PngSequence::create(path)?)),
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

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: Format = Format { width: 8, height: 6, rate: 60.0 };

    /// Once any other path became a folder of pictures, until the disk was full.
    #[test]
    fn a_feed_goes_into_pipes_and_cameras_only_and_leaves_all_else_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("film.mp4"), "mine").unwrap();
        std::fs::create_dir(at("room")).unwrap();
        let places = [
            ("none", "nothing"),
            ("none/deeper.png", "nothing"),
            ("film.mp4/deeper", "nothing"),
            ("film.mp4", "a file"),
            ("room", "a folder"),
        ];
        for (name, found) in places {
            let wrong = open_feed(&at(name), FORMAT).err().unwrap();
            let told = format!("expected a named pipe (mkfifo) or a camera device, found {found} at ");
            assert_eq!(wrong.to_string(), told + &at(name).display().to_string());
            assert!(wrong.is_usage());
        }
        assert!(open_feed(Path::new("/dev/null"), FORMAT).is_err());
        assert_eq!(std::fs::read(at("film.mp4")).unwrap(), b"mine");
        let there = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!((there, std::fs::read_dir(at("room")).unwrap().count()), (2, 0), "nothing was made");
    }

    #[cfg(unix)]
    #[test]
    fn a_feed_takes_a_pipe_whatever_its_name_ends_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe.mp4");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let mut sink = open_feed(&path, FORMAT).unwrap();
        sink.frame(&Frame::new(8, 6)).unwrap();
        assert!(sink.never_waits() && sink.finish().unwrap().frames == 0, "nobody reads");
    }
}

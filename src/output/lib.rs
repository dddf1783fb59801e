//! Frames to files: a sequence of PNG pictures, a GIF, a video, a contact sheet, a table of numbers, an
//! array of fields.
//!
//! Every file gets its final name only once it is complete; until then it is called `NAME.part`. So after a full disk
//! or an interruption no partial file is mistaken for a complete one.

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

use std::io::ErrorKind;
use std::path::Path;

mod array;
mod audio;
mod encoder;
mod error;
mod gif;
mod interrupt;
#[cfg(unix)]
mod mailbox;
mod mux;
mod part;
mod pictures;
mod progress;
mod quantise;
#[cfg(unix)]
mod raw;
mod rescue;
mod sheet;
mod sink;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
mod table;
mod tool;
mod video;

pub use array::NpyWriter;
pub use audio::{Audio, sound_of};
pub use error::OutputError;
pub use gif::Gif;
pub use interrupt::Interrupt;
pub use mux::add_sound;
pub use part::part_of;
pub use pictures::{PngSequence, Still};
pub use progress::progress;
#[cfg(unix)]
pub use raw::RawPipe;
pub use rescue::rescue;
pub use sheet::ContactSheet;
pub use sink::{Done, Format, Sink};
pub use table::{CsvValue, CsvWriter};
pub use tool::tool;
pub use video::Video;

/// The sink for a path: a named pipe gets raw RGBA, /dev/video… is a virtual camera (v4l2loopback), and otherwise the
/// extension decides; a path without one is a folder of pictures.
///
/// # Errors
/// An unknown extension, an unwritable path, a size the format cannot hold, or ffmpeg missing: reported before the
/// first frame is rendered.
pub fn open(path: &Path, format: Format) -> Result<Box<dyn Sink>, OutputError> {
    #[cfg(unix)]
    if raw::is_pipe(path) {
        return Ok(Box::new(RawPipe::whole(path, format)));
    }
    sink(path, format, Video::create)
}

/// The same while a show is running: video takes less of the processor and more of the disk, and a named pipe never
/// blocks on its reader.
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

/// Live output of a show: a named pipe, which never blocks on its reader, or a virtual camera.
///
/// # Errors
/// The path is something else, which is left untouched, or does not exist; or the camera cannot be opened.
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

#[cfg(test)]
mod tests {
    use super::*;
    use world::frame::Frame;

    const FORMAT: Format = Format { width: 8, height: 6, rate: 60.0 };

    /// Regression: any other path became a folder of pictures, until the disk was full.
    #[test]
    fn live_output_writes_to_pipes_and_cameras_only_and_leaves_all_else_untouched() {
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
        assert_eq!((there, std::fs::read_dir(at("room")).unwrap().count()), (2, 0), "nothing was created");
    }

    #[cfg(unix)]
    #[test]
    fn live_output_takes_a_pipe_whatever_its_extension() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe.mp4");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let mut sink = open_feed(&path, FORMAT).unwrap();
        sink.frame(&Frame::new(8, 6)).unwrap();
        assert!(sink.never_waits() && sink.finish().unwrap().frames == 0, "no reader");
    }
}
